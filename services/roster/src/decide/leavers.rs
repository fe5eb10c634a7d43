//! What becomes of leavers' bookings: cancelled, planned, kept, handed over, reopened, or by a policy.

use events::{
    BookingId, Canceller, EmployeeId, Event, EventId, HandedOverBooking, KeptBooking, LeaverPolicy,
    PlannedCancellation, RecordedBooking, ReopenedBooking, SetLeaverPolicy, Standing, Tenant,
    WithdrawnCancellation,
};
use jiff::Timestamp;

use super::bookings::{
    MAX_TYPE, cancel, cancelled, fit_for_cancelling, of_leaver, standing, to_come,
};
use super::text;
use crate::{
    Booking, BookingDecision, BookingWish, LeaversIntent, Refusal, Task, TaskAction, TenantRoster,
};

/// For how many resource types a tenant can have a policy.
const MAX_POLICIES: usize = 100;

/// How long after a departure a policy can cancel: ten years.
const MAX_DAYS: u32 = 3_653;

pub(super) fn decide(
    slug: &Tenant,
    tenant: &TenantRoster,
    intent: &LeaversIntent,
) -> Result<Vec<Event>, Refusal> {
    match intent {
        LeaversIntent::Decide { employee, booking, wish, seen, now } => {
            as_seen(tenant, *booking, *seen)?;
            decide_one(tenant, *employee, *booking, wish, *now)
        }
        LeaversIntent::CarryOut { booking, now } => Ok(carry_out(tenant, *booking, *now)),
        LeaversIntent::SetPolicy { resource_type, policy } => {
            set_policy(slug, tenant, resource_type, *policy)
        }
    }
}

/// What was said about a booking since somebody saw it is not undone by a decision that did not know of it.
fn as_seen(tenant: &TenantRoster, id: BookingId, seen: Option<EventId>) -> Result<(), Refusal> {
    match (tenant.bookings().get(id), seen) {
        (Some(booking), Some(seen)) if booking.version != seen => {
            let how = tenant.last_word(booking).to_string();
            Err(Refusal::BookingChanged { booking: id, how })
        }
        (_, _) => Ok(()),
    }
}

fn decide_one(
    tenant: &TenantRoster,
    employee: EmployeeId,
    booking: BookingId,
    wish: &BookingWish,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    match wish {
        BookingWish::Cancel { reason } => cancel(tenant, employee, booking, reason, now),
        BookingWish::CancelAt { due, reason } => plan(tenant, employee, booking, *due, reason, now),
        BookingWish::WithdrawCancellation => withdraw(tenant, employee, booking),
        BookingWish::Keep { reason } => keep(tenant, employee, booking, reason.as_deref(), now),
        BookingWish::HandOver { to } => hand_over(tenant, employee, booking, *to, now),
        BookingWish::Reopen => reopen(tenant, employee, booking, now),
    }
}

/// The first plan stands: whoever wants another withdraws it first. What is due already is done at once.
fn plan(
    tenant: &TenantRoster,
    employee: EmployeeId,
    id: BookingId,
    due: Timestamp,
    reason: &str,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    fit_for_cancelling(reason)?;
    let booking = of_leaver(tenant, employee, id)?;
    let planned = match tenant.decision(booking) {
        Some(BookingDecision::Cancel { .. }) => true,
        Some(BookingDecision::Keep | BookingDecision::Withdrawn | BookingDecision::Reopened)
        | None => false,
    };
    if booking.cancelled.is_some() || planned {
        return Ok(vec![]);
    }
    to_come(booking, now)?;
    if due <= now {
        return Ok(vec![cancelled(booking, Canceller::Administrator, Some(reason), None)]);
    }
    if due >= booking.place.ends_at {
        return Err(Refusal::DueTooLate { due, ends_at: booking.place.ends_at });
    }
    Ok(vec![Event::BookingCancellationPlanned(PlannedCancellation {
        booking_id: booking.id,
        source: booking.source.clone(),
        reference: booking.reference.to_string(),
        employee_id: booking.employee,
        due,
        reason: reason.to_owned(),
    })])
}

fn withdraw(
    tenant: &TenantRoster,
    employee: EmployeeId,
    id: BookingId,
) -> Result<Vec<Event>, Refusal> {
    let booking = of_leaver(tenant, employee, id)?;
    if booking.cancelled.is_some() {
        return Err(Refusal::BookingIsCancelled);
    }
    match tenant.decision(booking) {
        Some(BookingDecision::Cancel { .. }) => {}
        None | Some(BookingDecision::Withdrawn)
            if tenant.task(booking).is_some_and(|task| task.cancels()) =>
        {
            return Err(Refusal::PolicyCancels(booking.place.resource_type.clone()));
        }
        Some(BookingDecision::Keep | BookingDecision::Withdrawn | BookingDecision::Reopened)
        | None => return Ok(vec![]),
    }
    Ok(vec![Event::BookingCancellationWithdrawn(WithdrawnCancellation {
        booking_id: booking.id,
        source: booking.source.clone(),
        reference: booking.reference.to_string(),
        employee_id: booking.employee,
    })])
}

/// Ends a planned cancellation, and what a policy would do.
fn keep(
    tenant: &TenantRoster,
    employee: EmployeeId,
    id: BookingId,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    if let Some(reason) = reason {
        text::said_in_words("the reason", reason)?;
    }
    let booking = of_leaver(tenant, employee, id)?;
    if booking.cancelled.is_some() {
        return Err(Refusal::BookingIsCancelled);
    }
    match tenant.decision(booking) {
        Some(BookingDecision::Keep) => return Ok(vec![]),
        Some(
            BookingDecision::Cancel { .. } | BookingDecision::Withdrawn | BookingDecision::Reopened,
        )
        | None => {}
    }
    to_come(booking, now)?;
    Ok(vec![Event::BookingKept(KeptBooking {
        booking_id: booking.id,
        source: booking.source.clone(),
        reference: booking.reference.to_string(),
        employee_id: booking.employee,
        reason: reason.map(str::to_owned),
    })])
}

fn hand_over(
    tenant: &TenantRoster,
    employee: EmployeeId,
    id: BookingId,
    to: EmployeeId,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let theirs_already = |one: &Booking| one.employee == to && one.booked_for.is_some();
    if tenant.bookings().get(id).is_some_and(theirs_already) {
        return Ok(vec![]);
    }
    let booking = of_leaver(tenant, employee, id)?;
    if booking.cancelled.is_some() {
        return Err(Refusal::BookingIsCancelled);
    }
    to_come(booking, now)?;
    active(tenant, to)?;
    Ok(vec![handed_over(booking, to, None)])
}

/// Takes back what was decided. No policy touches the booking then: it would decide at once what somebody has
/// just taken back.
fn reopen(
    tenant: &TenantRoster,
    employee: EmployeeId,
    id: BookingId,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let theirs_before =
        |one: &&Booking| one.employee != employee && one.booked_for == Some(employee);
    let (booking, booked_for) = match tenant.bookings().get(id).filter(theirs_before) {
        Some(handed_over) => match standing(tenant, employee)? {
            Standing::Active => return Err(Refusal::NotALeaver(employee)),
            Standing::Former => (handed_over, None),
        },
        None => {
            let booking = of_leaver(tenant, employee, id)?;
            (booking, booking.booked_for)
        }
    };
    if booking.cancelled.is_some() {
        return Err(Refusal::BookingIsCancelled);
    }
    let is_decided = match tenant.decision(booking) {
        Some(BookingDecision::Keep | BookingDecision::Cancel { .. }) => true,
        Some(BookingDecision::Reopened) => false,
        Some(BookingDecision::Withdrawn) | None => tenant.task(booking).is_some(),
    };
    if booking.employee == employee && !is_decided {
        return Ok(vec![]);
    }
    to_come(booking, now)?;
    let booking = as_of(booking, employee, booked_for);
    Ok(vec![Event::BookingReopened(ReopenedBooking { booking })])
}

/// Whoever is not Active takes over nothing.
fn active(tenant: &TenantRoster, to: EmployeeId) -> Result<(), Refusal> {
    match standing(tenant, to)? {
        Standing::Active => Ok(()),
        Standing::Former => Err(Refusal::ColleagueNotActive(to)),
    }
}

/// Does what is due. What came otherwise meanwhile asks for nothing.
fn carry_out(tenant: &TenantRoster, id: BookingId, now: Timestamp) -> Vec<Event> {
    let to_come = |booking: &&Booking| booking.place.ends_at > now;
    let Some(booking) = tenant.bookings().get(id).filter(to_come) else { return vec![] };
    let Some(Task { due, planned_by, action }) = tenant.task(booking) else { return vec![] };
    if due > now {
        return vec![];
    }
    let planned_by = Some(planned_by);
    vec![match action {
        TaskAction::Cancel { reason } => {
            cancelled(booking, Canceller::Administrator, Some(&reason), planned_by)
        }
        TaskAction::HandOver { to } => handed_over(booking, to, planned_by),
    }]
}

fn handed_over(booking: &Booking, to: EmployeeId, planned_by: Option<String>) -> Event {
    let booking = as_of(booking, to, Some(booking.told_for()));
    Event::BookingHandedOver(HandedOverBooking { booking, planned_by })
}

/// A booking as it is, but of this person.
fn as_of(
    booking: &Booking,
    employee_id: EmployeeId,
    booked_for: Option<EmployeeId>,
) -> RecordedBooking {
    RecordedBooking {
        booking_id: booking.id,
        source: booking.source.clone(),
        reference: booking.reference.to_string(),
        employee_id,
        booked_for,
        place: booking.place.clone(),
    }
}

fn set_policy(
    slug: &Tenant,
    tenant: &TenantRoster,
    resource_type: &str,
    policy: LeaverPolicy,
) -> Result<Vec<Event>, Refusal> {
    let resource_type = resource_type.trim();
    text::names("the type of the resource", resource_type)?;
    text::fits_in("the type of the resource", resource_type, MAX_TYPE)?;
    let known = tenant.leaver_policies().find(|(known, _)| *known == resource_type);
    let before = known.map_or(LeaverPolicy::Keep, |(_, set)| set.policy);
    if before == policy {
        return Ok(vec![]);
    }
    match policy {
        LeaverPolicy::CancelAfter { days } if days > MAX_DAYS => {
            return Err(Refusal::TooManyDays { days, max: MAX_DAYS });
        }
        LeaverPolicy::Keep | LeaverPolicy::CancelAfter { .. } => {}
        LeaverPolicy::HandOver { to } => active(tenant, to)?,
    }
    if known.is_none() && tenant.leaver_policies().count() >= MAX_POLICIES {
        return Err(Refusal::TooManyPolicies { max: MAX_POLICIES });
    }
    let tenant_id = tenant.id().ok_or_else(|| Refusal::NoSuchTenant(slug.clone()))?;
    let resource_type = resource_type.to_owned();
    Ok(vec![Event::TenantLeaverPolicySet(SetLeaverPolicy { tenant_id, resource_type, policy })])
}
