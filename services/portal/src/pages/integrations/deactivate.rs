//! Deactivating: a page that says what will happen, and the act.

use axum::extract::State;
use axum::http::Method;
use axum::response::Response;
use axum::routing;
use maud::html;
use serde_json::Value;

use super::place::{NEEDS, home, page, settings};
use crate::parts::also_by::also_by;
use crate::parts::form::form;
use crate::parts::page::Page;
use crate::portal::Portal;
use crate::redirect::then;
use crate::refused::Refused;
use crate::route::{Route, get, post};
use crate::session::Notice;
use crate::signed::Signed;

const PATH: &str = "/t/{tenant}/integrations/deactivate";

pub(super) fn routes() -> Vec<Route> {
    vec![get(PATH, NEEDS, routing::get(explain)), post(PATH, NEEDS, routing::post(deactivate))]
}

async fn explain(signed: Signed) -> Page {
    let tenant = &signed.tenant;
    let content = html! {
        h1 { "Deactivate the integration?" }
        section.card {
            h2 { "What will happen" }
            ul {
                li { "From the next request on, Entra is answered 403. It shows the application as failing and, after some days, puts it into quarantine." }
                li { "Nobody leaves by it: people, teams and bookings stay as they are, and local edits go on working." }
                li { "Who joins or leaves meanwhile is not noticed. After you activate it again, Entra tells all that it missed with its next cycle." }
                li { "Secret tokens and client credentials are kept, and open it again once it is active, for whichever product. Revoke those that you want to end for good: all of them, if you change the product." }
            }
            p { "To stop provisioning for good, first stop it in Entra (Provisioning, Stop provisioning)." }
            (form(&signed.session.csrf, &format!("{}/deactivate", home(&signed)), html! {
                div.actions {
                    button.danger { "Deactivate" }
                    a.button href=(home(&signed)) { "Keep it active" }
                }
            }))
        }
        (also_by(
            &format!("rollcall integration deactivate --tenant {tenant}"),
            &format!("DELETE {}", settings(&signed, "integration")),
        ))
    };
    page(&signed, "Deactivate the integration", content)
}

async fn deactivate(State(portal): State<Portal>, signed: Signed) -> Result<Response, Refused> {
    let path = settings(&signed, "integration");
    let _: Value = portal.apis().send(&signed, Method::DELETE, &path, None).await?;
    let notice = Notice::done("The integration is not active any more: Entra is answered 403.");
    then(&portal, &signed, notice, &home(&signed)).await
}
