//! Integrations and credentials.

use events::{
    ActivatedIntegration, CredentialId, DeactivatedIntegration, Digest, Event, IntegrationId,
    IntegrationProfile, IssuedCredential, Purpose, RevokedCredential, Scope, Tenant,
};
use jiff::Timestamp;

use super::text;
use crate::{Credential, Refusal, Roster, TenantRoster};

/// How many secrets of one purpose live at a time: the old and the new one of a rotation.
const MAX_LIVE_SECRETS: usize = 2;

pub(super) fn activate(
    tenant: &TenantRoster,
    first: IntegrationId,
    profile: IntegrationProfile,
) -> Vec<Event> {
    let integration_id = match tenant.integration() {
        Some(same) if same.active && same.profile == profile => return vec![],
        Some(before) => before.id,
        None => first,
    };
    vec![Event::IntegrationActivated(ActivatedIntegration { integration_id, profile })]
}

pub(super) fn deactivate(tenant: &TenantRoster) -> Vec<Event> {
    let active = tenant.integration().filter(|integration| integration.active);
    active
        .map(|integration| DeactivatedIntegration { integration_id: integration.id })
        .map(Event::IntegrationDeactivated)
        .into_iter()
        .collect()
}

pub(super) fn issue(
    roster: &Roster,
    slug: &Tenant,
    new: IssuedCredential,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    if is_known(roster, slug, &new)? {
        return Ok(vec![]);
    }
    fits(&new, now)?;
    match &new.purpose {
        Purpose::SecretToken | Purpose::OauthClient => {
            let tenant = active(roster, slug)?;
            if live(tenant, &new.purpose, now).len() >= MAX_LIVE_SECRETS {
                return Err(Refusal::TooManySecrets);
            }
        }
        Purpose::ApiToken { scopes, source } => {
            if scopes.is_empty() {
                return Err(Refusal::NoScopes);
            }
            if new.expires_at.is_some() {
                return Err(Refusal::ApiTokenExpires);
            }
            let of_bookings = |scope| matches!(scope, &Scope::BookingsWrite | &Scope::BookingsRead);
            if source.is_some() && !scopes.iter().any(of_bookings) {
                return Err(Refusal::SourceWithoutBookings);
            }
        }
    }
    Ok(vec![Event::CredentialIssued(new)])
}

/// A further secret, beside the newest of those that live: whatever is older ends in the same decision.
pub(super) fn rotate(
    roster: &Roster,
    slug: &Tenant,
    (credential_id, secret_digest, expires_at): (CredentialId, Digest, Option<Timestamp>),
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (purpose, label) = (Purpose::SecretToken, None);
    let new = IssuedCredential { credential_id, purpose, secret_digest, label, expires_at };
    if is_known(roster, slug, &new)? {
        return Ok(vec![]);
    }
    fits(&new, now)?;
    let tenant = active(roster, slug)?;
    let ended = tenant.ended_by_rotation(now).into_iter();
    let revoked = |one: &Credential| RevokedCredential { credential_id: one.id };
    let mut events: Vec<Event> = ended.map(revoked).map(Event::CredentialRevoked).collect();
    events.push(Event::CredentialIssued(new));
    Ok(events)
}

/// Whether there is this very credential already. An id is good for one.
fn is_known(roster: &Roster, slug: &Tenant, new: &IssuedCredential) -> Result<bool, Refusal> {
    let Some((owner, before)) = roster.credential(&new.credential_id) else { return Ok(false) };
    let same = owner == slug
        && !before.revoked
        && before.purpose == new.purpose
        && before.secret_digest == new.secret_digest
        && before.label == new.label
        && before.expires_at == new.expires_at;
    if same { Ok(true) } else { Err(Refusal::IdReused(new.credential_id.0)) }
}

fn fits(new: &IssuedCredential, now: Timestamp) -> Result<(), Refusal> {
    if new.expires_at.is_some_and(|expires| expires <= now) {
        return Err(Refusal::ExpiresBeforeNow);
    }
    new.label.as_deref().map_or(Ok(()), |label| text::names("the label", label))
}

/// The tenant, if its integration is active.
fn active<'a>(roster: &'a Roster, slug: &Tenant) -> Result<&'a TenantRoster, Refusal> {
    let tenant = roster.tenant(slug).ok_or(Refusal::NoIntegration)?;
    let is_active = tenant.integration().is_some_and(|integration| integration.active);
    if is_active { Ok(tenant) } else { Err(Refusal::NoIntegration) }
}

fn live<'a>(tenant: &'a TenantRoster, purpose: &Purpose, now: Timestamp) -> Vec<&'a Credential> {
    tenant.credentials().filter(|one| one.is_live(now) && one.purpose == *purpose).collect()
}

pub(super) fn revoke(tenant: &TenantRoster, id: CredentialId) -> Result<Vec<Event>, Refusal> {
    match tenant.credential(&id) {
        None => Err(Refusal::NoSuchCredential(id)),
        Some(credential) if credential.revoked => Ok(vec![]),
        Some(_) => Ok(vec![Event::CredentialRevoked(RevokedCredential { credential_id: id })]),
    }
}
