//! What the pages of people share: somebody as the JSON API tells of them, and where their page is.

use events::{EmployeeId, Standing};
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;

use crate::parts::badge::{Tone, badge};
use crate::parts::section::Section;
use crate::refused::Refused;
use crate::signed::Signed;

/// Somebody, as the JSON API lists them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Employee {
    pub(super) id: EmployeeId,
    pub(super) user_name: String,
    pub(super) external_id: Option<String>,
    pub(super) display_name: String,
    pub(super) standing: Standing,
    pub(super) can_sign_in: bool,
    pub(super) joined_at: Timestamp,
    pub(super) left_at: Option<Timestamp>,
    pub(super) held: Option<Held>,
    pub(super) stale: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Held {
    pub(super) since: Timestamp,
}

/// The person whom a path names.
pub(super) fn employee(text: &str) -> Result<EmployeeId, Refused> {
    let id = text.parse::<Uuid>().map_err(|_| Refused::not_found("person"))?;
    Ok(EmployeeId(id))
}

/// Where a person's page is.
pub(crate) fn path(signed: &Signed, employee: EmployeeId) -> String {
    format!("{}/{employee}", Section::People.path(&signed.tenant))
}

/// Whether they are here, in a word.
pub(super) fn standing(standing: Standing, is_held: bool) -> Markup {
    match (standing, is_held) {
        (_, true) => badge(Tone::Warn, "Held"),
        (Standing::Active, false) => badge(Tone::Good, "Active"),
        (Standing::Former, false) => badge(Tone::Plain, "Former"),
    }
}

/// What is said of somebody of whom more is known than can be shown.
pub(super) fn stale() -> Markup {
    html! {
        div.notice.warn { p {
            "A change is known that cannot be shown at present. An operator has been told; the rest of the page is \
             right."
        } }
    }
}

/// The part of their page where their teams are edited.
pub(super) fn back(signed: &Signed, id: EmployeeId) -> String {
    format!("{}#teams", path(signed, id))
}
