//! Secrets that were made: what all pages about them share, and the page on which a secret token stands.

use axum::http::{Method, StatusCode};
use eventlog::ids;
use events::CredentialId;
use jiff::Timestamp;
use maud::{Markup, html};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use web::{Problem, path_id};

use super::place::{home, page};
use crate::fields::Fields;
use crate::names;
use crate::parts::copy::copyable;
use crate::parts::form::select;
use crate::parts::page::Page;
use crate::parts::time::day;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::session::Notice;
use crate::signed::Signed;

/// For how long a secret may be good, as forms offer it: in days, and nothing for ever.
const EXPIRIES: [(&str, &str); 4] = [
    ("", "Never: until you revoke it"),
    ("90", "After 90 days"),
    ("180", "After 180 days"),
    ("365", "After a year"),
];

/// The choice of an expiry.
pub(super) fn expiry(label: &str) -> Markup {
    html! {
        (select(label, "expires", "", &EXPIRIES))
        p.hint { "You are warned here from 30 days before. Entra does not ask for another by itself." }
    }
}

/// The expiry that was chosen, as the operators' API has it.
pub(super) fn expires_in_days(fields: &Fields) -> Result<Value, Problem> {
    match fields.said("expires") {
        None => Ok(Value::Null),
        Some(days) => days.parse::<u32>().map(|days| json!(days)).map_err(|_| {
            Problem::malformed(
                "The expiry is no number of days: choose one of those that are offered.",
            )
        }),
    }
}

/// The id that the credential of a form will have, which makes the form good for one.
pub(super) fn id_to_be() -> Markup {
    html! { input type="hidden" name="credential" value=(ids::uuid_v7()); }
}

/// The id that a form brings; none, if it was sent before.
pub(super) async fn unused_id(
    portal: &Portal,
    fields: &Fields,
) -> Result<Option<CredentialId>, Refused> {
    let id: CredentialId = path_id("credential", fields.get("credential"))?;
    let is_known = names::roster(portal).await?.credential(&id).is_some();
    Ok((!is_known).then_some(id))
}

/// Asks for what a form says; none, if the same form was sent at the same time and came first.
pub(super) async fn asked_once<T: DeserializeOwned>(
    portal: &Portal,
    signed: &Signed,
    fields: &Fields,
    path: &str,
    body: &Value,
) -> Result<Option<T>, Refused> {
    let asked = portal.apis().send(signed, Method::POST, path, Some(body)).await;
    match asked {
        Ok(done) => Ok(Some(done)),
        Err(why) if why.status == StatusCode::CONFLICT => {
            if unused_id(portal, fields).await?.is_none() { Ok(None) } else { Err(why.into()) }
        }
        Err(why) => Err(why.into()),
    }
}

/// What whoever sends a form again is told.
pub(super) fn sent_again() -> Notice {
    Notice::failed(
        "That form was sent before, and nothing was made anew. Its secret was shown once: if you have not copied \
         it, revoke that credential, and generate another.",
    )
}

/// That a secret is shown once, and until when it is good.
pub(super) fn shown_once(what: &str, expires_at: Option<Timestamp>) -> Markup {
    html! {
        div.notice.warn { p { "Copy the " (what) " now. It is shown this once; whoever loses it generates another." } }
        @if let Some(expires) = expires_at { p { "It expires on " (day(expires)) "." } }
    }
}

/// The page on which a secret token stands, this once; with what is to be known of the one that stays valid
/// beside it, if there is one.
pub(super) fn token_page(
    signed: &Signed,
    title: &str,
    scim_base_url: &str,
    secret: &str,
    (expires_at, earlier): (Option<Timestamp>, Option<Markup>),
) -> Page {
    let content = html! {
        h1 { (title) }
        section.card {
            (shown_once("secret token", expires_at))
            (copyable("SCIM base URL (Entra: Tenant URL)", "scim-url", scim_base_url))
            (copyable("Secret token", "secret", secret))
            @if let Some(earlier) = earlier {
                p.soft { "The token of before stays valid until you revoke it or rotate again: " (earlier) }
            }
            (copied(signed))
        }
    };
    page(signed, title, content)
}

/// Where one goes on from a page with a secret.
pub(super) fn copied(signed: &Signed) -> Markup {
    html! {
        div.actions {
            a.button.primary href={ (home(signed)) "/guide" } { "Set it up in Entra" }
            a.button href=(home(signed)) { "I have copied it" }
        }
    }
}
