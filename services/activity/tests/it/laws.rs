//! What holds after any history.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use activity::Activity;
use activity::mentions;
use activity::queries::{self, event_counts, last_seen};
use events::arbitrary::event as any_event;
use events::{
    Actor, CredentialId, EmployeeId, ErasedUser, Event, Recorded, ResourceId, Seq, Tenant,
};
use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kit::projection::{self, Logs, PersonEvents, World, at, build, check, recorded};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use uuid::Uuid;

use crate::given::{team_created, tenant_created};

const TENANTS: [&str; 2] = ["acme", "globex"];

fn tenant(number: usize) -> Tenant {
    TENANTS[number].parse().unwrap()
}

fn event() -> impl Strategy<Value = Event> {
    let later = Event::Unknown { name: "user.promoted".to_owned() };
    // An erasure names events that there were.
    let others =
        any_event().prop_filter("no erasure", |event| !matches!(event, Event::UserErased(_)));
    prop_oneof![Just(team_created()), Just(tenant_created()), Just(later), others]
}

/// Events of two tenants on a few days, caused by credentials and by others.
fn history() -> impl Logs {
    let one = (0..TENANTS.len(), 0..4_u128, prop::option::of("[a-c]"), 0..3_i64, event());
    vec(one, 1..60).prop_map(|told| {
        let told = (1..).zip(told);
        told.map(|(seq, (number, who, request, days, event))| {
            let mut recorded = recorded(&tenant(number), seq, event);
            let envelope = &mut recorded.envelope;
            // Nobody's clock goes by the order of the log.
            envelope.time = at(0) + SignedDuration::from_hours(days * 24);
            envelope.request = request;
            if who > 0 {
                envelope.actor = Actor::credential(CredentialId(Uuid::from_u128(who)));
            }
            recorded
        })
        .collect()
    })
}

/// Those at whose end somebody is erased, if anybody is told of.
fn erasing() -> impl Logs {
    (history(), any::<Index>()).prop_map(|(log, index)| erased(&log, index))
}

/// The history, at the end of which somebody is erased of whom it tells.
fn erased(log: &[Recorded], index: Index) -> Vec<Recorded> {
    let of_people: Vec<(Tenant, Uuid)> = log
        .iter()
        .filter_map(|event| {
            let subject = event.event.subject(event.tenant())?;
            let id = subject.split(".user.").nth(1)?.split('.').next()?.parse().ok()?;
            Some((event.tenant().clone(), id))
        })
        .collect();
    let mut log = log.to_vec();
    if of_people.is_empty() {
        return log;
    }
    let (tenant, person) = index.get(&of_people).clone();
    let of_tenant: Vec<Recorded> =
        log.iter().filter(|event| *event.tenant() == tenant).cloned().collect();
    let PersonEvents { bookings, events } = PersonEvents::among(&of_tenant, EmployeeId(person));
    let theirs = |event: &&Recorded| events.iter().any(|erased| erased.seq == event.seq);
    let resources: BTreeSet<Uuid> =
        log.iter().filter(theirs).flat_map(|event| mentions(&event.event)).collect();
    let erased = ErasedUser {
        employee_id: EmployeeId(person),
        resources: resources.into_iter().map(ResourceId).collect(),
        teams: vec![],
        bookings: Vec::from_iter(bookings),
        events,
    };
    let seq = log.len() as u64 + 1;
    log.push(recorded(&tenant, seq, Event::UserErased(erased)));
    log
}

#[test]
fn one_by_one_in_batches_or_in_one_go_the_tables_are_the_same() {
    projection::assert_batches_do_not_matter::<Activity>(&history());
}

#[test]
fn an_event_that_waits_leaves_the_tables_the_same() {
    projection::assert_waiting_leaves_no_trace::<Activity>(&history());
}

#[test]
fn a_tenant_is_replaced_and_no_other_is_touched() {
    projection::assert_a_tenant_is_replaced::<Activity>(&history());
}

#[test]
fn built_twice_anywhere_the_digests_are_the_same() {
    projection::assert_digests_are_the_same_anywhere::<Activity>(&history());
}

#[test]
fn a_replay_without_what_was_erased_comes_to_the_same_tables() {
    projection::assert_a_replay_without_the_erased_comes_to_the_same::<Activity>(&erasing());
}

/// The model: the log, looked through from its beginning for each question.
#[test]
fn everything_is_as_the_log_tells_it() {
    let world = World::new();
    check(64, &history(), |log| {
        world.run(async |client| {
            build::<Activity>(client, "activity", &log, 10).await;
            for slug in (0..TENANTS.len()).map(tenant) {
                let of_tenant: Vec<&Recorded> =
                    log.iter().filter(|event| *event.tenant() == slug).collect();

                let mut counts: BTreeMap<(Date, String), i64> = BTreeMap::new();
                for event in &of_tenant {
                    let day = event.envelope.time.to_zoned(TimeZone::UTC).date();
                    *counts.entry((day, name(event))).or_default() += 1;
                }
                let all = Date::MIN..=Date::MAX;
                let found = event_counts(client, &slug, all, None, 100).await.unwrap().rows;
                let found: BTreeMap<_, _> =
                    found.into_iter().map(|row| ((row.day, row.event), row.count)).collect();
                assert_eq!(found, counts);

                let mut last: HashMap<String, (&Recorded, Option<&Recorded>)> = HashMap::new();
                for event in of_tenant {
                    let actor = event.envelope.actor.to_string();
                    let known = last.entry(actor).or_insert((event, None));
                    let request = event.envelope.request.as_ref().map(|_| event);
                    *known = (event, request.or(known.1));
                }
                let found = last_seen(client, &slug, None, 100).await.unwrap().rows;
                last.remove("portal:grace");
                assert_eq!(found.len(), last.len());
                for seen in found {
                    let actor = Actor::credential(seen.credential).to_string();
                    let (event, with_request) = last[&actor];
                    assert_eq!(seen.event, name(event));
                    assert_eq!((seen.position, seen.event_at), (event.seq, event.envelope.time));
                    let request = with_request.map(|event| &event.envelope);
                    let expected = request.map(|it| (it.request.clone().unwrap(), it.time));
                    assert_eq!(seen.request.map(|request| (request.id, request.at)), expected);
                }
            }
        });
    });
}

#[test]
fn every_event_is_found_by_whom_and_what_it_concerns() {
    let world = World::new();
    check(48, &history(), |log| {
        world.run(async |client| {
            build::<Activity>(client, "activity", &log, 10).await;
            for slug in (0..TENANTS.len()).map(tenant) {
                let mut places: BTreeMap<Uuid, Vec<Seq>> = BTreeMap::new();
                for event in log.iter().filter(|event| *event.tenant() == slug) {
                    for id in mentions(&event.event) {
                        places.entry(id).or_default().push(event.seq);
                    }
                }
                for (id, expected) in &places {
                    let found = queries::mentions(client, &slug, &[*id]).await.unwrap();
                    assert_eq!(found, *expected, "{id}");
                }
                let all: Vec<Uuid> = places.keys().copied().collect();
                let mut expected: Vec<Seq> = places.into_values().flatten().collect();
                expected.sort_unstable();
                expected.dedup();
                assert_eq!(queries::mentions(client, &slug, &all).await.unwrap(), expected);
            }
        });
    });
}

fn name(event: &Recorded) -> String {
    match &event.event {
        Event::Unknown { name } => name.clone(),
        known => known.kind().expect("a known event").to_string(),
    }
}
