//! Tenants, integrations and credentials.

use events::{CredentialId, Digest, EventKind, IntegrationProfile, Purpose, Scope, TenantId};
use jiff::SignedDuration;
use uuid::Uuid;

use super::words::*;
use super::{History, given};
use crate::{Intent, Refusal, Roster, decide};

fn activated() -> History {
    given([integration(IntegrationProfile::Workplace)])
}

fn revoke(number: u8) -> Intent {
    Intent::RevokeCredential { credential: CredentialId(Uuid::from_u128(number.into())) }
}

#[test]
fn a_slug_has_one_tenant() {
    given([]).when(&Intent::NewTenant { tenant: TENANT }).then_nothing();
    given([])
        .when(&Intent::NewTenant { tenant: TenantId(EVE.0) })
        .refused(&Refusal::TenantTaken(tenant()));
    assert_eq!(
        decide(&Roster::default(), &tenant(), &joins(ADA, "ada@x"), History::default().occasion()),
        Err(Refusal::NoSuchTenant(tenant()))
    );
}

#[test]
fn an_integration_is_activated_once_for_each_profile_and_keeps_its_id() {
    let outcome = activated().when(&integration(IntegrationProfile::Workplace)).then_nothing();
    let first = outcome.after.tenant().integration().unwrap().id;
    let other = Intent::ActivateIntegration {
        integration: events::IntegrationId(EVE.0),
        profile: IntegrationProfile::Benefits,
    };
    let outcome = outcome.after.when(&other).then([EventKind::IntegrationActivated]);
    let history = outcome.so(|tenant| {
        let integration = tenant.integration().unwrap();
        assert_eq!((integration.id, integration.active), (first, true));
        assert_eq!(integration.profile, IntegrationProfile::Benefits);
    });
    history
        .when(&Intent::DeactivateIntegration)
        .then([EventKind::IntegrationDeactivated])
        .so(|tenant| assert!(!tenant.integration().unwrap().active))
        .when(&Intent::DeactivateIntegration)
        .then_nothing()
        .so(|_| ())
        .when(&integration(IntegrationProfile::Benefits))
        .then([EventKind::IntegrationActivated]);
    given([]).when(&Intent::DeactivateIntegration).then_nothing();
}

#[test]
fn a_secret_needs_an_active_integration() {
    given([]).when(&issue(1, Purpose::SecretToken)).refused(&Refusal::NoIntegration);
    let mut closed = activated();
    closed.tell(&Intent::DeactivateIntegration).unwrap();
    closed.when(&issue(1, Purpose::OauthClient)).refused(&Refusal::NoIntegration);
}

#[test]
fn two_secrets_of_a_purpose_live_at_a_time() {
    let mut history = activated();
    history.tell(&issue(1, Purpose::SecretToken)).unwrap();
    history.tell(&issue(2, Purpose::SecretToken)).unwrap();
    let third = issue(3, Purpose::SecretToken);
    history.clone().when(&third.clone()).refused(&Refusal::TooManySecrets);
    history.clone().when(&issue(3, Purpose::OauthClient)).then([EventKind::CredentialIssued]);
    history.tell(&revoke(1)).unwrap();
    history.when(&third).then([EventKind::CredentialIssued]);
}

#[test]
fn credentials_come_in_the_order_of_the_log_whatever_clocks_and_ids_say() {
    let mut history = activated();
    history.tell(&issue(9, Purpose::SecretToken)).unwrap();
    history.late = SignedDuration::from_hours(-1);
    history.tell(&issue(4, Purpose::SecretToken)).unwrap();
    history.tell(&issue(6, Purpose::OauthClient)).unwrap();
    let ids: Vec<CredentialId> = history.tenant().credentials().map(|one| one.id).collect();
    assert_eq!(ids, [9, 4, 6].map(|number| CredentialId(Uuid::from_u128(number))));
}

#[test]
fn an_api_token_needs_scopes_and_no_integration() {
    let token = |scopes: &[Scope]| Purpose::ApiToken {
        scopes: scopes.iter().copied().collect(),
        source: None,
    };
    given([]).when(&issue(1, token(&[]))).refused(&Refusal::NoScopes);
    given([]).when(&issue(1, token(&[Scope::TeamsRead]))).then([EventKind::CredentialIssued]);
}

#[test]
fn a_secret_opens_until_it_is_revoked() {
    let mut history = activated();
    history.tell(&issue(1, Purpose::SecretToken)).unwrap();
    let id = CredentialId(Uuid::from_u128(1));
    let (owner, credential) = history.roster.credential_by_digest(&Digest([1; 32])).unwrap();
    assert_eq!((owner, credential.id), (&tenant(), id));
    assert_eq!(history.roster.credential_by_digest(&Digest([2; 32])), None);

    let history = history.when(&revoke(1)).then([EventKind::CredentialRevoked]).so(|_| ());
    assert_eq!(history.roster.credential_by_digest(&Digest([1; 32])), None);
    assert!(history.roster.credential(&id).unwrap().1.revoked);
    history.clone().when(&revoke(1)).then_nothing();
    history
        .clone()
        .when(&revoke(2))
        .refused(&Refusal::NoSuchCredential(CredentialId(Uuid::from_u128(2))));
    history.when(&issue(1, Purpose::SecretToken)).refused(&Refusal::IdReused(id.0));
}
