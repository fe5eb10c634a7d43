//! What can be asked about leavers and their bookings.
//!
//! Each question takes a client or a transaction, so that several can share one snapshot, and what
//! time it is.

mod bookings;
mod leavers;
mod people;

pub use bookings::{Booking, CancelledBooking, KeptBookings, kept_bookings};
pub use leavers::{BookingCounts, Leaver, leavers};
pub(crate) use people::PEOPLE;
pub use projector::sql::{BadCursor, Page, QueryError};
