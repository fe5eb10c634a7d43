//! Events as the gateway writes them, about people and groups of ours.

use eventlog::ids;
use events::{
    BookedPlace, BookingId, BookingSource, ChangedMembers, CreatedGroup, DepartedUser, EmployeeId,
    Event, GroupProfile, GroupState, MemberRef, RecordedBooking, ResourceId, Standing, TeamId,
    UserState,
};
use jiff::{Timestamp, ToSpan as _};
use serde_json::Map;
use uuid::Uuid;

use crate::people::{Person, profile};

pub(crate) fn joined(person: &Person) -> Event {
    Event::UserCreated(UserState { changed: Vec::new(), ..state(person) })
}

/// The same person by another name.
pub(crate) fn renamed(person: &Person, name: String) -> Event {
    let mut state = state(person);
    state.profile.attributes.insert("displayName".to_owned(), name.into());
    Event::UserChanged(UserState { changed: vec!["displayName".to_owned()], ..state })
}

fn state(person: &Person) -> UserState {
    UserState {
        employee_id: EmployeeId(person.id),
        resource_id: ResourceId(person.id),
        standing: Standing::Active,
        profile: profile(person.number),
        changed: Vec::new(),
    }
}

pub(crate) fn group_formed(group: Uuid, name: String) -> Event {
    let profile =
        GroupProfile { display_name: name, external_id: None, attributes: Map::default() };
    let state = GroupState { team_id: TeamId(group), profile, changed: Vec::new() };
    Event::GroupCreated(CreatedGroup { state, members: vec![] })
}

/// People come to a group, in as many events as it takes.
pub(crate) fn members_added(group: Uuid, people: &[Person]) -> impl Iterator<Item = Event> {
    people.chunks(ChangedMembers::MAX).map(move |people| added(group, people))
}

pub(crate) fn member_added(group: Uuid, person: &Person) -> Event {
    added(group, std::slice::from_ref(person))
}

fn added(group: Uuid, people: &[Person]) -> Event {
    let member = |person: &Person| MemberRef {
        value: person.id.to_string(),
        employee_id: Some(EmployeeId(person.id)),
    };
    let members = people.iter().map(member).collect();
    Event::GroupMembersAdded(ChangedMembers { team_id: TeamId(group), members })
}

/// The person has left.
pub(crate) fn left(person: &Person) -> Event {
    let state = UserState { standing: Standing::Former, ..state(person) };
    Event::UserDeactivated(DepartedUser { state, alert: None })
}

/// A desk for an hour, a year from the beginning of time.
pub(crate) fn booked(person: &Person, number: usize) -> Event {
    booked_at(person, number, Timestamp::UNIX_EPOCH + 8760.hours())
}

/// The same, in a hundred days.
pub(crate) fn booked_ahead(person: &Person, number: usize) -> Event {
    booked_at(person, number, eventlog::clock::now() + 2400.hours())
}

fn booked_at(person: &Person, number: usize, starts_at: Timestamp) -> Event {
    Event::BookingRecorded(RecordedBooking {
        booking_id: BookingId(ids::uuid_v7()),
        source: BookingSource::default(),
        reference: format!("booking-{number}"),
        employee_id: EmployeeId(person.id),
        booked_for: None,
        place: BookedPlace {
            resource: format!("desk-{}", number % 500),
            resource_type: String::new(),
            title: None,
            starts_at,
            ends_at: starts_at + 1.hour(),
        },
    })
}
