//! Bookings as they are shown, and the form by which somebody decides about them.

use std::collections::BTreeSet;

use events::{BookingId, EmployeeId};
use maud::{Markup, html};

use super::chosen::{as_shown, shown};
use super::here::Here;
use super::place::{Booking, DECIDES, Names, home};
use super::whom::{Match, did_you_mean};
use crate::fields::Fields;
use crate::parts::form::form;
use crate::parts::table::table;
use crate::parts::text::{NAME, name, short};
use crate::parts::time::{moment, period};
use crate::signed::Signed;

/// What people say most often when they cancel.
const REASONS: [&str; 4] = [
    "Has left the company",
    "The desk is given to somebody else",
    "The meeting will not take place",
    "Agreed with the team",
];

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
/// alone. What was typed before stands in it again.
pub(super) fn decision_form(
    signed: &Signed,
    names: &Names,
    here: &Here,
    employee: EmployeeId,
    bookings: &[&Booking],
) -> Markup {
    let decides = signed.may(DECIDES);
    let (typed, matches) = here.typed(&employee.to_string());
    let ticked: BTreeSet<BookingId> = typed
        .into_iter()
        .flat_map(|typed| typed.all("booking"))
        .filter_map(|one| Some(shown(one)?.0))
        .collect();
    let heads: &[&str] = if decides { &["Choose", "Booked", "When"] } else { &["Booked", "When"] };
    let rows = html! {
        @for booking in bookings {
            tr {
                @if decides {
                    td {
                        input type="checkbox" name="booking" value=(as_shown(booking.id, booking.version))
                            checked[ticked.contains(&booking.id)]
                            aria-label={ "Choose " (short(&booking.resource, NAME)) ", " (short(&booking.reference, NAME)) };
                    }
                }
                (cells(booking))
            }
            (hints(names, booking, heads.len()))
        }
    };
    // Several of these are on the page of the inbox.
    let listed =
        table(&format!("Bookings of {} to decide about", names.person(employee)), heads, rows);
    if !decides {
        return listed;
    }
    let ids: Vec<String> = bookings.iter().map(|one| as_shown(one.id, one.version)).collect();
    let listed_ids = ids.join(",");
    let all = typed.is_some_and(|typed| typed.get("all") == "yes");
    form(
        &signed.session.csrf,
        &format!("{}/{employee}/decide", home(signed)),
        html! {
            (here.field())
            input type="hidden" name="of" value=(employee);
            (listed)
            // What "all" means: those that are shown.
            input type="hidden" name="listed" value=(listed_ids);
            label.check {
                input type="checkbox" name="all" value="yes" data-all="booking" checked[all];
                span { "All bookings of this list" }
            }
            (what_to_do(employee, typed, matches))
        },
    )
}

/// What else there is to know about a booking that waits.
fn hints(names: &Names, booking: &Booking, columns: usize) -> Markup {
    html! {
        @if let Some(to) = booking.hand_over_to {
            tr { td colspan=(columns) {
                span.hint { "The policy hands it over to " (names.person(to)) " as soon as they are Active." }
            } }
        }
        @if let Some(reopened) = &booking.reopened {
            tr { td colspan=(columns) {
                span.hint { "To decide again: " (names.actor(&reopened.actor)) " took back what was decided, " (moment(reopened.at)) ". No policy touches it." }
            } }
        }
    }
}

fn what_to_do(employee: EmployeeId, typed: Option<&Fields>, matches: &[Match]) -> Markup {
    let (reasons, reason) = (format!("reasons-{employee}"), format!("reason-{employee}"));
    let colleague = format!("colleague-{employee}");
    let before = |name: &str| typed.map_or("", |typed| typed.get(name)).to_owned();
    html! {
        (did_you_mean(matches))
        div.decide {
            div.field {
                label.label for=(reason) { "Reason" }
                input #(reason) type="text" name="reason" list=(reasons) value=(before("reason")) maxlength="1024" autocomplete="off";
                datalist #(reasons) { @for said in REASONS { option value=(said) {} } }
                span.hint { "Kept with each booking; needed to cancel." }
            }
            div.field {
                label.label for=(colleague) { "Colleague" }
                input #(colleague) type="text" name="to" list=(COLLEAGUES) value=(before("to")) maxlength="256" autocomplete="off" spellcheck="false";
                span.hint { "Name or user name, to hand over." }
            }
            div.actions {
                button.primary name="what" value="cancel" { "Cancel bookings" }
                button name="what" value="keep" { "Keep" }
                button name="what" value="hand-over" { "Hand over" }
            }
        }
    }
}

/// The list of those who may take over.
pub(super) const COLLEAGUES: &str = "colleagues";
