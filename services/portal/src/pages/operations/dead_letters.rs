//! `…/operations/subscribers/{name}/dead-letters`: events that a receiver did not accept, and that were given up.

use axum::extract::{Path, Query, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing;
use events::SubscriberName;
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};
use web::Problem;

use super::outcome::told;
use super::place::{READ, Tab, page};
use super::sealed::{opened, sealed};
use super::subscriber_facts::{Subscriber, because};
use super::subscribers::MANAGE;
use crate::fields::Fields;
use crate::parts::also_by::also_by;
use crate::parts::badge::{Tone, badge};
use crate::parts::form::{button, csrf};
use crate::parts::page::Page;
use crate::parts::paging::paging;
use crate::parts::table::{empty, table};
use crate::parts::text::counted;
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::redirect::then;
use crate::refused::Refused;
use crate::route::{Needs, Route, get, post};
use crate::session::Notice;
use crate::signed::Signed;

/// So many a page.
const AT_A_TIME: usize = 100;
const WHAT: &str = "dead letter";

pub(super) fn routes() -> Vec<Route> {
    let manage = Needs::Permission(MANAGE);
    vec![
        get("/t/{tenant}/operations/subscribers/{name}/dead-letters", READ, routing::get(list)),
        post("/t/{tenant}/operations/subscribers/{name}/resend", manage, routing::post(resend)),
    ]
}

type Named = Path<(String, SubscriberName)>;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// The last of the page before, sealed.
    after: Option<String>,
}

#[derive(Debug, Deserialize)]
struct List {
    dead_letters: Vec<Letter>,
    more: bool,
}

#[derive(Debug, Deserialize)]
struct Letter {
    /// Of the feed that all tenants share: no page shows it.
    position: u64,
    about: String,
    tries: u32,
    given_up_at: Timestamp,
    cause: String,
    resend: bool,
}

async fn list(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, name)): Named,
    Query(Asked { after }): Query<Asked>,
) -> Result<Page, Refused> {
    let subscriber = Subscriber::find(&portal, &signed, &name).await?;
    let behind = match &after {
        Some(after) => opened(&portal, &signed, after, WHAT)?,
        None => "0".to_owned(),
    };
    let path = format!("/ops/v1/webhooks/{}/dead-letters?after={behind}", subscriber.subscriber_id);
    let mut found: List = portal.apis().get(&signed, &path).await?;
    let more = found.more || found.dead_letters.len() > AT_A_TIME;
    found.dead_letters.truncate(AT_A_TIME);
    let home = Tab::Subscribers.path(&signed);
    let at = format!("{home}/{name}");
    let here = format!("{at}/dead-letters");
    let last = found.dead_letters.last().filter(|_| more);
    let next = last.map(|last| {
        format!("{here}?after={}", sealed(&portal, &signed, &last.position.to_string()))
    });
    let content = html! {
        p.crumbs { a href=(home) { "Subscribers" } " / " a href=(at) { (name) } " / Given up" }
        div.head {
            div {
                h1 { "Given up" }
                p.lead { "Events that were tried again and again, and that the receiver of " (name) " has not accepted." }
            }
            @if signed.may(MANAGE) && !found.dead_letters.is_empty() {
                (button(&signed.session.csrf, &format!("{at}/resend"), "", "Send all again"))
            }
        }
        @if found.dead_letters.is_empty() {
            (empty("Nothing was given up", "Every event was accepted, or is still tried."))
        } @else { (shown(&portal, &signed, &found.dead_letters, &at)) }
        (paging(after.is_some().then_some(here.as_str()), next.as_deref()))
        (also_by(
            &format!("rollcall subscriber dead-letters {name} --tenant {0}\nrollcall subscriber resend {name} --tenant {0} --all", signed.tenant),
            &format!("POST /ops/v1/webhooks/{}/resend\n{{}}", subscriber.subscriber_id),
        ))
    };
    Ok(page(&signed, Tab::Subscribers, "Given up", content))
}

fn shown(portal: &Portal, signed: &Signed, letters: &[Letter], at: &str) -> Markup {
    let may = signed.may(MANAGE);
    html! {
        form method="post" action={ (at) "/resend" } {
            (csrf(&signed.session.csrf))
            input type="hidden" name="some" value="yes";
            (table("Events that were given up", &["About", "Why", "Tries", "Given up"], html! {
                @for letter in letters {
                    tr {
                        td {
                            @if letter.resend { (about(signed, &letter.about)) " " (badge(Tone::Plain, "about to be sent again")) }
                            @else if may {
                                label.check {
                                    input type="checkbox" name="event" value=(sealed(portal, signed, &letter.position.to_string()));
                                    (about(signed, &letter.about))
                                }
                            } @else { (about(signed, &letter.about)) }
                        }
                        td { (because(&letter.cause)) }
                        td.num { (letter.tries) }
                        td { (moment(letter.given_up_at)) }
                    }
                }
            }))
            @if may { div.actions { button.primary { "Send the ticked ones again" } } }
        }
    }
}

/// What an event is about, as a link where that is a person or a team.
fn about(signed: &Signed, about: &str) -> Markup {
    let tenant = &signed.tenant;
    match about.split_once('.') {
        Some(("employee", id)) => {
            html! { span { "person " a.mono href={ "/t/" (tenant) "/people/" (id) } { (id) } } }
        }
        Some(("team", id)) => {
            html! { span { "team " a.mono href={ "/t/" (tenant) "/teams/" (id) } { (id) } } }
        }
        _ => html! { span.mono { (about) } },
    }
}

/// Sends the ticked ones again; all, if the form is that of the button for all.
async fn resend(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, name)): Named,
    fields: Fields,
) -> Result<Response, Refused> {
    let here = format!("{}/{name}/dead-letters", Tab::Subscribers.path(&signed));
    let mut positions = Vec::new();
    for event in fields.all("event") {
        let position = opened(&portal, &signed, event, WHAT)?;
        positions.push(position.parse::<u64>().map_err(|_| Refused::not_found(WHAT))?);
    }
    let some = !fields.get("some").is_empty();
    if some && positions.is_empty() {
        let notice = Notice::failed("Nothing was sent: tick the events that are to be sent again.");
        return then(&portal, &signed, notice, &here).await;
    }
    let subscriber = Subscriber::find(&portal, &signed, &name).await?;
    let body = if some { json!({ "positions": positions }) } else { json!({}) };
    let path = format!("/ops/v1/webhooks/{}/resend", subscriber.subscriber_id);
    let asked: Result<Value, Problem> =
        portal.apis().send(&signed, Method::POST, &path, Some(&body)).await;
    let done = |answer: &Value| {
        let sent = answer["resent"].as_u64().unwrap_or_default();
        format!(
            "{} sent again, with the ids that they had.",
            counted(sent, "event is", "events are")
        )
    };
    told(&portal, &signed, asked, done, &here).await
}
