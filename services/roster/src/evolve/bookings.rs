//! Bookings are recorded and changed.

use events::RecordedBooking;

use crate::{Booking, TenantRoster};

/// A booking recorded after it was cancelled is a booking again.
pub(super) fn recorded(tenant: &mut TenantRoster, body: &RecordedBooking) {
    tenant.bookings.put(Booking {
        id: body.booking_id,
        reference: body.reference.as_str().into(),
        employee: body.employee_id,
        place: body.place.clone(),
        cancelled: None,
    });
}
