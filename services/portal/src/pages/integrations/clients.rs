//! Client credentials: a page that asks for how long, and the act.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing;
use jiff::Timestamp;
use maud::html;
use serde::Deserialize;
use serde_json::json;

use super::place::{NEEDS, home, page, settings};
use super::secrets::{
    asked_once, copied, expires_in_days, expiry, id_to_be, sent_again, shown_once, unused_id,
};
use crate::fields::Fields;
use crate::parts::also_by::also_by;
use crate::parts::copy::copyable;
use crate::parts::form::{form, text};
use crate::parts::page::Page;
use crate::portal::Portal;
use crate::redirect::then;
use crate::refused::Refused;
use crate::route::{Route, get, post};
use crate::signed::Signed;

const PATH: &str = "/t/{tenant}/integrations/clients";

pub(super) fn routes() -> Vec<Route> {
    vec![get(PATH, NEEDS, routing::get(ask)), post(PATH, NEEDS, routing::post(generate))]
}

/// What the operators' API answers when it made an OAuth client.
#[derive(Debug, Deserialize)]
struct Issued {
    scim_base_url: String,
    token_url: String,
    client_id: String,
    client_secret: String,
    expires_at: Option<Timestamp>,
}

async fn ask(signed: Signed) -> Page {
    let content = html! {
        p.crumbs { a href=(home(&signed)) { "Integrations" } " / Generate client credentials" }
        h1 { "Generate client credentials" }
        section.card {
            p { "You get a client identifier and a client secret, for Provisioning › Admin Credentials in Entra. The secret is shown once. Nothing ends by it: two clients live side by side." }
            (form(&signed.session.csrf, &format!("{}/clients", home(&signed)), html! {
                (id_to_be())
                (text("What to call it", "label", "", "For your own list; it may be empty.", false))
                (expiry("When does it expire?"))
                div.actions {
                    button.primary { "Generate" }
                    a.button href=(home(&signed)) { "Back" }
                }
            }))
        }
        (also_by(
            &format!("rollcall integration issue-client --tenant {} --expires-in-days 180", signed.tenant),
            &format!("POST {}\n{{\"expires_in_days\": 180}}", settings(&signed, "clients")),
        ))
    };
    page(&signed, "Generate client credentials", content)
}

async fn generate(
    State(portal): State<Portal>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, Refused> {
    let Some(id) = unused_id(&portal, &fields).await? else {
        return then(&portal, &signed, sent_again(), &home(&signed)).await;
    };
    let path = settings(&signed, "clients");
    let (label, days) = (fields.said("label"), expires_in_days(&fields)?);
    let body = json!({ "credential_id": id, "label": label, "expires_in_days": days });
    let asked = asked_once(&portal, &signed, &fields, &path, &body).await?;
    let Some(done): Option<Issued> = asked else {
        return then(&portal, &signed, sent_again(), &home(&signed)).await;
    };
    let content = html! {
        h1 { "Client credentials" }
        section.card {
            (shown_once("client secret", done.expires_at))
            (copyable("Tenant URL", "scim-url", &done.scim_base_url))
            (copyable("Token endpoint", "token-url", &done.token_url))
            (copyable("Client identifier", "client-id", &done.client_id))
            (copyable("Client secret", "secret", &done.client_secret))
            (copied(&signed))
        }
    };
    Ok(page(&signed, "Client credentials", content).into_response())
}
