//! The credentials that Entra has, or had.

use events::Purpose;
use maud::{Markup, html};
use roster::Credential;

use super::card::State;
use super::place::home;
use crate::parts::badge::{Tone, badge};
use crate::parts::form::button;
use crate::parts::table::{empty, table};
use crate::parts::time::moment;
use crate::signed::Signed;

/// So many of those that were revoked are listed.
const REVOKED: usize = 10;

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
            (table("Credentials of Entra", &["Credential", "Kind", "Issued", "State", "Action"], html! {
                @for one in all { (row(signed, one)) }
            }))
        }
    }
}

fn row(signed: &Signed, one: &Credential) -> Markup {
    let kind = match one.purpose {
        Purpose::SecretToken => "Secret token",
        Purpose::OauthClient => "OAuth client",
        Purpose::ApiToken { .. } => "API token",
    };
    html! {
        tr {
            td { code { (one.id) } @if let Some(label) = &one.label { br; (label) } }
            td { (kind) }
            td { (moment(one.issued_at)) }
            td { @if one.revoked { (badge(Tone::Plain, "Revoked")) } @else { (badge(Tone::Good, "Live")) } }
            td {
                @if one.revoked { span.soft { "none" } } @else {
                    (button(
                        &signed.session.csrf,
                        &format!("{}/credentials/{}/revoke", home(signed), one.id),
                        "danger small",
                        "Revoke",
                    ))
                }
            }
        }
    }
}
