//! Whoever was erased is unknown, and a log without what was named comes to the same.

use std::collections::{BTreeMap, BTreeSet};

use events::{EmployeeId, ErasedEvent, Event, EventKind, IntegrationProfile, Recorded, Seq};
use proptest::prelude::*;
use proptest::sample::Index;
use uuid::Uuid;

use super::words::*;
use super::world::any_history;
use super::{History, given};
use crate::{Group, Intent, MemberChange, PersonRef, Refusal, Roster, TenantRoster, evolve};

/// The intent to erase somebody, with what the log holds of them.
fn erase(history: &History, employee: EmployeeId) -> Intent {
    let owner = |event: &Event| match event {
        Event::BookingRecorded(body) | Event::BookingChanged(body) => {
            Some((body.booking_id, body.employee_id))
        }
        Event::BookingCancelled(body) => Some((body.booking_id, body.employee_id)),
        Event::BookingClosed(body) => Some((body.booking_id, body.employee_id)),
        Event::BookingCancellationPlanned(body) => Some((body.booking_id, body.employee_id)),
        Event::BookingCancellationWithdrawn(body) => Some((body.booking_id, body.employee_id)),
        Event::BookingKept(body) => Some((body.booking_id, body.employee_id)),
        Event::BookingHandedOver(body) => Some((body.booking.booking_id, body.booking.employee_id)),
        _ => None,
    };
    let mut owners = BTreeMap::new();
    let mut bookings = BTreeSet::new();
    for (booking, owner) in history.log.iter().filter_map(|recorded| owner(&recorded.event)) {
        owners.insert(booking, owner);
        if owner == employee {
            bookings.insert(booking);
        }
    }
    let subjects = format!("prov.acme.user.{employee}.");
    let is_theirs = |event: &Event| match (owner(event), event) {
        (Some((booking, of)), _) => of == employee || owners.get(&booking) == Some(&employee),
        (None, Event::UserErased(_)) => false,
        (None, other) => other.subject(&tenant()).is_some_and(|it| it.starts_with(&subjects)),
    };
    let theirs = history.log.iter().filter(|recorded| is_theirs(&recorded.event));
    let events = theirs.map(|recorded| ErasedEvent {
        seq: recorded.seq,
        digest: recorded.digest,
        chain: recorded.chain,
        kind: recorded.event.kind().unwrap().to_string(),
        time: recorded.envelope.time,
        actor: recorded.envelope.actor.to_string(),
        request: None,
    });
    let (events, bookings) = (events.collect(), bookings.into_iter().collect());
    Intent::EraseUser { employee, bookings, events, even_if_held: false }
}

/// The log as it is once what the erasures name is gone.
fn with_holes(log: &[Recorded]) -> Vec<Recorded> {
    let mut erased: BTreeSet<Seq> = BTreeSet::new();
    for recorded in log {
        if let Event::UserErased(body) = &recorded.event {
            erased.extend(body.events.iter().map(|event| event.seq));
        }
    }
    log.iter().filter(|recorded| !erased.contains(&recorded.seq)).cloned().collect()
}

fn fold(log: &[Recorded]) -> Roster {
    let mut roster = Roster::default();
    for recorded in log {
        evolve(&mut roster, recorded);
    }
    roster
}

/// All that a roster tells and decides by, but for the versions of groups, what the guard has counted
/// of late, and which of the people whose resource is gone had a user name last.
fn known(tenant: &TenantRoster) -> Vec<String> {
    let mut lines = Vec::new();
    let people = tenant.people();
    for person in people.skipping(0) {
        lines.push(format!("{person:?}, {:?}", tenant.standing(person)));
    }
    for employee in (1..=6).map(|n| EmployeeId(Uuid::from_u128(n))) {
        lines.push(format!("{:?} {:?}", people.by_employee(employee), tenant.teams_of(employee)));
    }
    for name in ["ada@x", "bob@x", "eve@x"] {
        lines.push(format!("{name} {:?}", people.by_user_name(name)));
    }
    for id in ["1", "2"] {
        let present: Vec<_> = people.by_external_id(id).collect();
        lines.push(format!("{id} {present:?} {:?}", people.last_gone_with_external_id(id)));
    }
    for group in tenant.groups().skipping(0) {
        let Group { team, created, created_at, profile, member_list, .. } = group;
        lines.push(format!("{team:?} {created:?} {created_at} {profile:?} {member_list:?}"));
    }
    lines.push(format!("{:?}", tenant.memberships));
    lines.push(format!("{:?} {:?}", tenant.local, tenant.bookings));
    lines.push(format!("{:?}", tenant.leavers));
    lines.push(format!("{:?} {:?}", tenant.credentials, tenant.integration));
    lines.push(format!("{} {} {:?}", people.count(), people.active(), tenant.erased));
    for alert in tenant.guard.alerts() {
        lines.push(format!("{:?} {:?} {:?}", alert.id, alert.cause, alert.decision));
    }
    lines
}

proptest! {
    /// Everybody who has left by then may be erased, at any time.
    #[test]
    fn a_log_without_what_was_erased_comes_to_the_same(
        intents in any_history(),
        erasures in prop::collection::vec((any::<Index>(), 1..=6_u128), 1..4),
    ) {
        let mut history = given([]);
        for (step, intent) in intents.iter().enumerate() {
            let _refused_or_not = history.tell(intent);
            for (at, number) in &erasures {
                if at.index(intents.len()) == step {
                    let erase = erase(&history, EmployeeId(Uuid::from_u128(*number)));
                    let _refused_or_not = history.tell(&erase);
                }
            }
        }
        let read_later = fold(&with_holes(&history.log));
        let tenant = read_later.tenant(&tenant()).unwrap();
        prop_assert_eq!(known(tenant), known(history.tenant()));
        prop_assert_eq!(read_later.position(), history.roster.position());
    }

    #[test]
    fn of_an_erased_person_no_text_is_kept(intents in any_history(), number in 1..=6_u128) {
        let mut history = given([]);
        let employee = EmployeeId(Uuid::from_u128(number));
        for intent in &intents {
            let _refused_or_not = history.tell(&unmistakable(intent, number));
        }
        if history.tell(&erase(&history, employee)).is_ok() {
            let saved = rmp_serde::to_vec_named(&history.roster).unwrap();
            let saved = String::from_utf8_lossy(&saved).to_lowercase();
            prop_assert!(!saved.contains("unmistakable"), "{}", saved);
        }
    }
}

/// The same, but with names that nobody else has for whoever has the resource with this number.
fn unmistakable(intent: &Intent, number: u128) -> Intent {
    let mut intent = intent.clone();
    match &mut intent {
        Intent::NewUser { resource, profile, .. } | Intent::User { resource, profile, .. }
            if resource.0.as_u128() == number =>
        {
            profile.user_name = "Unmistakable@x".parse().unwrap();
            profile.external_id = None;
        }
        // Nobody comes back as somebody else, so that these names are one person's.
        Intent::NewUser { profile, .. } | Intent::User { profile, .. } => {
            profile.external_id = None;
            profile.user_name = "other@x".parse().unwrap();
        }
        _ => {}
    }
    intent
}

/// Ada has left, with a team, a local edit and a booking.
fn ada_has_left() -> History {
    let booked = books(1, "b1", PersonRef::Employee(employee(ADA)), desk(1));
    given([
        integration(IntegrationProfile::Benefits),
        joins(ADA, "ada@x"),
        joins(BOB, "bob@x"),
        new_group(CORE, "Core", &[&id(ADA), &id(BOB)]),
        new_group(SALES, "Sales", &[]),
        Intent::AssignTeam { employee: employee(ADA), team: SALES },
        booked,
        looks(ADA, "ada@x", false),
    ])
}

fn events_of(intent: Intent) -> Vec<ErasedEvent> {
    let Intent::EraseUser { events, .. } = intent else { panic!("{intent:?}") };
    events
}

fn ada_is_erased() -> History {
    let mut history = ada_has_left();
    history.tell(&erase(&history, employee(ADA))).unwrap();
    history
}

#[test]
fn an_erasure_names_resources_groups_bookings_and_events_of_a_person() {
    let history = ada_has_left();
    let outcome = history.clone().when(&erase(&history, employee(ADA)));
    let outcome = outcome.then([EventKind::UserErased]);
    let Event::UserErased(body) = &outcome.told.as_ref().unwrap()[0] else { unreachable!() };
    assert_eq!((body.resources.as_slice(), body.teams.as_slice()), (&[ADA][..], &[CORE][..]));
    assert_eq!(body.bookings.len(), 1);
    let kinds: Vec<&str> = body.events.iter().map(|event| event.kind.as_str()).collect();
    let named = ["user.created", "user.team-assigned", "booking.recorded", "user.deactivated"];
    assert_eq!(kinds, named);
}

#[test]
fn whoever_is_erased_is_unknown_by_every_way_to_find_them() {
    ada_is_erased().when(&looks(ADA, "ada@x", true)).refused(&Refusal::NoSuchUser(ADA)).so(
        |tenant| {
            let people = tenant.people();
            assert!(
                people.by_resource(ADA).is_none() && people.by_employee(employee(ADA)).is_none()
            );
            assert!(people.by_user_name("ada@x").is_none());
            assert_eq!(people.by_external_id("ada@x").count(), 0);
            let core = tenant.groups().get(CORE).unwrap();
            let members: Vec<_> =
                tenant.members(core).map(|one| one.value().into_owned()).collect();
            assert_eq!(members, [id(BOB)]);
            assert_eq!(tenant.teams_of(employee(ADA)), []);
            assert_eq!(tenant.bookings().count(), 0);
            assert!(tenant.is_erased(employee(ADA)));
        },
    );
}

#[test]
fn the_groups_of_an_erased_person_have_a_new_version() {
    let before = ada_has_left().tenant().groups().get(CORE).unwrap().version;
    let erased = ada_is_erased();
    let after = erased.tenant().groups().get(CORE).unwrap().version;
    assert!(after > before && after == erased.roster.last_erasure());
}

#[test]
fn a_rehire_after_an_erasure_is_somebody_new() {
    ada_is_erased().when(&joins(ADA_2, "ada@x")).then([EventKind::UserCreated]).so(|tenant| {
        let person = tenant.people().by_user_name("ada@x").unwrap();
        assert_eq!(person.employee, employee(ADA_2));
        assert_eq!(tenant.teams_of(employee(ADA_2)), []);
    });
}

#[test]
fn an_erased_resource_that_is_named_as_a_member_is_unknown() {
    let told = members(CORE, "Core", vec![MemberChange::Add(vec![id(ADA)])]);
    let outcome = ada_is_erased().when(&told);
    let Event::GroupMembersAdded(added) = &outcome.told.as_ref().unwrap()[0] else { panic!() };
    assert_eq!(added.members[0].employee_id, None);
}

#[test]
fn the_id_of_an_erased_person_is_not_given_again() {
    ada_is_erased().when(&joins(ADA, "ada@x")).refused(&Refusal::IdReused(ADA.0));
}

#[test]
fn only_who_has_left_is_erased() {
    let active = given([joins(ADA, "ada@x")]);
    active.clone().when(&erase(&active, employee(ADA))).refused(&Refusal::NotFormer(employee(ADA)));
    let nobody = employee(EVE);
    active.clone().when(&erase(&active, nobody)).refused(&Refusal::NoSuchEmployee(nobody));
}

#[test]
fn an_erasure_is_told_once_and_what_it_missed_once_more() {
    let mut history = ada_has_left();
    let all = events_of(erase(&history, employee(ADA)));
    let part = |events: &[ErasedEvent]| Intent::EraseUser {
        employee: employee(ADA),
        bookings: vec![],
        events: events.to_vec(),
        even_if_held: false,
    };
    history.tell(&part(&all[..2])).unwrap();
    history.clone().when(&part(&all[..2])).then_nothing();
    let outcome = history.when(&part(&all)).then([EventKind::UserErased]);
    let Event::UserErased(rest) = &outcome.told.as_ref().unwrap()[0] else { panic!() };
    assert_eq!((rest.events.as_slice(), rest.resources.len()), (&all[2..], 0));
}

#[test]
fn a_person_of_more_events_than_one_erasure_names_is_erased_by_several() {
    let mut history = given([joins(ADA, "ada@x"), looks(ADA, "ada@x", false)]);
    let one = events_of(erase(&history, employee(ADA))).remove(0);
    let many = (1..=12_000).map(|seq| ErasedEvent { seq: Seq(seq), ..one.clone() }).collect();
    let (employee, bookings) = (employee(ADA), vec![]);
    let erase = Intent::EraseUser { employee, bookings, events: many, even_if_held: false };
    let told = history.tell(&erase).unwrap();
    let counts: Vec<usize> = told
        .iter()
        .map(|event| match event {
            Event::UserErased(body) => body.events.len(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(counts, [5_000, 5_000, 2_000]);
}
