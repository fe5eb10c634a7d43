//! Secrets: made, shown once, revoked.

use axum::extract::{Path, State};
use axum::http::Method;
use axum::response::{IntoResponse as _, Response};
use axum::routing;
use events::CredentialId;
use maud::html;
use serde::Deserialize;
use serde_json::{Value, json};
use web::path_id;

use super::card;
use super::place::{Activated, NEEDS, home, page, settings};
use crate::parts::copy::copyable;
use crate::parts::page::Page;
use crate::portal::Portal;
use crate::redirect::then;
use crate::refused::Refused;
use crate::route::{Route, post};
use crate::session::Notice;
use crate::signed::Signed;

pub(super) fn routes() -> Vec<Route> {
    vec![
        post("/t/{tenant}/integrations/rotate", NEEDS, routing::post(rotate)),
        post("/t/{tenant}/integrations/clients", NEEDS, routing::post(generate)),
        post("/t/{tenant}/integrations/credentials/{id}/revoke", NEEDS, routing::post(revoke)),
    ]
}

/// What the operators' API answers when it made an OAuth client.
#[derive(Debug, Deserialize)]
struct Issued {
    scim_base_url: String,
    token_url: String,
    client_id: String,
    client_secret: String,
}

async fn rotate(State(portal): State<Portal>, signed: Signed) -> Result<Response, Refused> {
    let path = settings(&signed, "integration/rotate");
    let done: Activated = portal.apis().send(&signed, Method::POST, &path, None).await?;
    match &done.secret_token {
        Some(secret) => {
            let title = "A further secret token";
            Ok(token_page(&signed, title, &done.scim_base_url, secret).into_response())
        }
        None => {
            then(
                &portal,
                &signed,
                Notice::failed("No token came of it; try again."),
                &home(&signed),
            )
            .await
        }
    }
}

/// The page on which a secret token stands, this once.
pub(super) fn token_page(signed: &Signed, title: &str, scim_base_url: &str, secret: &str) -> Page {
    let content = html! {
        h1 { (title) }
        section.card {
            div.notice.warn { p { "Copy the secret token now. It is shown this once; whoever loses it rotates it." } }
            (copyable("SCIM base URL (Entra: Tenant URL)", "scim-url", scim_base_url))
            (copyable("Secret token", "secret", secret))
            p.soft { "The newest of the earlier tokens, if there was one, stays valid until you revoke it or rotate again." }
            div.actions {
                a.button.primary href={ (home(signed)) "/guide" } { "Set it up in Entra" }
                a.button href=(home(signed)) { "I have copied it" }
            }
        }
    };
    page(signed, title, content)
}

async fn generate(State(portal): State<Portal>, signed: Signed) -> Result<Page, Refused> {
    let path = settings(&signed, "clients");
    let body = json!({});
    let done: Issued = portal.apis().send(&signed, Method::POST, &path, Some(&body)).await?;
    let content = html! {
        h1 { "Client credentials" }
        section.card {
            div.notice.warn { p { "Copy the client secret now. It is shown this once; whoever loses it generates others." } }
            (copyable("Tenant URL", "scim-url", &done.scim_base_url))
            (copyable("Token endpoint", "token-url", &done.token_url))
            (copyable("Client identifier", "client-id", &done.client_id))
            (copyable("Client secret", "secret", &done.client_secret))
            div.actions {
                a.button.primary href={ (home(&signed)) "/guide" } { "Set it up in Entra" }
                a.button href=(home(&signed)) { "I have copied it" }
            }
        }
    };
    Ok(page(&signed, "Client credentials", content))
}

async fn revoke(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Refused> {
    let id: CredentialId = path_id("credential", &id)?;
    // Tokens of applications are no business of whoever sees to the integration.
    let state = card::State::of(&portal, &signed).await?;
    if !state.credentials.iter().any(|one| one.id == id) {
        return Err(Refused::not_found("credential of Entra's"));
    }
    let path = settings(&signed, &format!("credentials/{id}"));
    let _: Value = portal.apis().send(&signed, Method::DELETE, &path, None).await?;
    let notice = Notice::done("The credential is revoked: it opens nothing any more.");
    then(&portal, &signed, notice, &home(&signed)).await
}
