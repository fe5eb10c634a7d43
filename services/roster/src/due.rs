//! What becomes of leavers' bookings by itself, and when.

use std::sync::Arc;

use events::{BookingId, EmployeeId, LeaverPolicy, Standing};
use jiff::{SignedDuration, Timestamp};

use crate::leavers::{Departure, SetPolicy};
use crate::{Booking, BookingDecision, Decided, TenantRoster};

/// What is to be done with a booking by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// When.
    pub due: Timestamp,
    /// Who planned it, or set the policy, by id.
    pub planned_by: String,
    /// What.
    pub action: TaskAction,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskAction {
    /// It is cancelled.
    Cancel {
        /// Why.
        reason: String,
    },
    /// It is handed over.
    HandOver {
        /// To whom.
        to: EmployeeId,
    },
}

impl Task {
    /// Whether it ends the booking.
    pub fn cancels(&self) -> bool {
        match self.action {
            TaskAction::Cancel { .. } => true,
            TaskAction::HandOver { .. } => false,
        }
    }
}

impl TenantRoster {
    /// When somebody left who is Former.
    pub fn departure(&self, employee: EmployeeId) -> Option<Departure> {
        let departure = self.leavers.left.get(&employee)?;
        let person = self.people.by_employee(employee)?;
        (self.standing(person) == Standing::Former).then_some(*departure)
    }

    /// The policies that say something else than to keep, by resource type.
    pub fn leaver_policies(&self) -> impl Iterator<Item = (&str, &SetPolicy)> {
        self.leavers.policies.iter().map(|(kind, policy)| (kind.as_ref(), policy.as_ref()))
    }

    /// What an administrator has decided about a booking since its person left.
    pub fn decision<'b>(&self, booking: &'b Booking) -> Option<&'b BookingDecision> {
        self.decided(booking).map(|decided| &decided.decision)
    }

    /// The same, with who decided it, and when.
    pub fn decided<'b>(&self, booking: &'b Booking) -> Option<&'b Decided> {
        let departure = self.departure(booking.employee)?;
        booking.decided.as_deref().filter(|decided| decided.seq > departure.seq)
    }

    /// What is to be done with a booking by itself: what somebody has planned, else what the policy for
    /// its resource type says.
    pub fn task(&self, booking: &Booking) -> Option<Task> {
        let departure = self.departure(booking.employee)?;
        if booking.cancelled.is_some() {
            return None;
        }
        let Some(decided) = self.decided(booking) else {
            return self.by_policy(booking, departure);
        };
        match &decided.decision {
            BookingDecision::Keep | BookingDecision::Reopened => None,
            BookingDecision::Cancel { due, reason } => Some(Task {
                due: *due,
                planned_by: decided.actor.clone(),
                action: TaskAction::Cancel { reason: reason.clone() },
            }),
            BookingDecision::Withdrawn => self.by_policy(booking, departure),
        }
    }

    fn by_policy(&self, booking: &Booking, departure: Departure) -> Option<Task> {
        let SetPolicy { policy, actor } =
            self.leavers.policies.get(booking.place.resource_type.as_str())?.as_ref();
        let (due, action) = self.planned_by(*policy, booking, departure)?;
        Some(Task { due, planned_by: actor.clone(), action })
    }

    /// What a policy makes of a booking of its type, and when.
    fn planned_by(
        &self,
        policy: LeaverPolicy,
        booking: &Booking,
        departure: Departure,
    ) -> Option<(Timestamp, TaskAction)> {
        let place = &booking.place;
        let (due, action) = match policy {
            LeaverPolicy::Keep => return None,
            LeaverPolicy::CancelAfter { days } => {
                let days_later = SignedDuration::from_hours(24 * i64::from(days));
                let due = departure.at.checked_add(days_later).ok()?;
                let reason = events::reason_of_policy(&place.resource_type, days);
                (due, TaskAction::Cancel { reason })
            }
            LeaverPolicy::HandOver { to } => {
                let colleague = self.people.by_employee(to)?;
                let active = self.standing(colleague) == Standing::Active;
                if !active || place.starts_at <= departure.at {
                    return None;
                }
                (departure.at, TaskAction::HandOver { to })
            }
        };
        (due < place.ends_at).then_some((due, action))
    }

    /// How many bookings of leavers a policy would act on as soon as it is set.
    pub fn at_once(&self, resource_type: &str, policy: LeaverPolicy, now: Timestamp) -> usize {
        let theirs = self.leavers.left.keys().flat_map(|employee| self.bookings.of(*employee));
        let to_come = theirs.filter(|booking| {
            let place = &booking.place;
            place.resource_type == resource_type
                && place.ends_at > now
                && booking.cancelled.is_none()
        });
        let is_due = |booking: &&Booking| {
            let by_policy = match self.decision(booking) {
                None | Some(BookingDecision::Withdrawn) => true,
                Some(
                    BookingDecision::Keep
                    | BookingDecision::Reopened
                    | BookingDecision::Cancel { .. },
                ) => false,
            };
            let planned = self
                .departure(booking.employee)
                .filter(|_| by_policy)
                .and_then(|departure| self.planned_by(policy, booking, departure));
            planned.is_some_and(|(due, _)| due <= now)
        };
        to_come.filter(is_due).count()
    }

    /// The bookings for which something is due at `now` that have not ended, the first first.
    pub fn due(&self, now: Timestamp) -> impl Iterator<Item = BookingId> {
        let due = self.leavers.due.iter().take_while(move |(due, _)| *due <= now);
        due.map(|(_, booking)| *booking).filter(move |booking| {
            self.bookings.get(*booking).is_some_and(|booking| booking.place.ends_at > now)
        })
    }

    /// When something is due after `now` for the first time.
    pub fn next_due(&self, now: Timestamp) -> Option<Timestamp> {
        let last = (now, BookingId(uuid::Uuid::max()));
        let mut later =
            self.leavers.due.range((std::ops::Bound::Excluded(last), std::ops::Bound::Unbounded));
        later.next().map(|(due, _)| *due)
    }

    /// Finds anew when something is due for a booking. What has ended by `now` stays as it is.
    pub(crate) fn reschedule(&mut self, id: BookingId, now: Timestamp) {
        if let Some(before) = self.leavers.due_by_booking.remove(&id) {
            self.leavers.due.remove(&(before, id));
        }
        let Some(booking) = self.bookings.get(id) else { return };
        if let Some(task) = self.task(booking).filter(|_| booking.place.ends_at > now) {
            self.leavers.due.insert((task.due, id));
            self.leavers.due_by_booking.insert(id, task.due);
        }
    }

    /// The same for all bookings of a person, and for all of whoever hands over to them.
    pub(crate) fn reschedule_person(&mut self, employee: EmployeeId, now: Timestamp) {
        let is_colleague = |set: &Arc<SetPolicy>| match set.policy {
            LeaverPolicy::HandOver { to } => to == employee,
            LeaverPolicy::Keep | LeaverPolicy::CancelAfter { .. } => false,
        };
        if self.leavers.policies.values().any(is_colleague) {
            return self.reschedule_all(now);
        }
        for booking in self.ids_of(employee) {
            self.reschedule(booking, now);
        }
    }

    /// The same for the bookings of all leavers.
    pub(crate) fn reschedule_all(&mut self, now: Timestamp) {
        let left: Vec<EmployeeId> = self.leavers.left.keys().copied().collect();
        for booking in
            left.into_iter().flat_map(|employee| self.ids_of(employee)).collect::<Vec<_>>()
        {
            self.reschedule(booking, now);
        }
    }

    fn ids_of(&self, employee: EmployeeId) -> Vec<BookingId> {
        self.bookings.of(employee).map(|booking| booking.id).collect()
    }
}
