//! What a booking system told, and what became of it.

use std::sync::Arc;

use events::{BookedPlace, BookingId, Canceller, EmployeeId};
use imbl::OrdMap;
use serde::{Deserialize, Serialize};

/// A booking as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// Our id.
    pub id: BookingId,
    /// The booking system's own id.
    pub reference: Arc<str>,
    /// Whose it is.
    pub employee: EmployeeId,
    /// What is booked, and when.
    pub place: BookedPlace,
    /// Who cancelled it, if somebody did.
    pub cancelled: Option<Canceller>,
}

/// All bookings of a tenant, cancelled ones too.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bookings {
    bookings: OrdMap<BookingId, Arc<Booking>>,
    references: OrdMap<Arc<str>, BookingId>,
}

impl Bookings {
    /// A booking, cancelled or not.
    pub fn get(&self, id: BookingId) -> Option<&Booking> {
        self.bookings.get(&id).map(Arc::as_ref)
    }

    /// The booking with the booking system's own id.
    pub fn by_reference(&self, reference: &str) -> Option<&Booking> {
        self.get(*self.references.get(reference)?)
    }

    /// All of them, cancelled ones too, in the order of their ids.
    pub fn all(&self) -> impl Iterator<Item = &Booking> {
        self.bookings.values().map(Arc::as_ref)
    }

    /// How many there are, cancelled ones too.
    pub fn count(&self) -> usize {
        self.bookings.len()
    }

    /// Somebody's bookings, cancelled ones too. It looks at all that there are.
    pub fn of(&self, employee: EmployeeId) -> impl Iterator<Item = &Booking> {
        let bookings = self.bookings.values().map(Arc::as_ref);
        bookings.filter(move |booking| booking.employee == employee)
    }

    /// Forgets a booking, if it is this person's.
    pub(crate) fn remove(&mut self, id: BookingId, employee: EmployeeId) {
        let Some(booking) = self.bookings.get(&id).filter(|one| one.employee == employee) else {
            return;
        };
        self.references.remove(&Arc::clone(&booking.reference));
        self.bookings.remove(&id);
    }

    pub(crate) fn put(&mut self, booking: Booking) {
        self.references.insert(Arc::clone(&booking.reference), booking.id);
        self.bookings.insert(booking.id, Arc::new(booking));
    }

    pub(crate) fn cancel(&mut self, id: BookingId, by: Canceller) {
        if let Some(booking) = self.bookings.get_mut(&id) {
            Arc::make_mut(booking).cancelled = Some(by);
        }
    }
}
