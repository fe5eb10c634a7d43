//! What it is called that a thing is another than before. Pure.

use events::{BookingState, ClosedReceipt, Event, Standing};
use feed::{
    Alert, AlertEvent, AlertOutcome, Body, Booking, BookingEvent, Change, Employee, EmployeeEvent,
    ErasedEmployee, Fact, FeedEvent, Receipt, ReceiptEvent, Team, TeamEvent, change,
};
use roster::TenantRoster;
use uuid::Uuid;

use crate::state;

pub(crate) fn employee_event(
    before: Option<Employee>,
    after: Option<Employee>,
) -> Option<FeedEvent> {
    let (fact, change, employee) = match (before, after) {
        (None, None) => return None,
        (Some(gone), None) => {
            let body = ErasedEmployee { id: gone.id, sequences: Vec::new() };
            return Some(event(Fact::EmployeeErased, gone.id.0, Body::Erased(body)));
        }
        (None, Some(new)) => (Fact::EmployeeJoined, Change::default(), new),
        (Some(old), Some(new)) => (employee_fact(&old, &new), change(&old, &new)?, new),
    };
    let about = employee.id.0;
    Some(event(fact, about, Body::Employee(EmployeeEvent { employee, change })))
}

/// The receipt of a departure is closed, which changes nothing about the person. Of somebody who was erased
/// since, nothing is told.
pub(crate) fn receipt_event(after: &TenantRoster, event: &Event) -> Option<FeedEvent> {
    let Event::UserReceiptClosed(closed) = event else { return None };
    let employee = state::employee(after, closed.employee_id)?;
    let ClosedReceipt { left_at, outcome, acknowledged, missing, .. } = closed.clone();
    let receipt = Receipt { left_at, outcome, acknowledged, missing };
    let about = employee.id.0;
    let body = Body::Receipt(ReceiptEvent { employee, receipt });
    Some(self::event(Fact::EmployeeReceiptClosed, about, body))
}

/// Where somebody stands comes first: who only cares who works here reads two facts.
fn employee_fact(old: &Employee, new: &Employee) -> Fact {
    match (old.standing, new.standing) {
        (Standing::Active, Standing::Former) => Fact::EmployeeLeft,
        (Standing::Former, Standing::Active) => Fact::EmployeeReturned,
        (Standing::Active, Standing::Active) if new.held.is_some() && new.held != old.held => {
            Fact::EmployeeHeld
        }
        (Standing::Active, Standing::Active)
            if old.held.is_some() && new.directory_standing == Standing::Former =>
        {
            if new.held.is_some() { Fact::EmployeeChanged } else { Fact::EmployeeReversed }
        }
        (Standing::Active, Standing::Active) | (Standing::Former, Standing::Former) => {
            Fact::EmployeeChanged
        }
    }
}

pub(crate) fn team_stays(before: Option<Team>, after: Option<Team>) -> Option<FeedEvent> {
    let team = after?;
    let (fact, change) = match before {
        None => (Fact::TeamCreated, Change::default()),
        Some(before) => (Fact::TeamChanged, change(&before, &team)?),
    };
    Some(event(fact, team.id.0, Body::Team(TeamEvent { team, change })))
}

pub(crate) fn team_goes(before: Option<Team>, after: Option<&Team>) -> Option<FeedEvent> {
    let team = before.filter(|_| after.is_none())?;
    let about = team.id.0;
    let body = TeamEvent { team, change: Change::default() };
    Some(event(Fact::TeamDeleted, about, Body::Team(body)))
}

/// A booking that is nobody's any more went with the person who was erased.
pub(crate) fn booking_event(before: Option<Booking>, after: Option<Booking>) -> Option<FeedEvent> {
    let booking = after?;
    let (fact, change) = match before {
        None => (Fact::BookingRecorded, Change::default()),
        Some(before) => (booking_fact(&before, &booking), change(&before, &booking)?),
    };
    Some(about_booking(fact, booking, change))
}

/// Whether it takes place comes first, then whether its booking system knows.
fn booking_fact(old: &Booking, new: &Booking) -> Fact {
    match (old.cancelled_by, new.cancelled_by) {
        (None, Some(_)) => Fact::BookingCancelled,
        (Some(_), None) => Fact::BookingRecorded,
        (None, None) => Fact::BookingChanged,
        (Some(_), Some(_)) => match (old.state, new.state) {
            (BookingState::Cancelled, BookingState::Closed) => Fact::BookingClosed,
            // Several things happened at once.
            (BookingState::Closed, BookingState::Cancelled) => Fact::BookingCancelled,
            (BookingState::Booked, _)
            | (_, BookingState::Booked)
            | (BookingState::Cancelled, BookingState::Cancelled)
            | (BookingState::Closed, BookingState::Closed) => Fact::BookingChanged,
        },
    }
}

/// A booking as it is, once more.
pub(crate) fn booking_again(booking: Option<Booking>) -> Option<FeedEvent> {
    Some(about_booking(Fact::BookingChanged, booking?, Change::default()))
}

fn about_booking(fact: Fact, booking: Booking, change: Change) -> FeedEvent {
    let reason = booking.cancellation.as_ref().and_then(|cancelled| cancelled.reason.clone());
    event(fact, booking.id.0, Body::Booking(BookingEvent { booking, reason, change }))
}

pub(crate) fn alert_event(
    before: Option<&Alert>,
    after: Option<Alert>,
    reason: Option<String>,
) -> Option<FeedEvent> {
    let alert = after?;
    let fact = match alert.outcome {
        _ if before == Some(&alert) => return None,
        None => Fact::AlertRaised,
        Some(AlertOutcome::Released) => Fact::AlertReleased,
        Some(AlertOutcome::Reversed) => Fact::AlertReversed,
    };
    Some(event(fact, alert.id.0, Body::Alert(AlertEvent { alert, reason })))
}

fn event(fact: Fact, about: Uuid, body: Body) -> FeedEvent {
    FeedEvent { fact, about, body }
}
