//! Access is checked on the roster of the decision.

use std::sync::Arc;

use events::{
    ActivatedIntegration, AdministratorId, AdministratorRole, CredentialId, DeactivatedIntegration,
    Digest, Event, IntegrationId, IntegrationProfile, InvitedAdministrator, IssuedCredential,
    Purpose, RevokedCredential, Scope,
};
use roster::{AdministratorIntent, Intent, Roster};
use uuid::Uuid;

use super::world::{Caller, Failed, Log, Writer, acme, log_of, operator, team, tenant};
use crate::budget::StorageBudget;
use crate::command::Command;
use crate::outage::Outage;
use crate::provenance::{Access, Denied, Provenance};

fn integration() -> IntegrationId {
    IntegrationId(Uuid::from_u128(1))
}

/// A tenant with an active integration, and a credential in it.
fn log_with(purpose: Purpose) -> (Log, CredentialId) {
    let (mut log, credential) = (log_of(&["acme"]), CredentialId(Uuid::now_v7()));
    log.foreign(
        &acme(),
        Event::IntegrationActivated(ActivatedIntegration {
            integration_id: integration(),
            profile: IntegrationProfile::Workplace,
        }),
    );
    log.foreign(
        &acme(),
        Event::CredentialIssued(IssuedCredential {
            credential_id: credential,
            purpose,
            secret_digest: Digest::of(b"secret"),
            label: None,
            expires_at: None,
        }),
    );
    (log, credential)
}

fn revoked(credential: CredentialId) -> Event {
    Event::CredentialRevoked(RevokedCredential { credential_id: credential })
}

/// Somebody wants a team, and gets in by `access`.
fn team_by(writer: &mut Writer, access: Access, name: &str) -> Caller {
    let (team, name) = (team(), name.to_owned());
    let provenance = Provenance { access, ..operator(&acme()) };
    let intent = move |_: &Roster| Ok(Intent::NewTeam { team, name: name.clone() });
    writer.submit_command(Command::new(provenance, intent))
}

#[test]
fn who_is_revoked_before_the_decision_writes_nothing() {
    for purpose in [Purpose::SecretToken, Purpose::OauthClient] {
        let (mut log, credential) = log_with(purpose);
        let mut writer = Writer::new(&log);
        let mut before = team_by(&mut writer, Access::Provisioning(credential), "red");
        writer.settle(&mut log);
        assert!(before.answered().is_ok());
        log.foreign(&acme(), revoked(credential));
        let end = log.end();
        writer.hear(&log, usize::MAX);
        let mut after = team_by(&mut writer, Access::Provisioning(credential), "blue");
        writer.settle(&mut log);
        assert_eq!(after.answered().unwrap_err(), Failed::Denied(Denied::Revoked));
        assert_eq!(log.end(), end);
    }
}

#[test]
fn who_is_revoked_by_another_replica_while_the_append_is_under_way_writes_nothing() {
    let (mut log, credential) = log_with(Purpose::SecretToken);
    let mut writer = Writer::new(&log);
    let mut caller = team_by(&mut writer, Access::Provisioning(credential), "red");
    let batch = writer.batch();
    log.foreign(&acme(), revoked(credential));
    let end = log.end();
    writer.append_to(&mut log, &batch);
    writer.settle(&mut log);
    assert_eq!(caller.answered().unwrap_err(), Failed::Denied(Denied::Revoked));
    assert_eq!(log.end(), end);
}

#[test]
fn a_revocation_that_waits_in_the_same_queue_counts_for_all_behind_it() {
    let (mut log, credential) = log_with(Purpose::SecretToken);
    let mut writer = Writer::new(&log);
    let mut before = team_by(&mut writer, Access::Provisioning(credential), "red");
    let mut revoking = writer.submit(&acme(), move |_| Ok(Intent::RevokeCredential { credential }));
    let mut after = team_by(&mut writer, Access::Provisioning(credential), "blue");
    writer.settle(&mut log);
    assert!(before.answered().is_ok() && revoking.answered().is_ok());
    assert_eq!(after.answered().unwrap_err(), Failed::Denied(Denied::Revoked));
}

#[test]
fn an_integration_that_was_switched_off_refuses_who_was_let_in_before() {
    let (mut log, credential) = log_with(Purpose::SecretToken);
    let body = DeactivatedIntegration { integration_id: integration() };
    log.foreign(&acme(), Event::IntegrationDeactivated(body));
    let mut writer = Writer::new(&log);
    let mut caller = team_by(&mut writer, Access::Provisioning(credential), "red");
    writer.settle(&mut log);
    assert_eq!(caller.answered().unwrap_err(), Failed::Denied(Denied::Inactive));
}

#[test]
fn an_api_token_gives_the_commands_of_its_scopes_and_no_others() {
    let (mut log, credential) =
        log_with(Purpose::ApiToken { scopes: [Scope::TeamsWrite].into(), source: None });
    let mut writer = Writer::new(&log);
    let mut may = team_by(&mut writer, Access::Api(credential, Scope::TeamsWrite), "red");
    let mut other = team_by(&mut writer, Access::Api(credential, Scope::BookingsWrite), "blue");
    let mut scim = team_by(&mut writer, Access::Provisioning(credential), "green");
    writer.settle(&mut log);
    assert!(may.answered().is_ok());
    let out_of_scope = Failed::Denied(Denied::OutOfScope(Scope::BookingsWrite));
    assert_eq!(other.answered().unwrap_err(), out_of_scope);
    assert_eq!(scim.answered().unwrap_err(), Failed::Denied(Denied::Revoked));
}

#[test]
fn a_credential_opens_its_own_tenant_alone() {
    let (mut log, credential) = log_with(Purpose::SecretToken);
    let mut writer = Writer::new(&log);
    let provenance =
        Provenance { access: Access::Provisioning(credential), ..operator(&tenant("globex")) };
    let intent = |_: &Roster| Ok(Intent::NewTeam { team: team(), name: "red".to_owned() });
    let mut caller = writer.submit_command(Command::new(provenance, intent));
    writer.settle(&mut log);
    assert_eq!(caller.answered().unwrap_err(), Failed::Denied(Denied::Revoked));
}

#[test]
fn an_administrator_gives_the_commands_of_their_roles_while_they_have_them() {
    let (mut log, owner) = (log_of(&["acme"]), AdministratorId(Uuid::now_v7()));
    let invited = |id, role, link| {
        Event::AdministratorInvited(InvitedAdministrator {
            administrator_id: id,
            email: format!("{role}@acme.example").parse().unwrap(),
            name: None,
            roles: [role].into(),
            link_digest: Digest::of(link),
            link_expires_at: jiff::Timestamp::MAX,
        })
    };
    let viewer = AdministratorId(Uuid::now_v7());
    log.foreign(&acme(), invited(owner, AdministratorRole::Owner, b"1"));
    log.foreign(&acme(), invited(viewer, AdministratorRole::Viewer, b"2"));
    let mut writer = Writer::new(&log);
    let edits = |id| Access::Administrator(id, &[AdministratorRole::TeamEditor]);
    let mut may = team_by(&mut writer, edits(owner), "red");
    let mut may_not = team_by(&mut writer, edits(viewer), "blue");
    let intent = move |_: &Roster| Ok(AdministratorIntent::Remove { administrator: viewer }.into());
    let mut removing = writer.submit(&acme(), intent);
    let mut removed = team_by(&mut writer, edits(viewer), "green");
    let foreign = Provenance { access: edits(owner), ..operator(&tenant("globex")) };
    let intent = |_: &Roster| Ok(Intent::NewTeam { team: team(), name: "red".to_owned() });
    let mut elsewhere = writer.submit_command(Command::new(foreign, intent));
    writer.settle(&mut log);
    assert!(may.answered().is_ok() && removing.answered().is_ok());
    let no_role = Denied::NoRole(&[AdministratorRole::TeamEditor]);
    assert_eq!(may_not.answered().unwrap_err(), Failed::Denied(no_role));
    for denied in [&mut removed, &mut elsewhere] {
        assert_eq!(denied.answered().unwrap_err(), Failed::Denied(Denied::Removed));
    }
}

#[test]
fn what_one_request_may_store_is_counted_over_all_its_commands_and_once_for_each() {
    let mut log = log_of(&["acme"]);
    let mut writer = Writer::new(&log);
    let submit = |writer: &mut Writer, budget: &Arc<StorageBudget>, name: &str| {
        let (team, name) = (team(), name.to_owned());
        let intent = move |_: &Roster| Ok(Intent::NewTeam { team, name: name.clone() });
        writer.submit_command(Command::new(operator(&acme()), intent).within(budget))
    };
    // An event of a team takes some 700 bytes with its headers.
    let budget = Arc::new(StorageBudget::new(2000));
    let mut callers: Vec<_> =
        (0..4).map(|at| submit(&mut writer, &budget, &format!("team {at}"))).collect();
    let batch = writer.batch();
    log.foreign(&acme(), revoked(CredentialId(Uuid::nil())));
    writer.append_to(&mut log, &batch);
    writer.settle(&mut log);
    let answers: Vec<bool> = callers.iter_mut().map(|caller| caller.answered().is_ok()).collect();
    let stored = answers.iter().filter(|stored| **stored).count();
    assert!((2..4).contains(&stored), "decided again, they count once: {answers:?}");
    let mut more = submit(&mut writer, &budget, "one more");
    writer.settle(&mut log);
    let over = Failed::Outage(Outage::OverBudget { limit: 2000 });
    assert_eq!(more.answered().unwrap_err(), over);
}
