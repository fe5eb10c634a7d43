//! Bookings are told, withdrawn, and cancelled for leavers.

use events::{
    BookedPlace, BookingId, BookingSource, BookingState, CancelledBooking, Canceller,
    ClosedBooking, EARLIEST, EmployeeId, Event, RecordedBooking, Standing,
};
use jiff::Timestamp;

use super::text;
use crate::{Booking, Person, PersonRef, Refusal, TenantRoster};

/// The longest name of a resource type, in bytes.
pub(super) const MAX_TYPE: usize = 64;

pub(super) fn record(
    tenant: &TenantRoster,
    new: BookingId,
    source: &BookingSource,
    reference: &str,
    person: &PersonRef,
    place: &BookedPlace,
) -> Result<Vec<Event>, Refusal> {
    text::said("the booking's reference", reference)?;
    let place =
        &BookedPlace { resource_type: place.resource_type.trim().to_owned(), ..place.clone() };
    judge(place)?;
    let employee_id = resolve(tenant, person)?;
    let before = tenant.bookings().by_reference(source, reference);
    // A hand-over stands until the booking system names somebody else, or has let go of the booking.
    let handed_over = before.filter(|before| {
        before.booked_for == Some(employee_id) && before.state() != BookingState::Closed
    });
    let recorded = RecordedBooking {
        booking_id: before.map_or(new, |before| before.id),
        source: source.clone(),
        reference: reference.to_owned(),
        employee_id: handed_over.map_or(employee_id, |before| before.employee),
        booked_for: handed_over.map(|_| employee_id),
        place: place.clone(),
    };
    let Some(before) = before else {
        if tenant.bookings().get(new).is_some() {
            return Err(Refusal::IdReused(new.0));
        }
        return Ok(vec![Event::BookingRecorded(recorded)]);
    };
    let same_person = before.told_for() == employee_id;
    // A system that begins to say what type a resource has says nothing new of the booking.
    let known_type =
        BookedPlace { resource_type: before.place.resource_type.clone(), ..place.clone() };
    let same_booking = same_person && before.place == known_type;
    Ok(match before.state() {
        BookingState::Booked if same_person && before.place == *place => vec![],
        // A nightly export still has what an administrator cancelled here, and must not undo it.
        BookingState::Cancelled if same_booking => vec![],
        BookingState::Booked => vec![Event::BookingChanged(recorded)],
        BookingState::Cancelled | BookingState::Closed => vec![Event::BookingRecorded(recorded)],
    })
}

/// A booking system that withdraws what was cancelled here says that it knows.
pub(super) fn withdraw(
    tenant: &TenantRoster,
    source: &BookingSource,
    reference: &str,
) -> Result<Vec<Event>, Refusal> {
    let missing = || Refusal::NoSuchBooking(reference.to_owned());
    let booking = tenant.bookings().by_reference(source, reference).ok_or_else(missing)?;
    Ok(match booking.state() {
        BookingState::Booked => vec![cancelled(booking, Canceller::BookingSystem, None, None)],
        BookingState::Cancelled => vec![Event::BookingClosed(ClosedBooking {
            booking_id: booking.id,
            source: booking.source.clone(),
            reference: booking.reference.to_string(),
            employee_id: booking.employee,
        })],
        BookingState::Closed => vec![],
    })
}

/// Whether a leaver's booking could be cancelled for this reason: the same for all that one request names.
pub fn fit_for_cancelling(reason: &str) -> Result<(), Refusal> {
    text::said_in_words("the reason", reason)
}

pub(super) fn cancel(
    tenant: &TenantRoster,
    employee: EmployeeId,
    id: BookingId,
    reason: &str,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    fit_for_cancelling(reason)?;
    let booking = of_leaver(tenant, employee, id)?;
    if booking.cancelled.is_some() {
        return Ok(vec![]);
    }
    to_come(booking, now)?;
    Ok(vec![cancelled(booking, Canceller::Administrator, Some(reason), None)])
}

/// A booking of somebody Former.
pub(super) fn of_leaver(
    tenant: &TenantRoster,
    employee: EmployeeId,
    id: BookingId,
) -> Result<&Booking, Refusal> {
    let standing = standing(tenant, employee)?;
    let booking = tenant.bookings().get(id).filter(|booking| booking.employee == employee);
    let booking = booking.ok_or_else(|| Refusal::NoSuchBooking(id.to_string()))?;
    match standing {
        Standing::Active => Err(Refusal::NotALeaver(employee)),
        Standing::Former => Ok(booking),
    }
}

/// Where somebody stands who is known.
pub(super) fn standing(tenant: &TenantRoster, employee: EmployeeId) -> Result<Standing, Refusal> {
    let person = tenant.people().by_employee(employee);
    Ok(tenant.standing(person.ok_or(Refusal::NoSuchEmployee(employee))?))
}

/// Past bookings are kept as they are.
pub(super) fn to_come(booking: &Booking, now: Timestamp) -> Result<(), Refusal> {
    if booking.place.ends_at <= now {
        return Err(Refusal::BookingIsPast(booking.place.ends_at));
    }
    Ok(())
}

pub(super) fn cancelled(
    booking: &Booking,
    by: Canceller,
    reason: Option<&str>,
    planned_by: Option<String>,
) -> Event {
    Event::BookingCancelled(CancelledBooking {
        booking_id: booking.id,
        source: booking.source.clone(),
        reference: booking.reference.to_string(),
        employee_id: booking.employee,
        by,
        reason: reason.map(str::to_owned),
        planned_by,
    })
}

/// Whether a place and its times can be kept.
fn judge(place: &BookedPlace) -> Result<(), Refusal> {
    text::said("the booked resource", &place.resource)?;
    text::fits_in("the type of the resource", &place.resource_type, MAX_TYPE)?;
    if let Some(title) = &place.title {
        text::fits("the booking's title", title)?;
    }
    let BookedPlace { starts_at, ends_at, .. } = *place;
    if let Some(odd) = [starts_at, ends_at].into_iter().find(|time| *time < EARLIEST) {
        return Err(Refusal::OutOfTime(odd));
    }
    if ends_at <= starts_at {
        return Err(Refusal::EndsTooEarly { starts_at, ends_at });
    }
    Ok(())
}

/// The person whom a booking system means. Bookings of leavers are told too, so people are found
/// who are Former, and those whose resource is gone: of these, the one who had the name last, or who
/// went last.
fn resolve(tenant: &TenantRoster, named: &PersonRef) -> Result<EmployeeId, Refusal> {
    let people = tenant.people();
    match named {
        PersonRef::Employee(employee) => match people.by_employee(*employee) {
            Some(person) => Ok(person.employee),
            None => Err(Refusal::NoSuchEmployee(*employee)),
        },
        PersonRef::UserName(name) => {
            let gone = || people.gone_holder(name.as_str());
            let person = people.by_user_name(name.as_str()).or_else(gone);
            let missing = || Refusal::NoSuchPerson(name.to_string());
            person.map(|person| person.employee).ok_or_else(missing)
        }
        PersonRef::ExternalId(id) => {
            let active = Bearers::of(people.active_with_external_id(id.as_str()));
            let present = Bearers::of(people.by_external_id(id.as_str()));
            match (active, present) {
                (Bearers::One(one), _) | (Bearers::Nobody, Bearers::One(one)) => Ok(one),
                (Bearers::Nobody, Bearers::Nobody) => people
                    .last_gone_with_external_id(id.as_str())
                    .map(|person| person.employee)
                    .ok_or_else(|| Refusal::NoSuchPerson(id.as_str().to_owned())),
                (_, _) => Err(Refusal::AmbiguousPerson(id.as_str().to_owned())),
            }
        }
    }
}

/// Who has an external id, as far as it takes to know whether it is ambiguous.
enum Bearers {
    Nobody,
    One(EmployeeId),
    Several,
}

impl Bearers {
    /// Several resources of one person are one.
    fn of<'a>(mut resources: impl Iterator<Item = &'a Person>) -> Self {
        let Some(first) = resources.next() else { return Self::Nobody };
        match resources.find(|other| other.employee != first.employee) {
            None => Self::One(first.employee),
            Some(_) => Self::Several,
        }
    }
}
