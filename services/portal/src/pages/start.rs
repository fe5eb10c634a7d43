//! `/`: on to the tenant, or the choice among several.

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing;
use maud::html;

use crate::assets;
use crate::parts::layout;
use crate::parts::page::Page;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Needs, Route, get};
use crate::session::Session;
use crate::signed::Signed;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/", Needs::Session, routing::get(choose)),
        get("/t", Needs::Session, routing::get(start)),
        get("/t/", Needs::Session, routing::get(start)),
        get("/t/{tenant}/", Needs::Administrator, routing::get(without_slash)),
        get("/t/{tenant}/{*rest}", Needs::Administrator, routing::get(nothing)),
        get("/assets/{name}", Needs::Nothing, routing::get(assets::show)),
    ]
}

/// The tenant's page, whose address has no slash at its end.
async fn without_slash(signed: Signed) -> Redirect {
    Redirect::to(&format!("/t/{}", signed.tenant))
}

/// An address without its tenant leads to the choice of one.
async fn start() -> Redirect {
    Redirect::to("/")
}

async fn choose(State(portal): State<Portal>, Extension(session): Extension<Session>) -> Response {
    let roster = portal.access().writer().roster();
    let living = session.administrators.iter().filter(|(slug, id)| {
        let tenant = roster.tenant(slug);
        tenant.is_some_and(|tenant| tenant.administrators().get(*id).is_some())
    });
    let tenants: Vec<_> = living.map(|(tenant, _)| tenant).collect();
    match tenants[..] {
        [] => {
            let detail =
                "You are an administrator of no tenant any more. An owner can invite you again.";
            Refused::forbidden(detail).into_response()
        }
        [only] => Redirect::to(&format!("/t/{only}")).into_response(),
        _ => {
            let content = html! {
                h1 { "Choose a tenant" }
                ul.card { @for tenant in tenants { li { a href={ "/t/" (tenant) } { (tenant) } } } }
            };
            Page::new(layout::bare("Choose a tenant", content)).into_response()
        }
    }
}

async fn nothing() -> Refused {
    Refused::not_found("page")
}
