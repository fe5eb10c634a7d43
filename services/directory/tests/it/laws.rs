//! What holds after any history that the roster's rules allow.

use directory::Directory;
use directory::queries::{alerts, employee};
use events::{
    CredentialId, Digest, EmployeeId, IntegrationId, IntegrationProfile, IssuedCredential, Purpose,
    Recorded, ResourceId, Scope, Standing, TenantId,
};
use proptest::collection::vec;
use proptest::prelude::*;
use roster::{AlertOutcome, Intent, Roster, StandingOverride};
use serde_json::json;
use uuid::Uuid;

use crate::given::profile;
use kit::projection::{self, Logs, World, acme, build, check, erasure, guarding, strict_guard};

const RESOURCES: u128 = 6;

fn resource(number: u128) -> ResourceId {
    ResourceId(Uuid::from_u128(0xe000 + number))
}

/// A person has the one or the other name, so that they can be made anew beside an old resource.
fn name(resource: u128, person: impl std::fmt::Display) -> String {
    format!("{person}.{}@acme.example", resource % 2)
}

fn user() -> impl Strategy<Value = (ResourceId, events::Profile, bool)> {
    let person = (0..RESOURCES, 0..4_u8, "[a-b]{1,2}", any::<bool>());
    person.prop_map(|(number, person, title, active)| {
        let external_id = person.to_string();
        let user_name = name(number, person);
        let profile = profile(&user_name, Some(&external_id), json!({ "title": title }));
        (resource(number), profile, active)
    })
}

fn intent() -> impl Strategy<Value = Intent> {
    let product =
        prop_oneof![Just(IntegrationProfile::Workplace), Just(IntegrationProfile::Benefits)];
    let credential = |number| CredentialId(Uuid::from_u128(0xce + number));
    prop_oneof![
        5 => user().prop_map(|(resource, profile, active)| Intent::NewUser { resource, profile, active }),
        8 => user().prop_map(|(resource, profile, active)| Intent::User { resource, profile, active }),
        2 => (0..RESOURCES).prop_map(|number| Intent::NoUser { resource: resource(number) }),
        1 => (0..RESOURCES).prop_map(|number| erasure(EmployeeId(resource(number).0))),
        1 => product.prop_map(|profile| Intent::ActivateIntegration {
            integration: IntegrationId(Uuid::from_u128(3)),
            profile,
        }),
        1 => Just(Intent::DeactivateIntegration),
        4 => guarding(),
        1 => (0..3_u128).prop_map(move |number| Intent::IssueCredential(IssuedCredential {
            credential_id: credential(number),
            purpose: Purpose::ApiToken { scopes: [Scope::EmployeesRead].into(), source: None },
            secret_digest: Digest::of(&[u8::try_from(number).unwrap()]),
            label: None,
            expires_at: None,
        })),
        1 => (0..3_u128)
            .prop_map(move |number| Intent::RevokeCredential { credential: credential(number) }),
    ]
}

/// The log and the roster that intents lead to; those that are refused lead nowhere.
fn history(intents: &[Intent]) -> (Vec<Recorded>, Roster) {
    let mut beginning = vec![Intent::NewTenant { tenant: TenantId(Uuid::from_u128(1)) }];
    beginning.push(Intent::SetGuard { guard: strict_guard(true) });
    beginning.extend((0..4).map(|number| Intent::NewUser {
        resource: resource(number),
        profile: profile(&name(number, number), Some(&number.to_string()), json!({ "title": "a" })),
        active: true,
    }));
    projection::history(beginning.iter().chain(intents))
}

/// The logs that intents lead to.
fn logs() -> impl Logs {
    vec(intent(), 0..60).prop_map(|intents| history(&intents).0)
}

#[test]
fn one_by_one_in_batches_or_in_one_go_the_tables_are_the_same() {
    projection::assert_batches_do_not_matter::<Directory>(&logs());
}

#[test]
fn an_event_that_waits_with_all_that_share_a_key_leaves_the_tables_the_same() {
    projection::assert_waiting_leaves_no_trace::<Directory>(&logs());
}

#[test]
fn whatever_cannot_be_applied_for_a_while_leaves_no_trace_once_it_was() {
    projection::assert_parking_leaves_no_trace::<Directory>(&logs());
}

#[test]
fn what_is_passed_over_changes_nothing() {
    projection::assert_passed_over_changes_nothing::<Directory>();
}

#[test]
fn what_cannot_be_read_waits_under_all_keys_that_it_may_have() {
    projection::assert_unreadable_keys_suffice::<Directory>();
}

#[test]
fn every_table_says_whose_its_rows_are() {
    projection::assert_rows_of_people_are_told::<Directory>();
}

#[test]
fn a_person_is_replaced_and_nobody_else_is_touched() {
    projection::assert_a_person_is_replaced::<Directory>(&logs());
}

#[test]
fn a_tenant_is_replaced_and_no_other_is_touched() {
    projection::assert_a_tenant_is_replaced::<Directory>(&logs());
}

#[test]
fn built_twice_anywhere_the_digests_are_the_same() {
    projection::assert_digests_are_the_same_anywhere::<Directory>(&logs());
}

#[test]
fn a_replay_without_what_was_erased_comes_to_the_same_tables() {
    projection::assert_a_replay_without_the_erased_comes_to_the_same::<Directory>(&logs());
}

#[test]
fn everybody_is_as_the_roster_knows_them() {
    let world = World::new();
    check(64, &vec(intent(), 0..60), |intents| {
        let (log, roster) = history(&intents);
        let tenant = roster.tenant(&acme()).expect("the history begins with it");
        world.run(async |client| {
            build::<Directory>(client, "directory", &log, 10).await;
            for id in (0..RESOURCES).map(|number| EmployeeId(resource(number).0)) {
                let found = employee(client, &acme(), id).await.unwrap();
                let known = tenant.people().by_employee(id);
                assert_eq!(found.is_some(), known.is_some(), "{id}");
                let Some((found, known)) = found.zip(known) else { continue };
                let shown = found.employee;
                let standing = tenant.standing(known);
                assert_eq!(shown.standing, standing);
                assert_eq!(shown.left_at.is_some(), standing == Standing::Former);
                let standing_override = tenant.guard().standing_override(id);
                assert_eq!(
                    shown.held.map(|held| StandingOverride::Held(held.alert_id)),
                    standing_override.filter(is_held)
                );
                assert_eq!(shown.resource_id, (!known.gone).then_some(known.resource));
                assert_eq!(shown.user_name, known.user_name());
                assert_eq!(found.profile, serde_json::to_value(known.profile()).unwrap());
            }
        });
    });
}

fn is_held(standing_override: &StandingOverride) -> bool {
    match standing_override {
        StandingOverride::Held(_) => true,
        StandingOverride::Reversed => false,
    }
}

#[test]
fn every_alert_is_as_the_roster_knows_it() {
    let world = World::new();
    check(64, &vec(intent(), 0..60), |intents| {
        let (log, roster) = history(&intents);
        let tenant = roster.tenant(&acme()).expect("the history begins with it");
        world.run(async |client| {
            build::<Directory>(client, "directory", &log, 10).await;
            let listed = alerts(client, &acme(), false, None, 100).await.unwrap().rows;
            let listed: Vec<_> = listed
                .into_iter()
                .map(|alert| (alert.id, alert.held, alert.decision.map(|it| it.decision)))
                .collect();
            let mut known: Vec<_> = tenant
                .guard()
                .alerts()
                .map(|alert| (alert.id, alert.held, alert.decision.map(|it| word(it).to_owned())))
                .collect();
            known.reverse();
            assert_eq!(listed, known);
        });
    });
}

fn word(decision: AlertOutcome) -> &'static str {
    match decision {
        AlertOutcome::Released => "released",
        AlertOutcome::Reversed => "reversed",
    }
}
