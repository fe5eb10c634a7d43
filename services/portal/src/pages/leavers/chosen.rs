//! Which bookings a form means, each as the form showed it.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use events::{BookingId, EventId};

use crate::fields::Fields;
use crate::refused::Refused;

/// How many bookings a form decides about at most: as many as one call does.
pub(super) const MOST: usize = 1_000;

/// How a form names a booking as it shows it.
pub(super) fn as_shown(booking: BookingId, version: EventId) -> String {
    format!("{booking}.{version}")
}

/// The booking that a form names, and its version.
pub(super) fn shown(text: &str) -> Option<(BookingId, EventId)> {
    let (booking, version) = text.split_once('.')?;
    Some((booking.parse().ok()?, version.parse().ok()?))
}

/// The bookings that are ticked, or all that the form listed: not what was booked since, which nobody has seen.
/// Each once, however its id is written.
pub(super) fn chosen(fields: &Fields) -> Result<BTreeMap<BookingId, EventId>, Refused> {
    let all = fields.get("all") == "yes";
    let listed = fields.get("listed").split(',').filter(|one| all && !one.is_empty());
    let ticked = fields.all("booking").filter(|_| !all);
    let meant = listed.chain(ticked).map(|one| {
        shown(one).ok_or_else(|| {
            let detail = "A chosen booking has an id that is none, so nothing was changed. Go back to the leaver's \
                          page, load it anew, and choose there.";
            Refused::new(StatusCode::BAD_REQUEST, detail)
        })
    });
    meant.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "01890000-0000-7000-8000-00000000000a";
    const OTHER: &str = "01890000-0000-7000-8000-00000000000b";

    fn count(form: &str) -> usize {
        chosen(&Fields::read(form.as_bytes())).unwrap().len()
    }

    #[test]
    fn a_booking_that_is_chosen_twice_is_one_however_its_id_is_written() {
        let (capitals, bare) = (ONE.to_uppercase(), ONE.replace('-', ""));
        let ticked = [ONE, ONE, &capitals, &bare].map(|id| format!("booking={id}.{OTHER}"));
        assert_eq!(count(&ticked.join("&")), 1);
        assert_eq!(count(&format!("booking={ONE}.{OTHER}&booking={OTHER}.{OTHER}")), 2);
    }

    #[test]
    fn a_booking_is_meant_as_it_was_shown_and_not_without_its_version() {
        for odd in ["c1", ONE, &format!("{ONE}."), &format!("{ONE}.1")] {
            assert!(chosen(&Fields::read(format!("booking={odd}").as_bytes())).is_err(), "{odd}");
        }
        let (booking, version) = shown(&format!("{ONE}.{OTHER}")).unwrap();
        assert_eq!(as_shown(booking, version), format!("{ONE}.{OTHER}"));
    }

    #[test]
    fn all_means_what_the_form_listed_and_nothing_where_it_listed_nothing() {
        let (one, other) = (format!("{ONE}.{ONE}"), format!("{OTHER}.{ONE}"));
        assert_eq!(count(&format!("all=yes&listed={one},{other}&booking={one}")), 2);
        assert_eq!(count(&format!("listed={one},{other}&booking={one}")), 1);
        assert_eq!(count("all=yes&shown="), 0);
    }
}
