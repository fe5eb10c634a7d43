//! What each event changes for leavers and bookings: pure.

use events::{
    BookedPlace, BookingId, CancelledBooking, Canceller, EmployeeId, Event, Recorded,
    RecordedBooking, Standing, Tenant, UserState,
};
use jiff::Timestamp;

/// One change to one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A person is Former.
    Left {
        tenant: Tenant,
        employee: EmployeeId,
        at: Timestamp,
    },
    /// A person is Active.
    Back {
        tenant: Tenant,
        employee: EmployeeId,
    },
    Booked(BookingRow),
    Cancelled {
        tenant: Tenant,
        booking: BookingId,
        cancellation: Cancellation,
    },
}

/// A booking as it was last told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookingRow {
    pub tenant: Tenant,
    pub booking: BookingId,
    pub reference: String,
    pub employee: EmployeeId,
    pub place: BookedPlace,
    pub recorded_at: Timestamp,
    pub seq: i64,
    pub cancelled: Option<Cancellation>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancellation {
    pub at: Timestamp,
    pub by: Canceller,
    pub actor: String,
    pub reason: Option<String>,
    pub seq: i64,
}

/// What `event` changes for leavers and bookings.
pub(crate) fn project(event: &Recorded) -> Vec<Change> {
    match &event.event {
        Event::UserCreated(state)
        | Event::UserDeactivated(state)
        | Event::UserReactivated(state)
        | Event::UserDeleted(state)
        | Event::UserReturned(state) => vec![stands(event, state)],
        // A booking that is told after it was cancelled is a booking again.
        Event::BookingRecorded(body) | Event::BookingChanged(body) => {
            vec![Change::Booked(booking(event, body))]
        }
        Event::BookingCancelled(body) => vec![Change::Cancelled {
            tenant: event.tenant().clone(),
            booking: body.booking_id,
            cancellation: cancellation(event, body),
        }],
        // A changed profile leaves the standing as it was.
        Event::UserChanged(_)
        | Event::TenantCreated(_)
        | Event::IntegrationActivated(_)
        | Event::IntegrationDeactivated(_)
        | Event::CredentialIssued(_)
        | Event::CredentialRevoked(_)
        | Event::UserTeamAssigned(_)
        | Event::UserTeamUnassigned(_)
        | Event::UserPrimaryChosen(_)
        | Event::UserTeamsReset(_)
        | Event::GroupCreated(_)
        | Event::GroupChanged(_)
        | Event::GroupMembersAdded(_)
        | Event::GroupMembersRemoved(_)
        | Event::GroupDeleted(_)
        | Event::TeamCreated(_)
        | Event::TeamRenamed(_)
        | Event::TeamDeleted(_)
        | Event::TenantGuardSet(_)
        | Event::TenantExtensionDeclared(_)
        | Event::TenantExtensionRemoved(_)
        | Event::AlertRaised(_)
        | Event::AlertPeopleAdded(_)
        | Event::AlertReleased(_)
        | Event::AlertReversed(_)
        | Event::Unknown { .. } => vec![],
    }
}

fn stands(event: &Recorded, state: &UserState) -> Change {
    let (tenant, employee) = (event.tenant().clone(), state.employee_id);
    match state.standing {
        Standing::Active => Change::Back { tenant, employee },
        Standing::Former => Change::Left { tenant, employee, at: event.envelope.time },
    }
}

fn booking(event: &Recorded, body: &RecordedBooking) -> BookingRow {
    BookingRow {
        tenant: event.tenant().clone(),
        booking: body.booking_id,
        reference: body.reference.clone(),
        employee: body.employee_id,
        place: body.place.clone(),
        recorded_at: event.envelope.time,
        seq: event.seq.0.cast_signed(),
        cancelled: None,
    }
}

fn cancellation(event: &Recorded, body: &CancelledBooking) -> Cancellation {
    Cancellation {
        at: event.envelope.time,
        by: body.by,
        actor: event.envelope.actor.to_string(),
        reason: body.reason.clone(),
        seq: event.seq.0.cast_signed(),
    }
}
