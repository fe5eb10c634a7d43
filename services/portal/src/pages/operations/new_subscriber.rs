//! `…/operations/new-subscriber`: adding a subscriber, whose secret is shown once.

use axum::extract::State;
use axum::http::Method;
use axum::response::{IntoResponse as _, Response};
use axum::routing;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use web::Problem;

use super::outcome::told;
use super::place::{Tab, page};
use super::subscriber_facts::Subscriber;
use super::subscribers::MANAGE;
use crate::fields::Fields;
use crate::parts::also_by::also_by;
use crate::parts::copy::copyable;
use crate::parts::form::{field, form, text};
use crate::parts::page::Page;
use crate::portal::Portal;
use crate::redirect::then;
use crate::refused::Refused;
use crate::route::{Needs, Route, get, post};
use crate::session::Notice;
use crate::signed::Signed;

pub(super) fn routes() -> Vec<Route> {
    let manage = Needs::Permission(MANAGE);
    vec![
        get("/t/{tenant}/operations/new-subscriber", manage, routing::get(show)),
        post("/t/{tenant}/operations/subscribers/add", manage, routing::post(add)),
    ]
}

/// A subscriber, with the secret that was issued just now if its door has any.
#[derive(Debug, Deserialize)]
pub(super) struct Issued {
    #[serde(flatten)]
    pub(super) subscriber: Subscriber,
    pub(super) secret: Option<String>,
}

async fn show(State(_): State<Portal>, signed: Signed) -> Page {
    let home = Tab::Subscribers.path(&signed);
    let choice = |value: &str, name: &str, what: &str, chosen: bool| {
        html! {
            label.check {
                input type="radio" name="door" value=(value) checked[chosen] required;
                span { b { (name) } ": " (what) }
            }
        }
    };
    let content = html! {
        p.crumbs { a href=(home) { "Subscribers" } " / Add" }
        h1 { "Add a subscriber" }
        section.card {
            (form(&signed.session.csrf, &format!("{home}/add"), html! {
                (text("Name", "name", "", "a–z, 0–9 and -, beginning with a letter.", true))
                fieldset {
                    legend { "How is it told?" }
                    (choice("webhook", "Webhook", "signed HTTP requests to a URL of its own", true))
                    (choice("pull", "It asks over HTTP", "with an API token that has the scope events:read", false))
                    (choice("nats", "NATS", "it fetches from a consumer of its own", false))
                }
                (text("URL of a webhook", "url", "", "Begins with https://. Of a webhook only.", false))
                (wants(&[]))
                div.actions { button.primary { "Add" } }
            }))
        }
        (also_by(
            &format!("rollcall subscriber add NAME --tenant {} --door webhook --webhook-url URL", signed.tenant),
            &format!("POST {}\n{{\"name\": \"…\", \"door\": \"webhook\", \"url\": \"https://…\"}}", Subscriber::all(&signed)),
        ))
    };
    page(&signed, Tab::Subscribers, "Add a subscriber", content)
}

/// The field for what a subscriber wants.
pub(super) fn wants(facts: &[String]) -> Markup {
    let hint = "Such as employee.joined, employee.* or team.changed, a line or a comma between; everything, if it is empty.";
    field(
        "What it wants",
        hint,
        html! { textarea name="facts" rows="3" maxlength="4096" { (facts.join("\n")) } },
    )
}

/// The facts that were filled in.
pub(super) fn facts(fields: &Fields) -> Vec<String> {
    let words = fields.get("facts").split(|sign: char| sign == ',' || sign.is_whitespace());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

async fn add(
    State(portal): State<Portal>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, Refused> {
    let new = json!({
        "name": fields.get("name").trim(),
        "door": fields.get("door"),
        "url": fields.said("url"),
        "facts": facts(&fields),
    });
    let home = Tab::Subscribers.path(&signed);
    let all = Subscriber::all(&signed);
    let added: Result<Issued, Problem> =
        portal.apis().send(&signed, Method::POST, &all, Some(&new)).await;
    match added {
        Ok(Issued { subscriber, secret: Some(secret) }) => {
            Ok(secret_page(&signed, "The subscriber is added", &subscriber, &secret)
                .into_response())
        }
        Ok(Issued { subscriber, secret: None }) => {
            let text = "It is added. Issue an API token with the scope events:read for it.";
            then(&portal, &signed, Notice::done(text), &format!("{home}/{}", subscriber.name)).await
        }
        refused @ Err(_) => {
            told(
                &portal,
                &signed,
                refused,
                |_| String::new(),
                &format!("/t/{}/operations/new-subscriber", signed.tenant),
            )
            .await
        }
    }
}

/// The page on which a secret stands, this once.
pub(super) fn secret_page(
    signed: &Signed,
    title: &str,
    subscriber: &Subscriber,
    secret: &str,
) -> Page {
    let home = Tab::Subscribers.path(signed);
    let content = html! {
        h1 { (title) }
        section.card {
            div.notice.warn { p { "Copy the secret now. It is shown this once; whoever loses it rotates it." } }
            @if let Some(nats) = &subscriber.nats {
                (copyable("User", "user", &nats.user))
                (copyable("Password", "secret", secret))
                (copyable("Stream", "stream", &nats.stream))
                (copyable("Consumer", "consumer", &nats.consumer))
                (copyable("Prefix of its inboxes", "inbox", &nats.inbox_prefix))
            } @else {
                (copyable("Secret, by which it checks signatures", "secret", secret))
            }
            div.actions { a.button.primary href={ (home) "/" (subscriber.name) } { "I have copied it" } }
        }
    };
    page(signed, Tab::Subscribers, title, content)
}
