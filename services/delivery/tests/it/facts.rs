//! What is told of a person when this or that happens.

use events::{AlertId, BookedPlace, BookingId, BookingSource, BookingState, Standing};
use feed::{Body, BookingEvent, Fact, FeedEvent, Rank};
use kit::projection::{ALERTS_FROM, at, history, strict_guard};
use roster::{BookingWish, Intent, LeaversIntent, MemberChange, PersonRef};
use uuid::Uuid;

use crate::intents::{a_team, beginning, employee, group_profile, profile, resource};
use crate::told::{decision_by_decision, facts_about, feed, person, subscriber};

const ALERT: AlertId = AlertId(Uuid::from_u128(ALERTS_FROM));

fn here(number: u8, active: bool) -> Intent {
    let profile = profile(number.into(), number, 0);
    Intent::User { resource: resource(number.into()), profile, active }
}

fn joins(number: u8) -> Intent {
    let profile = profile(number.into(), number, 0);
    Intent::NewUser { resource: resource(number.into()), profile, active: true }
}

fn group(team: u128, members: Vec<String>) -> Intent {
    Intent::NewGroup { team: a_team(team), profile: group_profile(team, 0), members }
}

/// What is told of three people after these intents.
fn told(intents: impl IntoIterator<Item = Intent>) -> Vec<FeedEvent> {
    let people = (0..3).map(joins);
    let all: Vec<Intent> = beginning().into_iter().chain(people).chain(intents).collect();
    decision_by_decision(&all).0
}

fn facts(feed: &[FeedEvent], number: u128) -> Vec<Fact> {
    facts_about(feed, employee(number).0)
}

#[test]
fn who_trips_the_guard_is_held_and_who_left_before_returns() {
    let feed = told([here(0, false), here(1, false)]);
    let first = [Fact::EmployeeJoined, Fact::EmployeeLeft, Fact::EmployeeReturned];
    assert_eq!(facts(&feed, 0), first);
    assert_eq!(facts(&feed, 1), [Fact::EmployeeJoined, Fact::EmployeeHeld]);
    let last = feed.iter().rev().find_map(person).expect("somebody");
    assert_eq!(last.employee.standing, Standing::Active);
    assert_eq!(last.employee.directory_standing, Standing::Former);
    assert_eq!(last.employee.held, Some(ALERT));
}

#[test]
fn a_release_lets_each_of_the_held_people_leave() {
    let released =
        Intent::ReleaseAlert { alert: ALERT, people: None, reason: Some("a move".to_owned()) };
    let feed = told([here(0, false), here(1, false), released]);
    for number in 0..2 {
        assert_eq!(facts(&feed, number).last(), Some(&Fact::EmployeeLeft));
    }
    let released = feed.iter().find(|event| event.fact == Fact::AlertReleased);
    let body = String::from_utf8(released.expect("a release").body.json()).unwrap();
    assert!(body.contains("a move"), "{body}");
}

#[test]
fn a_reversal_keeps_the_held_people_and_says_so_of_each() {
    let reversed = Intent::ReverseAlert { alert: ALERT, people: None, reason: None };
    let feed = told([here(0, false), here(1, false), reversed]);
    for number in 0..2 {
        assert_eq!(facts(&feed, number).last(), Some(&Fact::EmployeeReversed));
    }
}

#[test]
fn a_changed_name_of_somebody_held_says_active() {
    let renamed = Intent::User { resource: resource(1), profile: profile(1, 1, 1), active: false };
    let feed = told([here(0, false), here(1, false), renamed]);
    assert_eq!(facts(&feed, 1).last(), Some(&Fact::EmployeeChanged));
    let last = feed.iter().rev().find_map(person).expect("somebody");
    assert_eq!(last.employee.standing, Standing::Active);
    assert_eq!(last.change.changed, ["profile.title"]);
}

#[test]
fn whoever_joins_or_leaves_a_group_is_told_with_all_their_teams() {
    let ada = resource(0).to_string();
    let feed = told([
        group(0, vec![ada.clone()]),
        group(1, vec![]),
        Intent::Group {
            team: a_team(1),
            profile: group_profile(1, 0),
            members: vec![MemberChange::Add(vec![ada])],
        },
        Intent::NoGroup { team: a_team(0) },
    ]);
    let teams: Vec<Vec<(u128, Rank)>> = feed
        .iter()
        .filter_map(person)
        .filter(|body| body.employee.id == employee(0))
        .map(|body| {
            let teams = body.employee.teams.iter();
            teams.map(|team| (team.id.0.as_u128() - 0x7000, team.kind)).collect()
        })
        .collect();
    let expected = [
        vec![],
        vec![(0, Rank::Primary)],
        vec![(0, Rank::Primary), (1, Rank::Additional)],
        vec![(1, Rank::Primary)],
    ];
    assert_eq!(teams, expected);
    assert_eq!(feed.last().map(|event| event.fact), Some(Fact::TeamDeleted));
}

#[test]
fn a_member_whom_nobody_knew_is_in_the_team_from_the_first_event_on() {
    let eve = resource(4).to_string();
    let feed = told([group(0, vec![eve]), joins(4)]);
    assert_eq!(facts(&feed, 4), [Fact::EmployeeJoined]);
    let joined = feed.iter().rev().find_map(person).expect("somebody");
    assert_eq!(joined.employee.teams.first().map(|team| team.id), Some(a_team(0)));
}

#[test]
fn a_booking_tells_all_that_its_system_needs_to_act_on_a_cancellation_and_that_it_did() {
    let id = BookingId(Uuid::from_u128(0xb0));
    let source: BookingSource = "desks".parse().unwrap();
    let place = BookedPlace {
        resource: "desk-7".to_owned(),
        resource_type: String::new(),
        title: Some("By the window".to_owned()),
        starts_at: at(100_000),
        ends_at: at(103_600),
    };
    let feed = told([
        Intent::SetGuard { guard: strict_guard(false) },
        Intent::Booking {
            booking: id,
            source: source.clone(),
            reference: "4417".to_owned(),
            person: PersonRef::Employee(employee(0)),
            place: place.clone(),
        },
        here(0, false),
        Intent::Leavers(LeaversIntent::Decide {
            employee: employee(0),
            booking: id,
            wish: BookingWish::Cancel { reason: "she left".to_owned() },
            seen: None,
            now: at(1),
        }),
        Intent::NoBooking { source: source.clone(), reference: "4417".to_owned() },
    ]);
    let about: Vec<&FeedEvent> = feed.iter().filter(|event| event.about == id.0).collect();
    let facts: Vec<Fact> = about.iter().map(|event| event.fact).collect();
    assert_eq!(facts, [Fact::BookingRecorded, Fact::BookingCancelled, Fact::BookingClosed]);
    let bodies: Vec<&BookingEvent> = about
        .iter()
        .filter_map(|event| match &event.body {
            Body::Booking(body) => Some(body),
            Body::Employee(_)
            | Body::Receipt(_)
            | Body::Erased(_)
            | Body::Test(_)
            | Body::Team(_)
            | Body::Alert(_) => None,
        })
        .collect();
    let [recorded, cancelled, closed] = bodies.as_slice() else { panic!("{bodies:?}") };
    assert_eq!(
        (recorded.booking.state, &recorded.booking.cancellation),
        (BookingState::Booked, &None)
    );
    for (told, state) in [(cancelled, BookingState::Cancelled), (closed, BookingState::Closed)] {
        let booking = &told.booking;
        assert_eq!((&booking.source, booking.reference.as_str()), (&source, "4417"));
        assert_eq!((&booking.place, booking.state), (&place, state));
        let how = booking.cancellation.as_ref().expect("it was cancelled");
        assert_eq!(how.reason.as_deref(), Some("she left"));
        assert_eq!(how.actor, "portal:grace");
        assert_eq!(told.reason.as_deref(), Some("she left"));
    }
    assert_eq!(closed.change.changed, ["state"]);
}

#[test]
fn a_booking_that_was_handed_to_somebody_who_is_erased_then_goes_with_them_even_if_both_are_told_together()
 {
    let books = |number: u128| Intent::Booking {
        booking: BookingId(Uuid::from_u128(0xb0)),
        source: BookingSource::default(),
        reference: "4417".to_owned(),
        person: PersonRef::Employee(employee(number)),
        place: BookedPlace {
            resource: "desk-7".to_owned(),
            resource_type: String::new(),
            title: None,
            starts_at: at(100_000),
            ends_at: at(103_600),
        },
    };
    let erasure = Intent::EraseUser {
        employee: employee(1),
        bookings: Vec::new(),
        events: Vec::new(),
        even_if_held: true,
    };
    let before: Vec<Intent> =
        beginning().into_iter().chain([joins(0), joins(1), books(0), here(1, false)]).collect();
    let told_before = history(&before).0.len();
    let all: Vec<Intent> = before.into_iter().chain([books(1), erasure]).collect();
    let table = subscriber(&feed(&history(&all).0, &[told_before]));
    assert_eq!(table.bookings, std::collections::BTreeMap::new());
}
