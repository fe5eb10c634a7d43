//! Administrators, their sign-in links and their roles.

use events::{
    AdministratorId, AdministratorRoles, ChangedAdministratorRoles, Digest, Event,
    InvitedAdministrator, IssuedSignInLink, RemovedAdministrator, SignInMethod,
    SignedInAdministrator, Tenant,
};
use jiff::Timestamp;

use super::text;
use crate::{Administrator, AdministratorIntent, Refusal, Roster, TenantRoster};

/// How many administrators a tenant can have.
const MAX_ADMINISTRATORS: usize = 1000;

pub(super) fn decide(
    roster: &Roster,
    slug: &Tenant,
    tenant: &TenantRoster,
    intent: &AdministratorIntent,
) -> Result<Vec<Event>, Refusal> {
    match intent {
        AdministratorIntent::Invite(invited) => invite(roster, slug, tenant, invited),
        AdministratorIntent::IssueLink(link) => issue_link(tenant, link),
        AdministratorIntent::SignIn { signed_in, now } => sign_in(tenant, signed_in, *now),
        AdministratorIntent::ChangeRoles { administrator, roles } => {
            change_roles(tenant, *administrator, roles)
        }
        AdministratorIntent::Remove { administrator } => {
            remove(roster, slug, tenant, *administrator)
        }
    }
}

fn invite(
    roster: &Roster,
    slug: &Tenant,
    tenant: &TenantRoster,
    invited: &InvitedAdministrator,
) -> Result<Vec<Event>, Refusal> {
    let InvitedAdministrator { administrator_id, email, name, roles, link_digest, .. } = invited;
    if let Some(owner) = roster.administrators.get(administrator_id) {
        let before = tenant.administrators().get(*administrator_id).filter(|_| owner == slug);
        let same = before.is_some_and(|before| {
            before.email == *email
                && before.name == *name
                && before.roles == *roles
                && before.link.digest == *link_digest
        });
        return if same { Ok(vec![]) } else { Err(Refusal::IdReused(administrator_id.0)) };
    }
    if tenant.administrators().with_email(email).is_some() {
        return Err(Refusal::AdministratorKnown);
    }
    if tenant.administrators().iter().count() >= MAX_ADMINISTRATORS {
        return Err(Refusal::TooManyAdministrators { max: MAX_ADMINISTRATORS });
    }
    if let Some(name) = name {
        text::names("the name", name)?;
    }
    roles_fit(roles)?;
    Ok(vec![Event::AdministratorInvited(invited.clone())])
}

fn issue_link(tenant: &TenantRoster, link: &IssuedSignInLink) -> Result<Vec<Event>, Refusal> {
    let administrator = known(tenant, link.administrator_id)?;
    if administrator.link.digest == link.link_digest {
        return Ok(vec![]);
    }
    Ok(vec![Event::AdministratorLinkIssued(link.clone())])
}

/// Each sign-in is told. What was asked before the last one was decided is that one, said again; but for a
/// link, which is good once.
fn sign_in(
    tenant: &TenantRoster,
    signed_in: &SignedInAdministrator,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let SignedInAdministrator { administrator_id, by } = signed_in;
    let administrator = known(tenant, *administrator_id)?;
    match by {
        SignInMethod::Link { digest } => link_opens(administrator, *digest, now)?,
        SignInMethod::Oidc(identity) => {
            let other = |before: &Administrator| before.id != *administrator_id;
            let taken = tenant.administrators().with_identity(identity).is_some_and(other);
            let bound = administrator.identity.as_ref().is_some_and(|before| before != identity);
            if taken || bound {
                return Err(Refusal::OtherIdentity);
            }
            if administrator.identity.is_some() && administrator.signed_in_at >= Some(now) {
                return Ok(vec![]);
            }
        }
    }
    Ok(vec![Event::AdministratorSignedIn(signed_in.clone())])
}

fn link_opens(
    administrator: &Administrator,
    digest: Digest,
    now: Timestamp,
) -> Result<(), Refusal> {
    let link = &administrator.link;
    if link.digest != digest {
        return Err(Refusal::NoSuchLink);
    }
    link.opens(now)
}

fn change_roles(
    tenant: &TenantRoster,
    id: AdministratorId,
    roles: &AdministratorRoles,
) -> Result<Vec<Event>, Refusal> {
    let before = known(tenant, id)?;
    if before.roles == *roles {
        return Ok(vec![]);
    }
    roles_fit(roles)?;
    if !roles.contains(&events::AdministratorRole::Owner) {
        stays_owned(tenant, before)?;
    }
    Ok(vec![Event::AdministratorRolesChanged(ChangedAdministratorRoles {
        administrator_id: id,
        roles: roles.clone(),
        previous: before.roles.clone(),
    })])
}

fn remove(
    roster: &Roster,
    slug: &Tenant,
    tenant: &TenantRoster,
    id: AdministratorId,
) -> Result<Vec<Event>, Refusal> {
    match tenant.administrators().get(id) {
        Some(before) => stays_owned(tenant, before)?,
        None if roster.administrators.get(&id) == Some(slug) => return Ok(vec![]),
        None => return Err(Refusal::NoSuchAdministrator(id)),
    }
    Ok(vec![Event::AdministratorRemoved(RemovedAdministrator { administrator_id: id })])
}

/// Where somebody is an owner, somebody always is: nobody else could invite the next.
fn stays_owned(tenant: &TenantRoster, less: &Administrator) -> Result<(), Refusal> {
    let others = || tenant.administrators().iter().filter(|other| other.id != less.id);
    if less.is_owner() && !others().any(Administrator::is_owner) {
        return Err(Refusal::LastOwner);
    }
    Ok(())
}

fn roles_fit(roles: &AdministratorRoles) -> Result<(), Refusal> {
    if roles.is_empty() { Err(Refusal::NoRoles) } else { Ok(()) }
}

fn known(tenant: &TenantRoster, id: AdministratorId) -> Result<&Administrator, Refusal> {
    tenant.administrators().get(id).ok_or(Refusal::NoSuchAdministrator(id))
}
