//! Signing in, at a provider or by a link that is good once, and signing out.

mod at_provider;
mod begun;
mod by_link;

use axum::Extension;
use axum::extract::State;
use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};
use axum::routing;
use maud::html;

use crate::parts::layout;
use crate::parts::page::Page;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Needs, Route, get, post};
use crate::session::{Session, ended_cookie};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/sign-in", Needs::Nothing, routing::get(show)),
        get("/sign-in/provider", Needs::Nothing, routing::get(at_provider::leave)),
        get("/sign-in/provider/back", Needs::Nothing, routing::get(at_provider::come_back)),
        get("/sign-in/link/{secret}", Needs::Nothing, routing::get(by_link::show)),
        post("/sign-in/link/{secret}", Needs::Nothing, routing::post(by_link::sign_in)),
        post("/sign-out", Needs::Session, routing::post(sign_out)),
    ]
}

async fn show(State(portal): State<Portal>) -> Page {
    let content = html! {
        section.card {
            h1 { "Sign in" }
            @if let Some(oidc) = portal.oidc() {
                p { "With the account by whose address you were invited:" }
                p { a.button.primary href="/sign-in/provider" { "Sign in with " (oidc.name()) } }
                h2 { "Or by a link" }
            }
            p {
                "Open the sign-in link that you were sent. It is good once; who administers your company's "
                "integration can send you another."
            }
            h2 { "The first administrator" }
            p { "Whoever runs Rollcall makes a link at the command line:" }
            pre { code { "rollcall admin invite you@example.com --tenant <tenant> --role owner" } }
        }
    };
    Page::new(layout::bare("Sign in", content))
}

async fn sign_out(
    State(portal): State<Portal>,
    Extension(session): Extension<Session>,
) -> Result<Response, Refused> {
    portal.sessions().end(session.id).await?;
    let forget = [(header::SET_COOKIE, ended_cookie(portal.settings().secure))];
    Ok((AppendHeaders(forget), Redirect::to("/sign-in")).into_response())
}
