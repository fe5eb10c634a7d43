//! What is booked, and when: how a booking is told from others.

use jiff::Timestamp;
use maud::{Markup, html};

use super::text::name;
use super::time::{moment, period};

/// `Desk 3.12, 4 Dec 2026, 09:00–17:00 UTC`, as far as it is known.
pub(crate) fn booked(
    resource: &str,
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
) -> Markup {
    html! {
        (name(resource))
        @match (starts_at, ends_at) {
            (Some(from), Some(to)) => { ", " (period(from, to)) }
            (Some(at), None) | (None, Some(at)) => { ", " (moment(at)) }
            (None, None) => {}
        }
    }
}
