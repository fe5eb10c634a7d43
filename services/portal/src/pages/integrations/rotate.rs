//! A further secret token: a page that says what ends by it, and the act.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing;
use maud::{Markup, html};
use roster::Credential;
use serde_json::json;

use super::card;
use super::place::{Activated, NEEDS, home, page, settings};
use super::secrets::{
    asked_once, expires_in_days, expiry, id_to_be, sent_again, token_page, unused_id,
};
use crate::fields::Fields;
use crate::parts::also_by::also_by;
use crate::parts::form::form;
use crate::parts::page::Page;
use crate::portal::Portal;
use crate::redirect::then;
use crate::refused::Refused;
use crate::route::{Route, get, post};
use crate::session::Notice;
use crate::signed::Signed;

const PATH: &str = "/t/{tenant}/integrations/rotate";

pub(super) fn routes() -> Vec<Route> {
    vec![get(PATH, NEEDS, routing::get(ask)), post(PATH, NEEDS, routing::post(rotate))]
}

async fn ask(State(portal): State<Portal>, signed: Signed) -> Result<Page, Refused> {
    let state = card::State::of(&portal, &signed).await?;
    let tenant = &signed.tenant;
    let ends = state.ended_by_rotation.as_ref();
    let ends = ends.map_or_else(String::new, |one| format!(" --ends {}", one.id));
    let content = html! {
        p.crumbs { a href=(home(&signed)) { "Integrations" } " / Rotate the secret token" }
        h1 { "Rotate the secret token" }
        section.card {
            p { "You get a further secret token, for Provisioning › Admin Credentials in Entra. It is shown once." }
            (form(&signed.session.csrf, &format!("{}/rotate", home(&signed)), html! {
                (id_to_be())
                (what_ends(&state))
                (expiry("When does it expire?"))
                div.actions {
                    button.primary { "Generate a further token" }
                    a.button href=(home(&signed)) { "Keep what there is" }
                }
            }))
        }
        (also_by(
            &format!("rollcall integration rotate-secret --tenant {tenant}{ends} --expires-in-days 180"),
            &format!("POST {}\n{{\"expires_in_days\": 180}}", settings(&signed, "integration/rotate")),
        ))
    };
    Ok(page(&signed, "Rotate the secret token", content))
}

/// What a rotation would end, as a part of its form. While nobody has used the newest token, Entra most likely
/// has the one that ends: that is ticked by hand.
fn what_ends(state: &card::State) -> Markup {
    let kept = state.newest_token();
    html! {
        @match (&state.ended_by_rotation, kept) {
            (Some(ended), kept) if kept.is_some_and(|kept| !state.was_used(kept)) => {
                div.notice.warn { p {
                    "The newest token was never used: Entra most likely still has the one before it, and would be "
                    "shut out. If you have lost the newest, revoke that one instead, and then rotate."
                } }
                label.check {
                    input type="checkbox" name="ends" value=(ended.id) required;
                    span { b { "End the token of before: " } (named(state, ended)) }
                }
            }
            (Some(ended), _) => {
                input type="hidden" name="ends" value=(ended.id);
                p { "The older of the two tokens ends by it: " (named(state, ended)) }
            }
            (None, Some(kept)) => { p { "Nothing ends by it. The token that you have stays valid beside it: " (named(state, kept)) } }
            (None, None) => { p { "No secret token is live: nothing ends by it." } }
        }
    }
}

/// A credential, and when it was used.
pub(super) fn named(state: &card::State, one: &Credential) -> Markup {
    html! {
        code { (one.id) } @if let Some(label) = &one.label { " (" (label) ")" }
        ", last used: " (state.last_used(one)) "."
    }
}

async fn rotate(
    State(portal): State<Portal>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, Refused> {
    // The state first: a form that was sent twice at once finds its id known in whatever it has changed.
    let state = card::State::of(&portal, &signed).await?;
    let Some(id) = unused_id(&portal, &fields).await? else {
        return then(&portal, &signed, sent_again(), &home(&signed)).await;
    };
    let ends = fields.said("ends");
    let ended = state.ended_by_rotation.as_ref().map(|one| one.id.to_string());
    if ended.is_some() && ends != ended.as_deref() {
        let notice = Notice::failed(
            "Nothing was rotated: it would end a token that you have not agreed to end. See below which.",
        );
        return then(&portal, &signed, notice, &format!("{}/rotate", home(&signed))).await;
    }
    let path = settings(&signed, "integration/rotate");
    let days = expires_in_days(&fields)?;
    let body = json!({ "credential_id": id, "ends": ended, "expires_in_days": days });
    let asked = asked_once(&portal, &signed, &fields, &path, &body).await?;
    let Some(done): Option<Activated> = asked else {
        return then(&portal, &signed, sent_again(), &home(&signed)).await;
    };
    let Some(secret) = &done.secret_token else {
        let notice = Notice::failed("No token came of it; try again.");
        return then(&portal, &signed, notice, &home(&signed)).await;
    };
    let (title, url) = ("A further secret token", &done.scim_base_url);
    let earlier = state.newest_token().map(|one| named(&state, one));
    Ok(token_page(&signed, title, url, secret, (done.expires_at, earlier)).into_response())
}
