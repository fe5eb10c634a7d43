//! What holds after any history that the roster's rules allow.

use std::collections::BTreeSet;

use events::{
    AlertId, BookingId, Canceller, EmployeeId, ExternalId, IntegrationId, IntegrationProfile,
    Profile, Recorded, ResourceId, Standing, TenantId,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use retention::Retention;
use retention::queries::{Booking, kept_bookings, leavers};
use roster::{Intent, PersonRef, Roster};
use serde_json::Map;
use uuid::Uuid;

use crate::given::{day, place};
use kit::projection::{
    self, ALERTS_FROM, Damage, ParkingWorld, World, acme, assert_a_person_is_replaced,
    assert_a_replay_without_the_erased_comes_to_the_same, assert_a_tenant_is_replaced,
    assert_digests_are_the_same_anywhere, assert_passed_over_changes_nothing,
    assert_rows_of_people_are_told, assert_unreadable_keys_suffice, build, check, erasure, parked,
    rows, strict_guard,
};

const RESOURCES: u128 = 6;
const BOOKINGS: u128 = 6;
const TODAY: i64 = 5;

fn resource(number: u128) -> ResourceId {
    ResourceId(Uuid::from_u128(0xe000 + number))
}

fn employee(number: u128) -> EmployeeId {
    EmployeeId(resource(number).0)
}

fn booking(number: u128) -> BookingId {
    BookingId(Uuid::from_u128(0xb000 + number))
}

/// A person has the one or the other name, so that they can be made anew beside an old resource.
fn profile(resource: u128, person: u8) -> Profile {
    Profile {
        user_name: format!("{person}.{}@acme.example", resource % 2).parse().unwrap(),
        external_id: Some(ExternalId(person.to_string())),
        attributes: Map::new(),
    }
}

fn intent() -> impl Strategy<Value = Intent> {
    let user = || (0..RESOURCES, 0..4_u8, any::<bool>());
    let held = || (0..BOOKINGS, 0..RESOURCES);
    prop_oneof![
        4 => user().prop_map(|(n, person, active)| Intent::NewUser {
            resource: resource(n),
            profile: profile(n, person),
            active,
        }),
        6 => user().prop_map(|(n, person, active)| Intent::User {
            resource: resource(n),
            profile: profile(n, person),
            active,
        }),
        2 => (0..RESOURCES).prop_map(|n| Intent::NoUser { resource: resource(n) }),
        1 => (0..RESOURCES).prop_map(|n| erasure(employee(n))),
        8 => (held(), 0..2 * TODAY).prop_map(|((n, person), on)| Intent::Booking {
            booking: booking(n),
            reference: format!("r{n}"),
            person: PersonRef::Employee(employee(person)),
            place: place(on),
        }),
        2 => (0..BOOKINGS).prop_map(|n| Intent::NoBooking { reference: format!("r{n}") }),
        3 => guarding(),
        4 => held().prop_map(|(n, person)| Intent::CancelLeaversBooking {
            employee: employee(person),
            booking: booking(n),
            reason: "has left".to_owned(),
            now: day(TODAY),
        }),
    ]
}

/// The log and the roster that intents lead to; those that are refused lead nowhere.
fn history(intents: &[Intent]) -> (Vec<Recorded>, Roster) {
    let mut beginning = vec![
        Intent::NewTenant { tenant: TenantId(Uuid::from_u128(1)) },
        Intent::ActivateIntegration {
            integration: IntegrationId(Uuid::from_u128(2)),
            profile: IntegrationProfile::Workplace,
        },
        Intent::SetGuard { guard: strict_guard(true) },
    ];
    beginning.extend((0..4_u8).map(|number| Intent::NewUser {
        resource: resource(number.into()),
        profile: profile(number.into(), number),
        active: true,
    }));
    projection::history(beginning.iter().chain(intents))
}

fn alert(number: u128) -> AlertId {
    AlertId(Uuid::from_u128(ALERTS_FROM + number))
}

/// A guard that small numbers set off, and decisions on its first alerts.
fn guarding() -> impl Strategy<Value = Intent> {
    let guard = any::<bool>();
    let guard = guard.prop_map(|hold| Intent::SetGuard { guard: strict_guard(hold) });
    let alert = || (0..4_u128).prop_map(alert);
    prop_oneof![
        1 => guard,
        2 => alert().prop_map(|alert| Intent::ReleaseAlert { alert, reason: None }),
        2 => alert().prop_map(|alert| Intent::ReverseAlert { alert, reason: None }),
    ]
}

#[test]
fn one_by_one_in_batches_or_in_one_go_the_tables_are_the_same() {
    let world = World::new();
    check(48, &vec(intent(), 0..60), |intents| {
        let (log, _) = history(&intents);
        world.run(async |client| {
            build::<Retention>(client, "one_by_one", &log, 1).await;
            let expected = rows(client, "one_by_one").await;
            for at_once in [2, 7, 1000] {
                build::<Retention>(client, "batches", &log, at_once).await;
                assert_eq!(rows(client, "batches").await, expected, "{at_once} at once");
            }
        });
    });
}

/// An event that cannot be applied waits, and the rest goes on.
#[test]
fn an_event_that_waits_with_all_that_share_a_key_leaves_the_tables_the_same() {
    let world = World::new();
    check(96, &(vec(intent(), 0..60), any::<Index>()), |(intents, index)| {
        let (log, _) = history(&intents);
        let parked = parked::<Retention>(&log, index.index(log.len()));
        world.run(async |client| {
            build::<Retention>(client, "in_order", &log, 7).await;
            let expected = rows(client, "in_order").await;
            build::<Retention>(client, "parked", &parked, 1).await;
            assert_eq!(rows(client, "parked").await, expected);
        });
    });
}

/// Ingest cancels by the roster what people find in this read model.
#[test]
fn every_leavers_bookings_are_those_that_the_roster_knows() {
    let world = World::new();
    check(64, &vec(intent(), 0..60), |intents| {
        let (log, roster) = history(&intents);
        let tenant = roster.tenant(&acme()).expect("the history begins with it");
        world.run(async |client| {
            build::<Retention>(client, "retention", &log, 10).await;
            let now = day(TODAY);
            let page = leavers(client, &acme(), false, now, None, 100).await.unwrap();
            let mut listed: BTreeSet<EmployeeId> = BTreeSet::new();
            for leaver in page.rows {
                listed.insert(leaver.employee_id);
                let kept = kept_bookings(client, &acme(), leaver.employee_id, now).await.unwrap();
                let kept = kept.expect("a leaver has lists");
                let sizes = [&kept.past, &kept.upcoming, &kept.cancelled]
                    .map(|list| i64::try_from(list.len()).unwrap());
                let counts = leaver.bookings;
                assert_eq!([counts.past, counts.upcoming, counts.cancelled], sizes);
                let found: BTreeSet<_> =
                    [kept.past, kept.upcoming, kept.cancelled].iter().flatten().map(told).collect();
                let known: BTreeSet<_> = (0..BOOKINGS)
                    .filter_map(|number| tenant.bookings().get(booking(number)))
                    .filter(|booking| booking.employee == leaver.employee_id)
                    .map(|one| (one.id, one.place.starts_at, one.cancelled.map(is_by_hand)))
                    .collect();
                assert_eq!(found, known);
            }
            for person in (0..RESOURCES).map(employee) {
                let known = tenant.people().by_employee(person);
                let former =
                    known.is_some_and(|person| tenant.standing(person) == Standing::Former);
                assert_eq!(listed.contains(&person), former, "{person}");
            }
        });
    });
}

fn told(booking: &Booking) -> (BookingId, jiff::Timestamp, Option<bool>) {
    let cancelled = booking.cancelled.as_ref().map(|cancelled| is_by_hand(cancelled.by));
    (booking.id, booking.starts_at, cancelled)
}

fn is_by_hand(by: Canceller) -> bool {
    match by {
        Canceller::Administrator => true,
        Canceller::BookingSystem => false,
    }
}

#[test]
fn what_is_passed_over_changes_nothing() {
    assert_passed_over_changes_nothing::<Retention>();
}

#[test]
fn a_person_is_replaced_and_nobody_else_is_touched() {
    let world = World::new();
    let damage = prop_oneof![Just(Damage::Gone), Just(Damage::Moved)];
    check(
        32,
        &(vec(prop_oneof![3 => intent(), 1 => guarding()], 0..60), any::<Index>(), damage),
        |(intents, who, damage)| {
            let (log, _) = history(&intents);
            world.run(async |client| {
                assert_a_person_is_replaced::<Retention>(client, &log, who, damage).await;
            });
        },
    );
}

#[test]
fn a_tenant_is_replaced_and_no_other_is_touched() {
    let world = World::new();
    let damage = prop_oneof![Just(Damage::Gone), Just(Damage::Moved)];
    check(
        16,
        &(vec(prop_oneof![3 => intent(), 1 => guarding()], 0..60), damage),
        |(intents, damage)| {
            let (log, _) = history(&intents);
            world.run(async |client| {
                assert_a_tenant_is_replaced::<Retention>(client, &log, damage).await;
            });
        },
    );
}

#[test]
fn every_table_says_whose_its_rows_are() {
    World::new().run(async |client| assert_rows_of_people_are_told::<Retention>(client).await);
}

#[test]
fn built_twice_anywhere_the_digests_are_the_same() {
    let world = World::new();
    check(8, &vec(intent(), 20..60), |intents| {
        let (log, _) = history(&intents);
        world.run(async |client| {
            assert_digests_are_the_same_anywhere::<Retention>(client, &log).await;
        });
    });
}

#[test]
fn a_replay_without_what_was_erased_comes_to_the_same_tables() {
    let world = World::new();
    check(64, &vec(intent(), 0..60), |intents| {
        let (log, _) = history(&intents);
        world.run(async |client| {
            assert_a_replay_without_the_erased_comes_to_the_same::<Retention>(client, &log).await;
        });
    });
}

#[test]
fn what_cannot_be_read_waits_under_all_keys_that_it_may_have() {
    assert_unreadable_keys_suffice::<Retention>();
}

#[test]
fn whatever_cannot_be_applied_for_a_while_leaves_no_trace_once_it_was() {
    let world = ParkingWorld::new();
    check(8, &(vec(intent(), 20..40), any::<Index>()), |(intents, index)| {
        let (log, _) = history(&intents);
        world.assert_parking_leaves_no_trace::<Retention>(&log, index);
    });
    assert!(world.parked() > 0, "nothing was ever parked");
}
