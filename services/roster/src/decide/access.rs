//! Integrations and credentials.

use events::{
    ActivatedIntegration, CredentialId, DeactivatedIntegration, Digest, Event, IntegrationId,
    IntegrationProfile, IssuedCredential, Purpose, RevokedCredential, Scope, Tenant,
};

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
    id: CredentialId,
    purpose: &Purpose,
    secret_digest: Digest,
    label: Option<&str>,
) -> Result<Vec<Event>, Refusal> {
    if let Some((owner, before)) = roster.credential(&id) {
        let same = owner == slug
            && !before.revoked
            && before.purpose == *purpose
            && before.secret_digest == secret_digest
            && before.label.as_deref() == label;
        return if same { Ok(vec![]) } else { Err(Refusal::IdReused(id.0)) };
    }
    if let Some(label) = label {
        text::names("the label", label)?;
    }
    match purpose {
        Purpose::SecretToken | Purpose::OauthClient => {
            let tenant = roster.tenant(slug).ok_or(Refusal::NoIntegration)?;
            if !tenant.integration().is_some_and(|integration| integration.active) {
                return Err(Refusal::NoIntegration);
            }
            let live = |one: &&Credential| !one.revoked && one.purpose == *purpose;
            if tenant.credentials().filter(live).count() >= MAX_LIVE_SECRETS {
                return Err(Refusal::TooManySecrets);
            }
        }
        Purpose::ApiToken { scopes, source } => {
            if scopes.is_empty() {
                return Err(Refusal::NoScopes);
            }
            let of_bookings = |scope| matches!(scope, &Scope::BookingsWrite | &Scope::BookingsRead);
            if source.is_some() && !scopes.iter().any(of_bookings) {
                return Err(Refusal::SourceWithoutBookings);
            }
        }
    }
    Ok(vec![Event::CredentialIssued(IssuedCredential {
        credential_id: id,
        purpose: purpose.clone(),
        secret_digest,
        label: label.map(str::to_owned),
    })])
}

pub(super) fn revoke(tenant: &TenantRoster, id: CredentialId) -> Result<Vec<Event>, Refusal> {
    match tenant.credential(&id) {
        None => Err(Refusal::NoSuchCredential(id)),
        Some(credential) if credential.revoked => Ok(vec![]),
        Some(_) => Ok(vec![Event::CredentialRevoked(RevokedCredential { credential_id: id })]),
    }
}
