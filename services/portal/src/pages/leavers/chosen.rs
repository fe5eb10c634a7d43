//! Which bookings a form means, and which of them nobody has decided about since the form was made.

use axum::http::StatusCode;
use events::BookingId;
use roster::{Booking, BookingDecision, Roster, TenantRoster};
use uuid::Uuid;

use crate::fields::Fields;
use crate::refused::Refused;
use crate::signed::Signed;

/// How many bookings a form decides about at most: as many as one call that cancels.
pub(super) const MOST: usize = 1_000;

/// The bookings that are ticked, or all that the form listed: not what was booked since, which nobody has seen.
/// Each once, however its id is written.
pub(super) fn chosen(fields: &Fields) -> Result<Vec<Uuid>, Refused> {
    let all = fields.get("all") == "yes";
    let listed = fields.get("listed").split(',').filter(|id| all && !id.is_empty());
    let ticked = fields.all("booking").filter(|_| !all);
    let mut ids = Vec::new();
    for id in listed.chain(ticked) {
        ids.push(id.parse().map_err(|_| {
            let detail = "A chosen booking has an id that is none, so nothing was changed. Go back to the leaver's \
                          page, load it anew, and choose there.";
            Refused::new(StatusCode::BAD_REQUEST, detail)
        })?);
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// What has become of a booking.
pub(super) enum Decided {
    /// Nothing, or nobody knows it.
    Nothing,
    /// It is kept.
    Kept,
    /// It is cancelled when it is due, for this reason.
    Planned(String),
    /// It is cancelled.
    Cancelled,
}

impl Decided {
    pub(super) fn of(roster: &Roster, signed: &Signed, booking: Uuid) -> Self {
        let Some((tenant, booking)) = find(roster, signed, booking) else { return Self::Nothing };
        if booking.cancelled.is_some() {
            return Self::Cancelled;
        }
        match tenant.decision(booking) {
            Some(BookingDecision::Keep) => Self::Kept,
            Some(BookingDecision::Cancel { reason, .. }) => Self::Planned(reason.clone()),
            None => Self::Nothing,
        }
    }

    /// Why a form that was made when nothing was decided does not change it.
    pub(super) fn stands(self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Kept => Some("somebody has decided since to keep it".to_owned()),
            Self::Planned(why) => Some(format!("somebody has planned to cancel it already: {why}")),
            Self::Cancelled => Some("it is cancelled already".to_owned()),
        }
    }
}

/// A booking, and its tenant.
pub(super) fn find<'r>(
    roster: &'r Roster,
    signed: &Signed,
    booking: Uuid,
) -> Option<(&'r TenantRoster, &'r Booking)> {
    let tenant = roster.tenant(&signed.tenant)?;
    Some((tenant, tenant.bookings().get(BookingId(booking))?))
}

/// The form lists only what waits for a decision: what was decided since it was made stands.
pub(super) struct Open {
    /// Those about which nothing was decided.
    pub(super) open: Vec<Uuid>,
    /// Of each other one, what was decided.
    pub(super) before: Vec<String>,
}

impl Open {
    pub(super) fn of(roster: &Roster, signed: &Signed, bookings: Vec<Uuid>) -> Self {
        let (mut open, mut before) = (Vec::new(), Vec::new());
        for booking in bookings {
            match Decided::of(roster, signed, booking).stands() {
                Some(why) => before.push(why),
                None => open.push(booking),
            }
        }
        Self { open, before }
    }
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
        assert_eq!(
            count(&format!("booking={ONE}&booking={ONE}&booking={capitals}&booking={bare}")),
            1
        );
        assert_eq!(count(&format!("booking={ONE}&booking={OTHER}")), 2);
        assert!(chosen(&Fields::read(b"booking=c1")).is_err());
    }

    #[test]
    fn all_means_what_the_form_listed_and_nothing_where_it_listed_nothing() {
        assert_eq!(count(&format!("all=yes&listed={ONE},{OTHER}&booking={ONE}")), 2);
        assert_eq!(count(&format!("listed={ONE},{OTHER}&booking={ONE}")), 1);
        assert_eq!(count("all=yes&shown="), 0);
    }
}
