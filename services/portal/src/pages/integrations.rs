//! `/t/{tenant}/integrations`: how Entra comes in.

mod card;
mod clients;
mod connection;
mod credentials;
mod deactivate;
mod guide;
mod mappings;
mod place;
mod revoke;
mod rotate;
mod secrets;

use axum::extract::State;
use axum::http::Method;
use axum::response::{IntoResponse as _, Response};
use axum::routing;
use maud::html;
use serde_json::json;

use place::{Activated, NEEDS, home, page, settings};

use crate::fields::Fields;
use crate::parts::also_by::also_by;
use crate::parts::page::Page;
use crate::portal::Portal;
use crate::redirect::then;
use crate::refused::Refused;
use crate::route::{Route, get, post};
use crate::session::Notice;
use crate::signed::Signed;

pub(crate) fn routes() -> Vec<Route> {
    let at = "/t/{tenant}/integrations";
    let mut all = vec![
        get(at, NEEDS, routing::get(show)),
        post("/t/{tenant}/integrations/activate", NEEDS, routing::post(activate)),
    ];
    all.extend(guide::routes());
    all.extend(connection::routes());
    all.extend(rotate::routes());
    all.extend(clients::routes());
    all.extend(revoke::routes());
    all.extend(deactivate::routes());
    all
}

async fn show(State(portal): State<Portal>, signed: Signed) -> Result<Page, Refused> {
    let state = card::State::of(&portal, &signed).await?;
    let tenant = &signed.tenant;
    let content = html! {
        div.head { div {
            h1 { "Integrations" }
            p.lead { "Microsoft Entra ID tells this service who works here, by SCIM. Nothing here changes anything in Entra." }
        } }
        (card::integration(&signed, &state))
        @if state.profile.is_some() { (credentials::listed(&signed, &state)) }
        (also_by(
            &format!(
                "rollcall integration activate --tenant {tenant} --profile workplace\n\
                 rollcall integration rotate-secret --tenant {tenant}\n\
                 rollcall integration issue-client --tenant {tenant}"
            ),
            &format!("PUT {}\n{{\"profile\": \"workplace\"}}", settings(&signed, "integration")),
        ))
    };
    Ok(page(&signed, "Integrations", content))
}

/// Activates. A secret token that comes of it is shown in the very answer, and never again.
async fn activate(
    State(portal): State<Portal>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, Refused> {
    let profile = fields.get("profile");
    let days = secrets::expires_in_days(&fields)?;
    let body = json!({ "profile": profile, "expires_in_days": days });
    let path = settings(&signed, "integration");
    let done: Activated = portal.apis().send(&signed, Method::PUT, &path, Some(&body)).await?;
    match done.secret_token {
        Some(secret) => {
            let shown = secrets::token_page(
                &signed,
                "The integration is active",
                &done.scim_base_url,
                &secret,
                (done.expires_at, None),
            );
            Ok(shown.into_response())
        }
        None => {
            let text = if profile == "benefits" {
                "The integration is active. Entra signs in with client credentials: see below which are live."
            } else {
                "The integration is active again, with the secret tokens that it had: see below which are live."
            };
            then(&portal, &signed, Notice::done(text), &home(&signed)).await
        }
    }
}
