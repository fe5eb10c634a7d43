//! Tenants, integrations and credentials.

use events::{
    CredentialId, Digest, EventKind, IntegrationProfile, IssuedCredential, Purpose, Scope, TenantId,
};
use jiff::{SignedDuration, Timestamp};
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

/// The secret tokens of the tenant that were not revoked, by number.
fn unrevoked(history: &History) -> Vec<u128> {
    let tenant = history.tenant();
    tenant.credentials().filter(|one| !one.revoked).map(|one| one.id.0.as_u128()).collect()
}

#[test]
fn a_rotation_ends_all_but_the_newest_in_the_same_decision_and_is_made_once() {
    let mut history = activated();
    history.tell(&rotate(1)).unwrap();
    let history = history.when(&rotate(2)).then([EventKind::CredentialIssued]).so(|_| ());
    let both = [EventKind::CredentialRevoked, EventKind::CredentialIssued];
    let history = history.when(&rotate(3)).then(both).so(|_| ());
    assert_eq!(unrevoked(&history), [2, 3]);
    history.clone().when(&rotate(3)).then_nothing();
    let other = Intent::RotateSecret {
        credential: CredentialId(Uuid::from_u128(3)),
        secret_digest: Digest([9; 32]),
        expires_at: None,
    };
    history.clone().when(&other).refused(&Refusal::IdReused(Uuid::from_u128(3)));
    given([]).when(&rotate(1)).refused(&Refusal::NoIntegration);
}

fn until(number: u8, purpose: Purpose, expires_at: Timestamp) -> Intent {
    match issue(number, purpose) {
        Intent::IssueCredential(new) => {
            Intent::IssueCredential(IssuedCredential { expires_at: Some(expires_at), ..new })
        }
        other => other,
    }
}

#[test]
fn a_credential_that_has_expired_takes_no_place_and_a_rotation_keeps_none_of_them() {
    let mut history = activated();
    let soon = history.occasion().now + SignedDuration::from_hours(1);
    history.tell(&until(1, Purpose::SecretToken, soon)).unwrap();
    history.tell(&until(2, Purpose::SecretToken, soon)).unwrap();
    let third = issue(3, Purpose::SecretToken);
    history.clone().when(&third).refused(&Refusal::TooManySecrets);
    history.late = SignedDuration::from_hours(1);
    let first = history.tenant().credentials().next().unwrap();
    assert!(first.has_expired(soon) && !first.is_live(soon) && !first.revoked);
    history.clone().when(&third).then([EventKind::CredentialIssued]);
    let all =
        [EventKind::CredentialRevoked, EventKind::CredentialRevoked, EventKind::CredentialIssued];
    let history = history.when(&rotate(4)).then(all).so(|_| ());
    assert_eq!(unrevoked(&history), [4]);
}

#[test]
fn what_expires_must_do_so_later_and_an_api_token_does_not() {
    let history = activated();
    let now = history.occasion().now;
    let late = until(1, Purpose::OauthClient, now);
    history.clone().when(&late).refused(&Refusal::ExpiresBeforeNow);
    let token = Purpose::ApiToken { scopes: [Scope::TeamsRead].into(), source: None };
    let later = now + SignedDuration::from_hours(1);
    history.when(&until(1, token, later)).refused(&Refusal::ApiTokenExpires);
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
