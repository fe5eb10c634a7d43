//! `…/operations/replays/{job}/rollback`: a cut-over is undone.

use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing;
use maud::{Markup, html};
use serde_json::json;

use super::replay::{CUT_OVER, Named, decide};
use crate::fields::Fields;
use crate::parts::form::{form, text};
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Needs, Route, post};
use crate::signed::Signed;

pub(super) fn routes() -> Vec<Route> {
    let cut_over = Needs::Permission(CUT_OVER);
    vec![post("/t/{tenant}/operations/replays/{job}/rollback", cut_over, routing::post(undo))]
}

/// The form that undoes the cut-over of the replay whose page is `at`. What it is refused for can be
/// ticked: the API says which of both it is.
pub(super) fn undoing(signed: &Signed, at: &str) -> Markup {
    let tick = |name: &str, words: &str| {
        html! { label.check { input type="checkbox" name=(name) value="yes"; span { (words) } } }
    };
    form(
        &signed.session.csrf,
        &format!("{at}/rollback"),
        html! {
            (text("Reason", "reason", "", "It is kept for ever; no names of people.", false))
            (tick("even-if-changed", "Also if rows of it were changed by hand: people see these again"))
            (tick("even-if-behind", "Also if it is far behind: people see it catch up"))
            div.actions { button.danger { "Undo: show again what was seen before" } }
        },
    )
}

async fn undo(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, job)): Named,
    fields: Fields,
) -> Result<Response, Refused> {
    let ticked = |name: &str| !fields.get(name).is_empty();
    let body = json!({
        "reason": fields.said("reason"),
        "even_if_changed": ticked("even-if-changed"),
        "even_if_behind": ticked("even-if-behind"),
    });
    let done = "People see again what they saw before.";
    decide(&portal, &signed, &job, ("rollback", body), done).await
}
