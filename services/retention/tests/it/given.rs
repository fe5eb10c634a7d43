//! What the log says.

use events::{
    Actor, BookedPlace, BookingId, CancelledBooking, Canceller, Chain, Digest, EmployeeId,
    Envelope, Event, EventId, Profile, Recorded, RecordedBooking, ResourceId, Seq, Standing,
    Tenant, UserState,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Map;
use uuid::Uuid;

pub(crate) const ADA: EmployeeId = EmployeeId(Uuid::from_u128(0xada));
pub(crate) const BOB: EmployeeId = EmployeeId(Uuid::from_u128(0xb0b));
pub(crate) const DESK: BookingId = BookingId(Uuid::from_u128(1));
pub(crate) const ROOM: BookingId = BookingId(Uuid::from_u128(2));

pub(crate) fn acme() -> Tenant {
    "acme".parse().unwrap()
}

/// The log in which `events` happen one after the other, a second apart.
pub(crate) fn log(events: impl IntoIterator<Item = Event>) -> Vec<Recorded> {
    (1..).zip(events).map(|(seq, event)| recorded(&acme(), seq, event)).collect()
}

pub(crate) fn recorded(tenant: &Tenant, seq: u64, event: Event) -> Recorded {
    Recorded {
        seq: Seq(seq),
        envelope: Envelope {
            id: EventId(Uuid::from_u128(seq.into())),
            tenant: tenant.clone(),
            time: at(seq),
            actor: Actor::from_header("portal:grace"),
            request: None,
            trace_parent: None,
        },
        event,
        digest: Digest::of(b""),
        chain: Chain::START,
        commit: true,
    }
}

/// When the event with this position happened.
pub(crate) fn at(seq: u64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seq.cast_signed()).unwrap()
}

/// Noon of a day that many days after the beginning.
pub(crate) fn day(number: i64) -> Timestamp {
    at(0) + SignedDuration::from_hours(24 * number + 12)
}

pub(crate) fn user(employee: EmployeeId, standing: Standing) -> UserState {
    UserState {
        employee_id: employee,
        resource_id: ResourceId(employee.0),
        standing,
        profile: Profile {
            user_name: employee.to_string().parse().unwrap(),
            external_id: None,
            attributes: Map::new(),
        },
        changed: vec![],
    }
}

pub(crate) fn joined(employee: EmployeeId) -> Event {
    Event::UserCreated(user(employee, Standing::Active))
}

pub(crate) fn left(employee: EmployeeId) -> Event {
    Event::UserDeactivated(user(employee, Standing::Former).into())
}

/// Two hours from noon of a day.
pub(crate) fn place(number: i64) -> BookedPlace {
    BookedPlace {
        resource: "Desk 7".to_owned(),
        title: None,
        starts_at: day(number),
        ends_at: day(number) + SignedDuration::from_hours(2),
    }
}

pub(crate) fn booking(booking: BookingId, employee: EmployeeId, day: i64) -> RecordedBooking {
    let place = place(day);
    RecordedBooking {
        booking_id: booking,
        reference: booking.to_string(),
        employee_id: employee,
        place,
    }
}

pub(crate) fn booked(id: BookingId, employee: EmployeeId, day: i64) -> Event {
    Event::BookingRecorded(booking(id, employee, day))
}

pub(crate) fn cancelled(id: BookingId, employee: EmployeeId, by: Canceller) -> Event {
    Event::BookingCancelled(CancelledBooking {
        booking_id: id,
        reference: id.to_string(),
        employee_id: employee,
        by,
        reason: (by == Canceller::Administrator).then(|| "has left".to_owned()),
    })
}
