//! `/sessions`: where somebody is signed in, and how they end that.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing;
use maud::{Markup, html};
use uuid::Uuid;

use crate::parts::badge::{Tone, badge};
use crate::parts::form::button;
use crate::parts::layout;
use crate::parts::page::Page;
use crate::parts::table::table;
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Needs, Route, get, post};
use crate::session::{ListedSession, Notice, Session};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/sessions", Needs::Session, routing::get(show)),
        post("/sessions/others/end", Needs::Session, routing::post(end_others)),
        post("/sessions/{session}/end", Needs::Session, routing::post(end)),
    ]
}

async fn show(
    State(portal): State<Portal>,
    Extension(session): Extension<Session>,
) -> Result<Page, Refused> {
    let all = portal.sessions().of(&session.administrators).await?;
    if let Some((id, _)) = &session.notice {
        portal.sessions().told(session.id, *id).await?;
    }
    let content = html! {
        @if let Some((_, notice)) = &session.notice { div.notice.done role="status" { p { (notice.text) } } }
        h1 { "Your sessions" }
        p.lead { "A session ends after 8 hours without use, and when you end it; at each tenant it ends 24 hours after you signed in there." }
        (listed(&all, Some(session.id), |one| {
            button(&session.csrf, &format!("/sessions/{}/end", one.id), "danger small", "End")
        }))
        div.actions {
            @if all.len() > 1 {
                (button(&session.csrf, "/sessions/others/end", "danger", "End all others"))
            }
            (button(&session.csrf, "/sign-out", "", "Sign out"))
            a.button href="/" { "Back" }
        }
    };
    Ok(Page::new(layout::bare("Your sessions", content)))
}

/// Sessions as a table; `own` is the one in which it is looked at, and `action` what can be done with
/// another.
pub(crate) fn listed(
    all: &[ListedSession],
    own: Option<Uuid>,
    action: impl Fn(&ListedSession) -> Markup,
) -> Markup {
    table(
        "Sessions",
        &["Browser", "Signed in", "Used last", "Action"],
        html! {
            @for one in all {
                tr {
                    th scope="row" { (one.browser) }
                    td { (moment(one.begun_at)) }
                    td { (moment(one.seen_at)) }
                    td { @if own == Some(one.id) { (badge(Tone::Good, "This one")) } @else { (action(one)) } }
                }
            }
        },
    )
}

async fn end(
    State(portal): State<Portal>,
    Extension(session): Extension<Session>,
    Path(named): Path<String>,
) -> Result<Response, Refused> {
    // That of somebody else is not there, for them.
    let own = portal.sessions().of(&session.administrators).await?;
    let named = own.iter().find(|one| one.id.to_string() == named);
    let named = named.ok_or_else(|| Refused::not_found("session of yours"))?;
    end_there(&portal, &session, named).await?;
    said(&portal, &session, "The session is ended.").await
}

async fn end_others(
    State(portal): State<Portal>,
    Extension(session): Extension<Session>,
) -> Result<Response, Refused> {
    for other in portal.sessions().of(&session.administrators).await? {
        if other.id != session.id {
            end_there(&portal, &session, &other).await?;
        }
    }
    said(&portal, &session, "All your other sessions are ended.").await
}

/// Ends a session: one's own altogether, and another as far as it is open to who is signed in with one's own. Whoever
/// could make themselves a link at one tenant ends nothing at others.
async fn end_there(portal: &Portal, own: &Session, named: &ListedSession) -> Result<(), Refused> {
    if named.id == own.id {
        portal.sessions().end(own.id).await?;
    } else {
        portal.sessions().end_for(named.id, &own.administrators).await?;
    }
    Ok(())
}

async fn said(portal: &Portal, session: &Session, text: &str) -> Result<Response, Refused> {
    let path = portal.sessions().leave(session.id, &Notice::done(text), "/sessions").await?;
    Ok(Redirect::to(&path).into_response())
}
