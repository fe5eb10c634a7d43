//! What was cancelled by hand a moment ago, on top of the inbox for as long as it can be undone: what somebody has
//! decided about is among what waits no more.

use jiff::{Timestamp, ToSpan as _};
use maud::{Markup, html};
use roster::{Booking, BookingDecision};

use super::here::Here;
use super::place::{DECIDES, Names, UNDO_SECONDS, home};
use super::undo::button;
use crate::parts::booked::booked;
use crate::parts::table::table;
use crate::signed::Signed;

/// So many are listed; all of them are on the pages of their leavers.
const LISTED: usize = 20;

/// Those bookings of all leavers, with the way back, for whoever may go it.
pub(super) fn undoable(signed: &Signed, names: &Names, here: &Here, now: Timestamp) -> Markup {
    let soon = just_cancelled(names, now);
    if soon.is_empty() || !signed.may(DECIDES) {
        return html! {};
    }
    let rows = html! {
        @for (booking, due) in soon.iter().take(LISTED) {
            @let (employee, place) = (booking.employee.to_string(), &booking.place);
            tr {
                th scope="row" { (booked(&place.resource, Some(place.starts_at), Some(place.ends_at))) }
                td { a href={ (home(signed)) "/" (employee) } { (names.person(booking.employee)) } }
                td { "in " span data-until=(due) { "a moment" } }
                td { (button(signed, here, &employee, *booking, "undo", "Undo")) }
            }
        }
    };
    html! {
        section.card aria-labelledby="undoable" {
            h2 id="undoable" { "Cancelled a moment ago" }
            (table("Bookings whose cancellation can be undone", &["Booked", "Whose", "Cancelled", "Change"], rows))
            @if soon.len() > LISTED {
                p.soft { "And " (soon.len() - LISTED) " more, on the pages of those who left." }
            }
        }
    }
}

/// Those whose time to undo has not passed, with when it will have.
fn just_cancelled(names: &Names, now: Timestamp) -> Vec<(&Booking, Timestamp)> {
    let Some(tenant) = names.tenant() else { return vec![] };
    let until = now.saturating_add(i64::from(UNDO_SECONDS).seconds()).unwrap_or(now);
    let due = tenant.due(until).filter_map(|id| tenant.bookings().get(id));
    let planned = due.filter_map(|booking| match tenant.decision(booking)? {
        BookingDecision::Cancel { due, .. } if *due > now => Some((booking, *due)),
        BookingDecision::Cancel { .. }
        | BookingDecision::Keep
        | BookingDecision::Withdrawn
        | BookingDecision::Reopened => None,
    });
    planned.collect()
}
