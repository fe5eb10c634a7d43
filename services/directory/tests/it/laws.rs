//! What holds after any history that the roster's rules allow.

use directory::Directory;
use directory::queries::{alerts, employee};
use events::{
    AlertId, CredentialId, Digest, EmployeeId, Guard, IntegrationId, IntegrationProfile, Purpose,
    Recorded, ResourceId, Scope, Standing, TenantId,
};
use projector::Projection as _;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use roster::{Decision, Intent, Occasion, Roster, StandingOverride};
use serde_json::json;
use uuid::Uuid;

use crate::given::{acme, at, profile, recorded};
use crate::world::{World, build, rows};

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
        1 => product.prop_map(|profile| Intent::ActivateIntegration {
            integration: IntegrationId(Uuid::from_u128(3)),
            profile,
        }),
        1 => Just(Intent::DeactivateIntegration),
        4 => guarding(),
        1 => (0..3_u128).prop_map(move |number| Intent::IssueCredential {
            credential: credential(number),
            purpose: Purpose::ApiToken { scopes: [Scope::EmployeesRead].into() },
            secret_digest: Digest::of(&[u8::try_from(number).unwrap()]),
            label: None,
        }),
        1 => (0..3_u128)
            .prop_map(move |number| Intent::RevokeCredential { credential: credential(number) }),
    ]
}

/// The log and the roster that intents lead to; those that are refused lead nowhere.
fn history(intents: &[Intent]) -> (Vec<Recorded>, Roster) {
    let mut beginning = vec![Intent::NewTenant { tenant: TenantId(Uuid::from_u128(1)) }];
    beginning.push(Intent::SetGuard { guard: strict() });
    beginning.extend((0..4).map(|number| Intent::NewUser {
        resource: resource(number),
        profile: profile(&name(number, number), Some(&number.to_string()), json!({ "title": "a" })),
        active: true,
    }));
    let (mut log, mut roster) = (Vec::new(), Roster::default());
    for intent in beginning.iter().chain(intents) {
        let raised = roster.tenant(&acme()).map_or(0, |tenant| tenant.guard().alerts().count());
        let occasion = Occasion { now: at(log.len() as u64 + 1), alert: alert(raised as u128) };
        for event in roster::decide(&roster, &acme(), intent, occasion).unwrap_or_default() {
            let event = recorded(&acme(), log.len() as u64 + 1, event);
            roster::evolve(&mut roster, &event);
            log.push(event);
        }
    }
    (log, roster)
}

fn alert(number: u128) -> AlertId {
    AlertId(Uuid::from_u128(0xa1e0 + number))
}

fn strict() -> Guard {
    Guard { hold: true, deactivations: 2, percent: 20, ..Guard::default() }
}

/// A guard that small numbers set off, and decisions on its first alerts.
fn guarding() -> impl Strategy<Value = Intent> {
    let guard = any::<bool>();
    let guard = guard.prop_map(|hold| Intent::SetGuard { guard: Guard { hold, ..strict() } });
    let alert = || (0..4_u128).prop_map(alert);
    prop_oneof![
        1 => guard,
        2 => alert().prop_map(|alert| Intent::ReleaseAlert { alert, reason: None }),
        2 => alert().prop_map(|alert| Intent::ReverseAlert { alert, reason: None }),
    ]
}

fn check(cases: u32, law: impl Fn(Vec<Intent>)) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&vec(intent(), 0..60), |intents| {
            law(intents);
            Ok(())
        })
        .unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn one_by_one_in_batches_or_in_one_go_the_tables_are_the_same() {
    let world = World::new();
    check(48, |intents| {
        let (log, _) = history(&intents);
        world.run(async |client| {
            build::<Directory>(client, "one_by_one", &log, 1).await;
            let expected = rows(client, "one_by_one").await;
            for at_once in [2, 7, 1000] {
                build::<Directory>(client, "batches", &log, at_once).await;
                assert_eq!(rows(client, "batches").await, expected, "{at_once} at once");
            }
        });
    });
}

#[test]
fn everybody_is_as_the_roster_knows_them() {
    let world = World::new();
    check(64, |intents| {
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
    check(64, |intents| {
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

fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Released => "released",
        Decision::Reversed => "reversed",
    }
}

#[test]
fn what_is_passed_over_changes_nothing() {
    for kind in Directory::PASSED_OVER {
        let any = events::arbitrary::event_of(*kind);
        let law = |event| {
            prop_assert_eq!(Directory::project(&recorded(&acme(), 1, event)), vec![]);
            Ok(())
        };
        TestRunner::default().run(&any, law).unwrap();
    }
}
