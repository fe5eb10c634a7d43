//! Revoking a credential: a page that says what ends, and the act.

use axum::extract::{Path, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing;
use events::CredentialId;
use maud::html;
use roster::Credential;
use serde_json::Value;
use web::path_id;

use super::card::{self, kind};
use super::place::{NEEDS, home, page, settings};
use crate::parts::also_by::also_by;
use crate::parts::form::form;
use crate::parts::page::Page;
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::redirect::then;
use crate::refused::Refused;
use crate::route::{Route, get, post};
use crate::session::Notice;
use crate::signed::Signed;

const PATH: &str = "/t/{tenant}/integrations/credentials/{id}/revoke";

pub(super) fn routes() -> Vec<Route> {
    vec![get(PATH, NEEDS, routing::get(ask)), post(PATH, NEEDS, routing::post(revoke))]
}

type Named = Path<(String, String)>;

async fn ask(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, id)): Named,
) -> Result<Page, Refused> {
    let state = card::State::of(&portal, &signed).await?;
    let one = of_entra(&state, &id)?;
    let tenant = &signed.tenant;
    let others =
        state.credentials.iter().filter(|other| other.id != one.id && other.is_live(state.now));
    let others = others.count();
    let content = html! {
        p.crumbs { a href=(home(&signed)) { "Integrations" } " / Revoke a credential" }
        h1 { "Revoke this credential?" }
        section.card {
            dl.facts {
                dt { "Credential" } dd { code { (one.id) } @if let Some(label) = &one.label { " " (label) } }
                dt { "Kind" } dd { (kind(one)) }
                dt { "Issued" } dd { (moment(one.issued_at)) }
                dt { "Last used" } dd { (state.last_used(one)) }
            }
            @if one.revoked {
                p { "It is revoked already." }
                div.actions { a.button href=(home(&signed)) { "Back" } }
            } @else {
                p { "It opens nothing from the next request on, and that cannot be undone." }
                @if state.was_used(one) {
                    p { "If Entra still has it, Entra is shut out until you give it another." }
                }
                @if others == 0 {
                    div.notice.warn { p { "It is the only one that is live: without it nobody can sign in." } }
                }
                (form(&signed.session.csrf, &format!("{}/credentials/{}/revoke", home(&signed), one.id), html! {
                    div.actions {
                        button.danger { "Revoke" }
                        a.button href=(home(&signed)) { "Keep it" }
                    }
                }))
            }
        }
        (also_by(
            &format!("rollcall integration revoke {} --tenant {tenant}", one.id),
            &format!("DELETE {}", settings(&signed, &format!("credentials/{}", one.id))),
        ))
    };
    Ok(page(&signed, "Revoke a credential", content))
}

async fn revoke(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, id)): Named,
) -> Result<Response, Refused> {
    let state = card::State::of(&portal, &signed).await?;
    let path = settings(&signed, &format!("credentials/{}", of_entra(&state, &id)?.id));
    let _: Value = portal.apis().send(&signed, Method::DELETE, &path, None).await?;
    let notice = Notice::done("The credential is revoked: it opens nothing any more.");
    then(&portal, &signed, notice, &home(&signed)).await
}

/// The credential that is meant. Tokens of applications are no business of whoever sees to the integration.
fn of_entra<'a>(state: &'a card::State, id: &str) -> Result<&'a Credential, Refused> {
    let id: CredentialId = path_id("credential", id)?;
    let found = state.credentials.iter().find(|one| one.id == id);
    found.ok_or_else(|| Refused::not_found("credential of Entra's"))
}
