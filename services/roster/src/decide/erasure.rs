//! A person is erased: what Rollcall knows of them goes.

use std::collections::BTreeSet;

use events::{BookingId, EmployeeId, ErasedEvent, ErasedUser, Event, ResourceId, Standing, TeamId};

use crate::{Refusal, TenantRoster};

/// An Active person is not erased: the directory would tell of them again within the hour, and whoever
/// works here is needed. Who has left by what the directory says, and is Active only because the
/// mass-change guard holds them or their departure was reversed, may be.
pub(super) fn may_erase(
    tenant: &TenantRoster,
    employee: EmployeeId,
    even_if_held: bool,
) -> Result<(), Refusal> {
    let Some(person) = tenant.people.by_employee(employee) else { return Ok(()) };
    let left_all_the_same = even_if_held && tenant.guard.standing_override(employee).is_some();
    match tenant.standing(person) {
        Standing::Active if !left_all_the_same => Err(Refusal::NotFormer(employee)),
        Standing::Active | Standing::Former => Ok(()),
    }
}

/// Names the events that go.
///
/// What was named before is not named again, so that the search for what somebody said while the
/// first erasure was decided may find everything once more.
pub(super) fn erase(
    tenant: &TenantRoster,
    employee: EmployeeId,
    bookings: &[BookingId],
    events: &[ErasedEvent],
) -> Result<Vec<Event>, Refusal> {
    let named = tenant.erased.get(&employee).copied();
    let first = match (tenant.people.by_employee(employee), named) {
        (Some(_), _) => Some(known(tenant, employee, bookings)),
        (None, Some(_)) => None,
        (None, None) => return Err(Refusal::NoSuchEmployee(employee)),
    };
    let fresh: Vec<ErasedEvent> = events
        .iter()
        .filter(|event| named.is_none_or(|named| event.seq > named))
        .cloned()
        .collect();
    let mut pieces = fresh.chunks(ErasedUser::MAX_EVENTS).map(<[ErasedEvent]>::to_vec);
    let first =
        first.map(|known| ErasedUser { events: pieces.next().unwrap_or_default(), ..known });
    let more = pieces.map(|events| ErasedUser { events, ..nothing(employee) });
    Ok(first.into_iter().chain(more).map(Event::UserErased).collect())
}

fn nothing(employee_id: EmployeeId) -> ErasedUser {
    ErasedUser { employee_id, resources: vec![], teams: vec![], bookings: vec![], events: vec![] }
}

/// What is known of a person, by its ids.
fn known(tenant: &TenantRoster, employee: EmployeeId, bookings: &[BookingId]) -> ErasedUser {
    let resources: Vec<ResourceId> = tenant.people.all_resources_of(employee).collect();
    let teams: Vec<TeamId> = tenant.memberships.of(employee).map(|(team, _)| team).collect();
    let theirs = tenant.bookings.of(employee).map(|booking| booking.id);
    let bookings: BTreeSet<BookingId> = bookings.iter().copied().chain(theirs).collect();
    ErasedUser { resources, teams, bookings: Vec::from_iter(bookings), ..nothing(employee) }
}
