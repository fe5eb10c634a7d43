//! What a booking system told, and what became of it.

use std::sync::Arc;

use events::{
    BookedPlace, BookingId, BookingSource, BookingState, Canceller, EmployeeId, EventId, Seq,
};
use imbl::{OrdMap, OrdSet};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A booking as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// Our id.
    pub id: BookingId,
    /// The last event about it. Whoever decides may say which one they have seen.
    pub version: EventId,
    /// Which booking system it is of.
    pub source: BookingSource,
    /// The booking system's own id, unique in its source.
    pub reference: Arc<str>,
    /// Whose it is.
    pub employee: EmployeeId,
    /// Whom the booking system books it for, where it was handed over here since.
    pub booked_for: Option<EmployeeId>,
    /// Who handed it over, as long as it is that colleague's.
    pub handed_over: Option<Arc<HandedOver>>,
    /// What is booked, and when.
    pub place: BookedPlace,
    /// How it was cancelled, if it was.
    pub cancelled: Option<Arc<Cancellation>>,
    /// Whether the booking system has said since that it knows.
    pub acknowledged: bool,
    /// What an administrator has decided about it last, when its person had left.
    pub decided: Option<Arc<Decided>>,
}

impl Booking {
    /// Who cancelled it, if somebody did.
    pub fn cancelled_by(&self) -> Option<Canceller> {
        self.cancelled.as_ref().map(|cancelled| cancelled.by)
    }

    /// Whom the booking system books it for, whoever's it is by now.
    pub fn told_for(&self) -> EmployeeId {
        self.booked_for.unwrap_or(self.employee)
    }

    /// Where it stands.
    pub fn state(&self) -> BookingState {
        BookingState::of(self.cancelled_by(), self.acknowledged)
    }
}

/// How a booking was cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancellation {
    /// Who decided it.
    pub by: Canceller,
    /// When.
    pub at: Timestamp,
    /// Who, by id.
    pub actor: String,
    /// Why, if told.
    pub reason: Option<String>,
}

/// That a booking is a colleague's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    /// Who decided so, by id.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// What an administrator has decided about a leaver's booking that stands. It counts for the departure
/// before it, and not for a later one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The event that says so.
    pub seq: Seq,
    /// Who, by id.
    pub actor: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub decision: BookingDecision,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BookingDecision {
    /// It is kept.
    Keep,
    /// It is cancelled when it is due.
    Cancel {
        /// When.
        due: Timestamp,
        /// Why.
        reason: String,
    },
    /// It is not cancelled after all: a policy counts again, or it waits for somebody.
    Withdrawn,
    /// It waits for somebody to decide by hand, whatever a policy says.
    Reopened,
}

/// All bookings of a tenant, cancelled ones too.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bookings {
    bookings: OrdMap<BookingId, Arc<Booking>>,
    /// The default source comes first of those that have a reference.
    references: OrdMap<(Arc<str>, BookingSource), BookingId>,
    by_employee: OrdSet<(EmployeeId, BookingId)>,
}

impl Bookings {
    /// A booking, cancelled or not.
    pub fn get(&self, id: BookingId) -> Option<&Booking> {
        self.bookings.get(&id).map(Arc::as_ref)
    }

    /// The booking with a booking system's own id.
    pub fn by_reference(&self, source: &BookingSource, reference: &str) -> Option<&Booking> {
        self.get(*self.references.get(&(Arc::from(reference), source.clone()))?)
    }

    /// The bookings that have this reference, one of each booking system at most.
    pub fn with_reference<'a>(&'a self, reference: &'a str) -> impl Iterator<Item = &'a Booking> {
        let first = (Arc::from(reference), BookingSource::default());
        let from_there = self.references.range(first..);
        let same = from_there.take_while(move |((other, _), _)| **other == *reference);
        same.filter_map(|(_, id)| self.get(*id))
    }

    /// All of them, cancelled ones too, in the order of their ids.
    pub fn all(&self) -> impl Iterator<Item = &Booking> {
        self.bookings.values().map(Arc::as_ref)
    }

    /// How many there are, cancelled ones too.
    pub fn count(&self) -> usize {
        self.bookings.len()
    }

    /// Somebody's bookings, cancelled ones too, in the order of their ids.
    pub fn of(&self, employee: EmployeeId) -> impl Iterator<Item = &Booking> {
        let theirs = (employee, BookingId(Uuid::nil()))..=(employee, BookingId(Uuid::max()));
        self.by_employee.range(theirs).filter_map(|(_, id)| self.get(*id))
    }

    /// Forgets a booking, if it is this person's.
    pub(crate) fn remove(&mut self, id: BookingId, employee: EmployeeId) {
        let Some(booking) = self.bookings.get(&id).filter(|one| one.employee == employee) else {
            return;
        };
        self.references.remove(&(Arc::clone(&booking.reference), booking.source.clone()));
        self.by_employee.remove(&(employee, id));
        self.bookings.remove(&id);
    }

    pub(crate) fn put(&mut self, booking: Booking) {
        let name = (Arc::clone(&booking.reference), booking.source.clone());
        self.references.insert(name, booking.id);
        if let Some(before) = self.get(booking.id).map(|before| before.employee) {
            self.by_employee.remove(&(before, booking.id));
        }
        self.by_employee.insert((booking.employee, booking.id));
        self.bookings.insert(booking.id, Arc::new(booking));
    }

    pub(crate) fn cancel(&mut self, id: BookingId, version: EventId, cancelled: Cancellation) {
        if let Some(booking) = self.changing(id, version) {
            booking.cancelled = Some(Arc::new(cancelled));
        }
    }

    pub(crate) fn decide(&mut self, id: BookingId, version: EventId, decided: Decided) {
        if let Some(booking) = self.changing(id, version) {
            booking.decided = Some(Arc::new(decided));
        }
    }

    pub(crate) fn close(&mut self, id: BookingId, version: EventId) {
        if let Some(booking) = self.changing(id, version) {
            booking.acknowledged = true;
        }
    }

    /// A booking that an event changes.
    fn changing(&mut self, id: BookingId, version: EventId) -> Option<&mut Booking> {
        let booking = Arc::make_mut(self.bookings.get_mut(&id)?);
        booking.version = version;
        Some(booking)
    }
}
