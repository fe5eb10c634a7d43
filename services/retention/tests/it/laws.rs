//! What holds after any history that the roster's rules allow.

use std::collections::BTreeSet;

use events::{
    BookingId, BookingSource, BookingState, Canceller, EmployeeId, ExternalId, IntegrationId,
    IntegrationProfile, LeaverPolicy, Profile, Recorded, ResourceId, Standing, TenantId,
};
use proptest::collection::vec;
use proptest::prelude::*;
use retention::Retention;
use retention::queries::{Booking, DecisionName, WantedLeavers, inbox, kept_bookings, leavers};
use roster::{BookingDecision, BookingWish, Intent, LeaversIntent, PersonRef, Roster, TaskAction};
use serde_json::Map;
use uuid::Uuid;

use crate::given::{day, place};
use kit::projection::{self, Logs, World, acme, build, check, erasure, guarding, strict_guard};

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
            source: BookingSource::default(),
            reference: format!("r{n}"),
            person: PersonRef::Employee(employee(person)),
            place: place(on),
        }),
        4 => (0..BOOKINGS).prop_map(|n| Intent::NoBooking {
            source: BookingSource::default(),
            reference: format!("r{n}"),
        }),
        3 => guarding(),
        10 => (held(), wish()).prop_map(|((n, person), wish)| Intent::Leavers(LeaversIntent::Decide {
            employee: employee(person),
            booking: booking(n),
            wish,
            seen: None,
            now: day(TODAY),
        })),
        2 => policy().prop_map(|policy| Intent::Leavers(LeaversIntent::SetPolicy {
            resource_type: "desk".to_owned(),
            policy,
        })),
        2 => (0..BOOKINGS).prop_map(|n| Intent::Leavers(LeaversIntent::CarryOut {
            booking: booking(n),
            now: day(TODAY),
        })),
    ]
}

fn wish() -> impl Strategy<Value = BookingWish> {
    prop_oneof![
        2 => (TODAY + 1..2 * TODAY)
            .prop_map(|on| BookingWish::CancelAt { due: day(on), reason: "has left".to_owned() }),
        1 => Just(BookingWish::WithdrawCancellation),
        2 => Just(BookingWish::Keep { reason: None }),
        2 => Just(BookingWish::Cancel { reason: "has left".to_owned() }),
        2 => Just(BookingWish::Reopen),
        2 => (0..RESOURCES).prop_map(|n| BookingWish::HandOver { to: employee(n) }),
    ]
}

fn policy() -> impl Strategy<Value = LeaverPolicy> {
    let days = u32::try_from(2 * TODAY).unwrap();
    prop_oneof![
        1 => Just(LeaverPolicy::Keep),
        2 => (0..days).prop_map(|days| LeaverPolicy::CancelAfter { days }),
        2 => (0..RESOURCES).prop_map(|n| LeaverPolicy::HandOver { to: employee(n) }),
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

/// The logs that intents lead to.
fn logs() -> impl Logs {
    vec(intent(), 0..60).prop_map(|intents| history(&intents).0)
}

#[test]
fn one_by_one_in_batches_or_in_one_go_the_tables_are_the_same() {
    projection::assert_batches_do_not_matter::<Retention>(&logs());
}

#[test]
fn an_event_that_waits_with_all_that_share_a_key_leaves_the_tables_the_same() {
    projection::assert_waiting_leaves_no_trace::<Retention>(&logs());
}

#[test]
fn whatever_cannot_be_applied_for_a_while_leaves_no_trace_once_it_was() {
    projection::assert_parking_leaves_no_trace::<Retention>(&logs());
}

#[test]
fn what_is_passed_over_changes_nothing() {
    projection::assert_passed_over_changes_nothing::<Retention>();
}

#[test]
fn what_cannot_be_read_waits_under_all_keys_that_it_may_have() {
    projection::assert_unreadable_keys_suffice::<Retention>();
}

#[test]
fn every_table_says_whose_its_rows_are() {
    projection::assert_rows_of_people_are_told::<Retention>();
}

#[test]
fn a_person_is_replaced_and_nobody_else_is_touched() {
    projection::assert_a_person_is_replaced::<Retention>(&logs());
}

#[test]
fn a_tenant_is_replaced_and_no_other_is_touched() {
    projection::assert_a_tenant_is_replaced::<Retention>(&logs());
}

#[test]
fn built_twice_anywhere_the_digests_are_the_same() {
    projection::assert_digests_are_the_same_anywhere::<Retention>(&logs());
}

#[test]
fn a_replay_without_what_was_erased_comes_to_the_same_tables() {
    projection::assert_a_replay_without_the_erased_comes_to_the_same::<Retention>(&logs());
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
                let kept = kept_bookings(client, &acme(), &[leaver.employee_id], now)
                    .await
                    .unwrap()
                    .remove(&leaver.employee_id);
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
                    .map(|one| {
                        let by_hand = one.cancelled_by().map(is_by_hand);
                        (one.id, one.place.starts_at, one.state(), by_hand)
                    })
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

/// What is due by itself is decided by the roster, and shown by these tables.
#[test]
fn what_is_decided_about_leavers_bookings_is_what_the_roster_carries_out() {
    let world = World::new();
    check(64, &vec(intent(), 0..60), |intents| {
        let (log, roster) = history(&intents);
        let tenant = roster.tenant(&acme()).expect("the history begins with it");
        world.run(async |client| {
            build::<Retention>(client, "retention", &log, 10).await;
            let now = day(TODAY);
            let mut waiting = BTreeSet::new();
            for leaver in leavers(client, &acme(), false, now, None, 100).await.unwrap().rows {
                let kept = kept_bookings(client, &acme(), &[leaver.employee_id], now)
                    .await
                    .unwrap()
                    .remove(&leaver.employee_id);
                let departure = tenant.departure(leaver.employee_id).map(|departure| departure.at);
                assert_eq!(departure, Some(leaver.left_at));
                for shown in kept.expect("a leaver has lists").upcoming {
                    let known = tenant.bookings().get(shown.id).expect("one that is told of");
                    let task = tenant.task(known);
                    let cancels = task.as_ref().filter(|task| task.cancels());
                    let planned = shown.planned_cancellation.as_ref();
                    assert_eq!(planned.map(|it| it.due), cancels.map(|it| it.due), "{shown:?}");
                    if let Some(TaskAction::Cancel { reason }) = cancels.map(|it| &it.action) {
                        assert_eq!(planned.map(|it| &it.reason), Some(reason));
                    }
                    let is_kept = tenant.decision(known) == Some(&BookingDecision::Keep);
                    assert_eq!(shown.kept.is_some(), is_kept);
                    let is_reopened = tenant.decision(known) == Some(&BookingDecision::Reopened);
                    assert_eq!(shown.reopened.is_some(), is_reopened);
                    assert_eq!(shown.version, known.version);
                    assert_eq!(shown.booked_for, known.booked_for);
                    if planned.is_none() && !is_kept {
                        waiting.insert((shown.starts_at, leaver.employee_id));
                    }
                }
            }
            let wanted = WantedLeavers {
                decision: Some(DecisionName::Undecided),
                ..WantedLeavers::default()
            };
            let listed = inbox(client, &acme(), &wanted, now, None, 100).await.unwrap().rows;
            let mut firsts = BTreeSet::new();
            waiting.retain(|(_, employee)| firsts.insert(*employee));
            let listed = listed.into_iter().map(|one| (one.next_at.unwrap(), one.employee_id));
            assert_eq!(listed.collect::<Vec<_>>(), Vec::from_iter(waiting));
        });
    });
}

fn told(booking: &Booking) -> (BookingId, jiff::Timestamp, BookingState, Option<bool>) {
    let cancelled = booking.cancelled.as_ref().map(|cancelled| is_by_hand(cancelled.by));
    (booking.id, booking.starts_at, booking.state, cancelled)
}

fn is_by_hand(by: Canceller) -> bool {
    match by {
        Canceller::Administrator => true,
        Canceller::BookingSystem => false,
    }
}
