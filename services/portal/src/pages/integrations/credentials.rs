//! The credentials that Entra has, or had.

use maud::{Markup, html};
use roster::Credential;

use super::card::{State, kind};
use super::place::home;
use crate::parts::badge::{Tone, badge};
use crate::parts::table::{empty, table};
use crate::parts::time::{day, moment};
use crate::signed::Signed;

/// So many of those that were revoked are listed.
const REVOKED: usize = 10;

const COLUMNS: [&str; 6] = ["Credential", "Issued", "Expires", "Last used", "State", "Action"];

/// All that live, and the last that were revoked.
pub(super) fn listed(signed: &Signed, state: &State) -> Markup {
    let live = state.credentials.iter().filter(|one| !one.revoked);
    let revoked = state.credentials.iter().filter(|one| one.revoked).take(REVOKED);
    let all: Vec<&Credential> = live.chain(revoked).collect();
    html! {
        h2 { "Credentials" }
        p.soft { "Two live side by side, so that Entra can be told the new one before the old one ends. Secrets are shown once, and kept here only as a digest." }
        @if all.is_empty() {
            (empty("No credential yet", "Entra cannot sign in before there is one."))
        } @else {
            (table("Credentials of Entra", &COLUMNS, html! {
                @for one in all { (row(signed, state, one)) }
            }))
        }
    }
}

fn row(signed: &Signed, state: &State, one: &Credential) -> Markup {
    html! {
        tr {
            th scope="row" { (kind(one)) @if let Some(label) = &one.label { " " span.aside { (label) } } div.reference { (one.id) } }
            td { (moment(one.issued_at)) }
            td { @match one.expires_at { Some(expires) => (day(expires)), None => "never" } }
            td { (state.last_used(one)) }
            td {
                @if one.revoked { (badge(Tone::Plain, "Revoked")) }
                @else if one.has_expired(state.now) { (badge(Tone::Bad, "Expired")) }
                @else if state.expires_soon(one) { (badge(Tone::Warn, "Expires soon")) }
                @else { (badge(Tone::Good, "Live")) }
            }
            td {
                @if !one.revoked {
                    a.button.danger.small href={ (home(signed)) "/credentials/" (one.id) "/revoke" } {
                        "Revoke" span.visually-hidden { " " (one.id) }
                    }
                }
            }
        }
    }
}
