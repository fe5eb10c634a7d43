//! What decisions cost: they look at no more people and memberships than they are about, however
//! many others there are.

use events::{
    BookingId, BookingSource, Event, EventKind, ExternalId, IntegrationProfile, Profile,
    ResourceId, TeamId,
};
use serde_json::{Map, json};
use uuid::Uuid;

use super::words::*;
use super::{History, given};
use crate::lookups::during;
use crate::{Intent, MemberChange, PersonRef};

fn number(n: usize) -> ResourceId {
    ResourceId(Uuid::from_u128(0x1000 + n as u128))
}

/// So many people of one external id. Those who have gone again are one in so many.
fn sharing_an_external_id(count: usize, one_gone_in: usize) -> History {
    let mut history = given([integration(IntegrationProfile::Benefits)]);
    for n in 0..count {
        history.tell(&new_user(number(n), &format!("{n}@x"), Some("shared"))).unwrap();
        if n % one_gone_in == 0 {
            history.tell(&gone(number(n))).unwrap();
        }
    }
    history
}

#[track_caller]
fn few_looks(what: &str, history: &History, intent: &Intent, kind: EventKind) {
    let mut told = Vec::new();
    let looks = during(|| told = history.clone().tell(intent).unwrap());
    let kinds: Vec<EventKind> = told.iter().filter_map(Event::kind).collect();
    assert_eq!(kinds, [kind], "{what}");
    assert!(looks < 40, "{what} looked at {looks} people");
}

#[test]
fn an_external_id_that_thousands_share_costs_as_much_as_one_of_ones_own() {
    for one_gone_in in [1, 2, usize::MAX] {
        let mut history = sharing_an_external_id(3000, one_gone_in);
        history.tell(&integration(IntegrationProfile::Workplace)).unwrap();
        let one_more = new_user(number(9000), "new@x", Some("shared"));
        // Somebody returns if all are gone: else the id does not tell people apart.
        let kind = if one_gone_in == 1 { EventKind::UserReturned } else { EventKind::UserCreated };
        few_looks("one more", &history, &one_more, kind);
        let the_first = new_user(number(9000), "0@x", Some("shared"));
        few_looks("the first", &history, &the_first, EventKind::UserReturned);
        let other = new_user(number(9000), "new@x", Some("other"));
        few_looks("somebody else", &history, &other, EventKind::UserCreated);
    }
}

#[test]
fn a_user_name_that_thousands_had_costs_as_much_as_one_of_ones_own() {
    let mut history = given([integration(IntegrationProfile::Benefits)]);
    for n in 0..3000 {
        let external_id = format!("oid-{n}");
        history.tell(&new_user(number(n), "same@x", Some(&external_id))).unwrap();
        history.tell(&gone(number(n))).unwrap();
    }
    let contradicting = new_user(number(9000), "same@x", Some("new"));
    few_looks("a new external id", &history, &contradicting, EventKind::UserCreated);
    let known = new_user(number(9000), "same@x", Some("oid-7"));
    few_looks("the eighth", &history, &known, EventKind::UserReturned);
    let any = new_user(number(9000), "same@x", None);
    few_looks("the last", &history, &any, EventKind::UserReturned);
    let booking = books(1, "b1", PersonRef::UserName("same@x".parse().unwrap()), desk(1));
    few_looks("a booking", &history, &booking, EventKind::BookingRecorded);
}

#[test]
fn a_booking_for_an_external_id_that_thousands_share_does_not_look_at_them_all() {
    let person = || PersonRef::ExternalId(ExternalId("shared".to_owned()));
    let all_gone = sharing_an_external_id(3000, 1);
    let last = books(1, "b1", person(), desk(1));
    few_looks("the last who went", &all_gone, &last, EventKind::BookingRecorded);
    let mut all_former = sharing_an_external_id(3000, usize::MAX);
    for n in 1..3000 {
        let profile = profile(&format!("{n}@x"), Some("shared"));
        let former = Intent::User { resource: number(n), profile, active: n == 1500 };
        all_former.tell(&former).unwrap();
    }
    few_looks("the only Active one", &all_former, &last, EventKind::BookingRecorded);
    let mut looks = 0;
    let ambiguous = sharing_an_external_id(3000, usize::MAX);
    for n in 0..10 {
        let booking = Intent::Booking {
            booking: BookingId(Uuid::from_u128(n)),
            source: BookingSource::default(),
            reference: n.to_string(),
            person: person(),
            place: desk(1),
        };
        looks += during(|| assert!(ambiguous.clone().tell(&booking).is_err()));
    }
    assert!(looks < 100, "an ambiguous id looked at {looks} people");
}

/// A group of people who are gone, and so hidden, and others.
fn group_of(hidden: usize, seen: usize) -> History {
    let mut history = given([new_group(CORE, "Core", &[])]);
    let mut values = Vec::new();
    for n in 0..hidden + seen {
        history.tell(&joins(number(n), &format!("{n}@x"))).unwrap();
        values.push(id(number(n)));
    }
    history.tell(&members(CORE, "Core", vec![MemberChange::Add(values)])).unwrap();
    for n in 0..hidden {
        history.tell(&gone(number(n))).unwrap();
    }
    history
}

#[test]
fn replacing_all_members_a_thousand_times_looks_at_each_who_is_named() {
    let (history, hidden) = (group_of(500, 500), 500);
    let values =
        |range: std::ops::Range<usize>| -> Vec<String> { range.map(|n| id(number(n))).collect() };
    let mut line = vec![MemberChange::Add(values(0..hidden))];
    line.extend((0..1000).map(|_| MemberChange::Exactly(vec![])));
    line.push(MemberChange::Exactly(values(0..hidden + 500)));
    let looks = during(|| {
        assert_eq!(history.clone().tell(&members(CORE, "Core", line)), Ok(vec![]));
    });
    assert!(looks < 5000, "{looks} looks");
}

#[test]
fn a_difference_of_members_looks_at_each_member_a_few_times() {
    let looks = |size: usize| {
        let history = group_of(0, size);
        let every_second = (0..size).step_by(2).map(|n| id(number(n)));
        let half = MemberChange::Exactly(every_second.collect());
        let intent = members(CORE, "Core", vec![half]);
        during(|| drop(history.clone().tell(&intent).unwrap()))
    };
    let (half, whole) = (looks(500), looks(1000));
    assert!(whole * 2 <= half * 5, "{half} looks for 500 members, {whole} for 1000");
}

#[test]
fn the_teams_of_somebody_in_many_are_found_in_order_of_their_number() {
    let looks = |size: usize| {
        let mut history = given([joins(ADA, "ada@x")]);
        for n in 0..size {
            let team = TeamId(Uuid::from_u128(0x7000 + n as u128));
            history.tell(&new_group(team, &format!("{n}"), &[&id(ADA)])).unwrap();
            let employee = employee(ADA);
            if n % 2 == 0 {
                history.tell(&Intent::UnassignTeam { employee, team }).unwrap();
            }
            if n % 4 == 0 {
                history.tell(&Intent::AssignTeam { employee, team }).unwrap();
            }
        }
        let tenant = history.tenant();
        assert_eq!(tenant.teams_of(employee(ADA)).len(), size / 4 * 3);
        during(|| drop(tenant.teams_of(employee(ADA))))
    };
    let (half, whole) = (looks(100), looks(200));
    assert!(whole * 2 <= half * 5, "{half} looks for 100 teams, {whole} for 200");
    assert!(whole < 200 * 16, "{whole} looks for 200 teams");
}

#[test]
fn the_names_of_what_changed_are_no_larger_than_what_they_name() {
    let profile = |urn: &str, count: usize| {
        let inner: Map<_, _> = (0..count).map(|n| (format!("k{n}"), json!(n))).collect();
        let mut attributes = Map::new();
        attributes.insert(urn.to_owned(), inner.into());
        Profile { attributes, ..profile("ada@x", None) }
    };
    let long = format!("urn:{}", "x".repeat(8000));
    for (urn, count) in [(long.as_str(), 15_000), ("urn:example:badges:2.0:User", 20_000)] {
        let intent = Intent::NewUser { resource: ADA, profile: profile(urn, count), active: true };
        let told = given([]).tell(&intent).unwrap();
        let [Event::UserCreated(state)] = told.as_slice() else { panic!("{told:?}") };
        let bytes: usize = state.changed.iter().map(String::len).sum();
        assert!(bytes < 100_000, "{bytes} bytes of names");
        assert!(state.changed.iter().any(|name| name == urn), "the extension is named");
    }
}
