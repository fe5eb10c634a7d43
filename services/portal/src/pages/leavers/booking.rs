//! Bookings as they are shown, and the form by which somebody decides about them.

use events::EmployeeId;
use maud::{Markup, html};

use super::place::{Booking, DECIDES, Names, home};
use crate::parts::form::form;
use crate::parts::table::table;
use crate::parts::text::{NAME, name, short};
use crate::parts::time::period;
use crate::signed::Signed;

/// What people say most often when they cancel.
const REASONS: [&str; 4] = [
    "Has left the company",
    "The desk is given to somebody else",
    "The meeting will not take place",
    "Agreed with the team",
];

/// So many bookings of one list a leaver's page shows: a page has 100 kB at most.
pub(super) const LISTED: usize = 15;

/// The first `most`, and how many there are where these are not all.
pub(super) fn first<T>(all: &[T], most: usize) -> (&[T], Markup) {
    let shown = &all[..all.len().min(most)];
    let others = html! {
        @if all.len() > most { p.soft { (most) " of " (all.len()) " are shown." } }
    };
    (shown, others)
}

/// What is booked, and when.
pub(super) fn cells(booking: &Booking) -> Markup {
    html! {
        th scope="row" {
            (name(&booking.resource))
            @if !booking.resource_type.is_empty() { " " span.aside { (name(&booking.resource_type)) } }
            @if let Some(title) = &booking.title { div.aside { (name(title)) } }
            div.reference {
                (name(&booking.reference)) @if booking.source != "default" { " of " (booking.source) }
            }
        }
        td { (period(booking.starts_at, booking.ends_at)) }
    }
}

/// These bookings of one leaver, which may be ticked, and what to do with those. Who may not decide sees them
/// alone.
pub(super) fn decision_form(
    signed: &Signed,
    names: &Names,
    employee: EmployeeId,
    bookings: &[&Booking],
) -> Markup {
    let decides = signed.may(DECIDES);
    let heads: &[&str] = if decides { &["Choose", "Booked", "When"] } else { &["Booked", "When"] };
    let rows = html! {
        @for booking in bookings {
            tr {
                @if decides {
                    td {
                        input type="checkbox" name="booking" value=(booking.id) aria-label={ "Choose " (short(&booking.resource, NAME)) ", " (short(&booking.reference, NAME)) };
                    }
                }
                (cells(booking))
            }
            @if let Some(to) = booking.hand_over_to {
                tr { td colspan=(heads.len()) {
                    span.hint { "The policy hands it over to " (names.person(to)) " as soon as they are Active." }
                } }
            }
        }
    };
    // Several of these are on the page of the inbox.
    let listed =
        table(&format!("Bookings of {} to decide about", names.person(employee)), heads, rows);
    if !decides {
        return listed;
    }
    let (reasons, reason) = (format!("reasons-{employee}"), format!("reason-{employee}"));
    let colleague = format!("colleague-{employee}");
    let ids: Vec<String> = bookings.iter().map(|one| one.id.to_string()).collect();
    let listed_ids = ids.join(",");
    form(
        &signed.session.csrf,
        &format!("{}/{employee}/decide", home(signed)),
        html! {
            (listed)
            // What "all" means: those that are shown.
            input type="hidden" name="listed" value=(listed_ids);
            label.check {
                input type="checkbox" name="all" value="yes" data-all="booking";
                span { "All bookings of this list" }
            }
            div.decide {
                div.field {
                    label.label for=(reason) { "Reason" }
                    input #(reason) type="text" name="reason" list=(reasons) maxlength="1024" autocomplete="off";
                    datalist #(reasons) { @for said in REASONS { option value=(said) {} } }
                    span.hint { "Kept with each booking; needed to cancel." }
                }
                div.field {
                    label.label for=(colleague) { "Colleague" }
                    input #(colleague) type="text" name="to" maxlength="256" autocomplete="off" spellcheck="false";
                    span.hint { "User name, to hand over." }
                }
                div.actions {
                    button.primary name="what" value="cancel" { "Cancel bookings" }
                    button name="what" value="keep" { "Keep" }
                    button name="what" value="hand-over" { "Hand over" }
                }
            }
        },
    )
}
