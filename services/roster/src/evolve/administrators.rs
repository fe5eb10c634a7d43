//! Administrators come, sign in and go.

use events::{
    AdministratorId, ChangedAdministratorRoles, InvitedAdministrator, IssuedSignInLink,
    SignInMethod, SignedInAdministrator, Tenant,
};

use super::moment::Moment;
use crate::{Administrator, Roster, SignInLink};

pub(super) fn invited(
    roster: &mut Roster,
    tenant: &Tenant,
    at: Moment,
    body: &InvitedAdministrator,
) {
    let InvitedAdministrator { administrator_id, email, name, roles, .. } = body.clone();
    let administrator = Administrator {
        id: administrator_id,
        email,
        name,
        roles,
        link: SignInLink {
            digest: body.link_digest,
            expires_at: body.link_expires_at,
            spent_at: None,
        },
        identity: None,
        invited: at.seq,
        invited_at: at.time,
        signed_in_at: None,
    };
    roster.administrators.insert(administrator_id, tenant.clone());
    roster.sign_in_links.insert(body.link_digest, administrator_id);
    roster.tenant_mut(tenant).administrators.put(administrator);
}

pub(super) fn link_issued(roster: &mut Roster, tenant: &Tenant, body: &IssuedSignInLink) {
    let id = body.administrator_id;
    let Some(administrator) = administrator(roster, tenant, id) else { return };
    let link =
        SignInLink { digest: body.link_digest, expires_at: body.link_expires_at, spent_at: None };
    let before = std::mem::replace(&mut administrator.link, link);
    roster.sign_in_links.remove(&before.digest);
    roster.sign_in_links.insert(body.link_digest, id);
}

pub(super) fn signed_in(
    roster: &mut Roster,
    tenant: &Tenant,
    at: Moment,
    body: &SignedInAdministrator,
) {
    let Some(administrator) = administrator(roster, tenant, body.administrator_id) else { return };
    administrator.signed_in_at = Some(at.time);
    administrator.link.spent_at.get_or_insert(at.time);
    match &body.by {
        SignInMethod::Link { .. } => {}
        SignInMethod::Oidc(identity) => administrator.identity = Some(identity.clone()),
    }
}

pub(super) fn roles_changed(
    roster: &mut Roster,
    tenant: &Tenant,
    body: &ChangedAdministratorRoles,
) {
    let Some(administrator) = administrator(roster, tenant, body.administrator_id) else { return };
    administrator.roles.clone_from(&body.roles);
}

/// Their id stays, so that it is never given again; nothing else does.
pub(super) fn removed(roster: &mut Roster, tenant: &Tenant, id: AdministratorId) {
    if let Some(before) = roster.tenant_mut(tenant).administrators.take(id) {
        roster.sign_in_links.remove(&before.link.digest);
    }
}

fn administrator<'r>(
    roster: &'r mut Roster,
    tenant: &Tenant,
    id: AdministratorId,
) -> Option<&'r mut Administrator> {
    roster.tenant_mut(tenant).administrators.get_mut(id)
}
