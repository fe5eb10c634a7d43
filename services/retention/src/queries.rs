//! What can be asked about leavers and about bookings.
//!
//! Each question takes a client or a transaction, so that several can share one snapshot, and what
//! time it is.

mod all_bookings;
mod bookings;
mod leavers;
mod people;
mod policies;

pub use all_bookings::{OwnedBooking, WantedBookings, bookings, bookings_by_name, handed_over};
pub use bookings::{
    Booking, BookingStateName, CancelledBooking, KeptBooking, KeptBookings, PlannedCancellation,
    kept_bookings,
};
pub use leavers::{BookingCounts, DecisionName, Leaver, WantedLeavers, inbox, leavers};
pub(crate) use people::PEOPLE;
pub use policies::{Policy, leaver_policies, resource_types};
pub use projector::sql::{BadCursor, Page, QueryError};
