//! `…/operations/subscribers/{name}/replay`: sending a part of the feed once more, planned first.

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
use super::place::{Tab, page};
use super::subscriber_facts::Subscriber;
use super::subscribers::MANAGE;
use crate::fields::Fields;
use crate::parts::also_by::also_by;
use crate::parts::form::{form, text};
use crate::parts::page::Page;
use crate::parts::text::{counted, sentence};
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Needs, Route, get, post};
use crate::signed::Signed;

/// Events a second, unless somebody wants it otherwise.
const RATE: u32 = 50;

pub(super) fn routes() -> Vec<Route> {
    let manage = Needs::Permission(MANAGE);
    vec![
        get("/t/{tenant}/operations/subscribers/{name}/replay", manage, routing::get(show)),
        post(
            "/t/{tenant}/operations/subscribers/{name}/replay/start",
            manage,
            routing::post(start),
        ),
    ]
}

type Named = Path<(String, SubscriberName)>;

/// From where to where, as somebody names it: `beginning`, `end`, a number or a time.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    from: String,
    to: String,
    person: String,
}

#[derive(Debug, Deserialize)]
struct Part {
    after: u64,
    through: u64,
    events: u64,
    first_at: Option<Timestamp>,
    last_at: Option<Timestamp>,
}

async fn show(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, name)): Named,
    Query(asked): Query<Asked>,
) -> Result<Page, Refused> {
    let subscriber = Subscriber::find(&portal, &signed, &name).await?;
    let planned = match asked.from.trim() {
        "" => None,
        _ => Some(plan(&portal, &signed, &subscriber, &asked).await),
    };
    let home = Tab::Subscribers.path(&signed);
    let at = format!("{home}/{name}");
    let content = html! {
        p.crumbs { a href=(home) { "Subscribers" } " / " a href=(at) { (name) } " / Send a part again" }
        h1 { "Send a part again" }
        p.lead { "Events of the past are sent once more, beside what is new and with the ids that they had, so that it can tell which it knows." }
        section.card {
            form.form method="get" action={ (at) "/replay" } {
                (text("From", "from", &asked.from, "beginning, the number of an event, or a time such as 2026-01-31T00:00:00Z.", true))
                (text("To", "to", &asked.to, "The same; to the end, if it is empty.", false))
                (text("One person only", "person", &asked.person, "Their employee id; everybody, if it is empty.", false))
                div.actions { button.primary { "See what that is" } }
            }
        }
        @match &planned {
            Some(Ok(part)) => (told_part(&signed, part, &asked, &at)),
            Some(Err(problem)) => div.notice.failed role="alert" { p { (sentence(&problem.detail)) } },
            None => {}
        }
        (also_by(
            &format!("rollcall subscriber replay {name} --tenant {} --from 2026-01-31T00:00:00Z", signed.tenant),
            &format!("GET /ops/v1/feed?tenant={}&from=beginning", signed.tenant),
        ))
    };
    Ok(page(&signed, Tab::Subscribers, "Send a part again", content))
}

async fn plan(
    portal: &Portal,
    signed: &Signed,
    subscriber: &Subscriber,
    asked: &Asked,
) -> Result<Part, Problem> {
    let path = format!("/ops/v1/feed?{}", query(signed, subscriber, asked));
    portal.apis().get(signed, &path).await
}

fn query(signed: &Signed, subscriber: &Subscriber, asked: &Asked) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("tenant", signed.tenant.as_str());
    query.append_pair("from", asked.from.trim());
    for (name, value) in [("to", asked.to.trim()), ("person", asked.person.trim())] {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    if !subscriber.facts.is_empty() {
        query.append_pair("wants", &subscriber.facts.join(","));
    }
    query.finish()
}

fn told_part(signed: &Signed, part: &Part, asked: &Asked, at: &str) -> Markup {
    if part.events == 0 {
        return html! { div.notice.plain { p { "That part has no event that it wants. Choose another one." } } };
    }
    html! {
        section.card aria-labelledby="part" {
            h2 #part { (counted(part.events, "event", "events")) }
            p {
                "Numbers " (part.after + 1) " to " (part.through)
                @if let (Some(first), Some(last)) = (part.first_at, part.last_at) { ", which happened from " (moment(first)) " to " (moment(last)) }
                "."
            }
            (form(&signed.session.csrf, &format!("{at}/replay/start"), html! {
                input type="hidden" name="after" value=(part.after);
                input type="hidden" name="through" value=(part.through);
                input type="hidden" name="events" value=(part.events);
                input type="hidden" name="person" value=(asked.person.trim());
                (text("Events a second, at most", "rate", &RATE.to_string(), "1 to 10000.", true))
                div.actions { button.primary { "Send them again" } }
            }))
        }
    }
}

async fn start(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, name)): Named,
    fields: Fields,
) -> Result<Response, Refused> {
    let number = |field: &str| fields.get(field).trim().parse::<u64>().unwrap_or_default();
    let body = json!({
        "after": number("after"),
        "through": number("through"),
        "events": number("events"),
        "rate": number("rate"),
        "person": fields.said("person"),
    });
    let path = format!("{}/{name}/replays", Subscriber::all(&signed));
    let asked: Result<Value, Problem> =
        portal.apis().send(&signed, Method::POST, &path, Some(&body)).await;
    let done = |_: &Value| "They are sent again, beside what is new.".to_owned();
    let at = format!("{}/{name}", Tab::Subscribers.path(&signed));
    told(&portal, &signed, asked, done, &at).await
}
