//! Bookings about which something was decided: what, by whom, why, and the way back.

use jiff::Timestamp;
use maud::{Markup, html};

use super::booking::cells;
use super::here::Here;
use super::place::{Booking, DECIDES, HandedOver, Names, Planned};
use super::undo::button;
use crate::parts::table::table;
use crate::parts::time::moment;
use crate::signed::Signed;

/// Those that are cancelled by themselves, with the way back.
pub(super) fn planned(
    signed: &Signed,
    names: &Names,
    here: &Here,
    id: &str,
    bookings: &[&Booking],
    now: Timestamp,
) -> Markup {
    let may_decide = signed.may(DECIDES);
    let planned =
        bookings.iter().filter_map(|one| Some((*one, one.planned_cancellation.as_ref()?)));
    table(
        "Bookings that are cancelled when it is due",
        &columns(signed, &["Booked", "When", "Cancelled", "Why"]),
        html! {
            @for (booking, plan) in planned {
                tr {
                    (cells(booking))
                    td { (due(plan, now)) }
                    td { (plan.reason) br; span.soft { "by " (names.actor(&plan.actor)) } }
                    @if may_decide { td { (way_back(signed, here, id, booking, plan)) } }
                }
            }
        },
    )
}

/// When it is due: what is due soon counts down where scripts run.
fn due(plan: &Planned, now: Timestamp) -> Markup {
    let soon = plan.due.duration_since(now).as_secs() < 600;
    html! {
        @if soon { "in " span data-until=(plan.due) { "a moment" } br; }
        (moment(plan.due))
    }
}

fn way_back(signed: &Signed, here: &Here, id: &str, booking: &Booking, plan: &Planned) -> Markup {
    let (what, words) = if plan.by_policy { ("keep", "Keep it") } else { ("undo", "Undo") };
    button(signed, here, id, booking, what, words)
}

/// Takes back what was decided, for whoever may.
fn decide_again(signed: &Signed, here: &Here, id: &str, booking: &Booking) -> Markup {
    html! {
        @if signed.may(DECIDES) { td { (button(signed, here, id, booking, "reopen", "Decide again")) } }
    }
}

/// The columns of a list, with one for the way back where somebody may go it.
fn columns<'h>(signed: &Signed, heads: &[&'h str]) -> Vec<&'h str> {
    heads.iter().copied().chain(signed.may(DECIDES).then_some("Change")).collect()
}

/// Those to come that somebody decided to keep.
pub(super) fn kept(
    signed: &Signed,
    names: &Names,
    here: &Here,
    id: &str,
    bookings: &[&Booking],
) -> Markup {
    let kept = bookings.iter().filter_map(|one| Some((*one, one.kept.as_ref()?)));
    table(
        "Bookings to come that somebody decided to keep",
        &columns(signed, &["Booked", "When", "Kept"]),
        html! {
            @for (booking, kept) in kept {
                tr {
                    (cells(booking))
                    td {
                        "by " (names.actor(&kept.actor)) ", " (moment(kept.at))
                        @if let Some(reason) = &kept.reason { br; span.soft { (reason) } }
                    }
                    (decide_again(signed, here, id, booking))
                }
            }
        },
    )
}

/// Those that a colleague has by now, while their booking system books them for the leaver still.
pub(super) fn handed_over(
    signed: &Signed,
    names: &Names,
    here: &Here,
    id: &str,
    bookings: &[&HandedOver],
) -> Markup {
    table(
        "Bookings that were handed over, of which the booking system has not said that it knows",
        &columns(signed, &["Booked", "When", "Handed over to"]),
        html! {
            @for one in bookings {
                tr {
                    (cells(&one.booking))
                    td {
                        a href={ "/t/" (signed.tenant) "/people/" (one.employee_id) } { (names.person(one.employee_id)) }
                        @if let Some(by) = names.handed_over(one.booking.id) {
                            br; "by " (names.actor(&by.actor)) ", " (moment(by.at))
                        }
                        br; span.soft { "The booking system has not said that it knows." }
                    }
                    (decide_again(signed, here, id, &one.booking))
                }
            }
        },
    )
}
