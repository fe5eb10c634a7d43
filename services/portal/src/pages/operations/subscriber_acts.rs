//! What is done with a subscriber: its course, its settings, its secrets.

use axum::extract::{Path, State};
use axum::http::Method;
use axum::response::{IntoResponse as _, Response};
use axum::routing;
use events::{ReplayId, SecretId, SubscriberName, TestId};
use serde::Deserialize;
use serde_json::{Value, json};
use web::Problem;

use super::new_subscriber::{Issued, facts, secret_page};
use super::outcome::told;
use super::place::Tab;
use super::subscriber_facts::Subscriber;
use super::subscribers::MANAGE;
use crate::fields::Fields;
use crate::portal::Portal;
use crate::redirect::then;
use crate::refused::Refused;
use crate::route::{Needs, Route, post};
use crate::session::Notice;
use crate::signed::Signed;

pub(super) fn routes() -> Vec<Route> {
    let manage = Needs::Permission(MANAGE);
    vec![
        post("/t/{tenant}/operations/subscribers/{name}/pause", manage, routing::post(pause)),
        post("/t/{tenant}/operations/subscribers/{name}/drain", manage, routing::post(drain)),
        post("/t/{tenant}/operations/subscribers/{name}/resume", manage, routing::post(resume)),
        post("/t/{tenant}/operations/subscribers/{name}/disable", manage, routing::post(disable)),
        post("/t/{tenant}/operations/subscribers/{name}/enable", manage, routing::post(enable)),
        post("/t/{tenant}/operations/subscribers/{name}/test", manage, routing::post(test)),
        post("/t/{tenant}/operations/subscribers/{name}/change", manage, routing::post(change)),
        post("/t/{tenant}/operations/subscribers/{name}/rotate", manage, routing::post(rotate)),
        post(
            "/t/{tenant}/operations/subscribers/{name}/secrets/{secret}/withdraw",
            manage,
            routing::post(withdraw),
        ),
        post(
            "/t/{tenant}/operations/subscribers/{name}/replays/{replay}/cancel",
            manage,
            routing::post(cancel_replay),
        ),
        post("/t/{tenant}/operations/subscribers/{name}/remove", manage, routing::post(remove)),
    ]
}

type Named = Path<(String, SubscriberName)>;

/// The page of a subscriber.
fn home(signed: &Signed, name: &SubscriberName) -> String {
    format!("{}/{name}", Tab::Subscribers.path(signed))
}

/// Asks the operators' API about a subscriber, and says on its page what came of it.
async fn act(
    portal: &Portal,
    signed: &Signed,
    name: &SubscriberName,
    (method, what, body): (Method, &str, Option<Value>),
    done: &str,
) -> Result<Response, Refused> {
    let path = format!("{}/{name}{what}", Subscriber::all(signed));
    let asked: Result<Value, Problem> =
        portal.apis().send(signed, method, &path, body.as_ref()).await;
    told(portal, signed, asked, |_| done.to_owned(), &home(signed, name)).await
}

async fn pause(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, name)): Named,
) -> Result<Response, Refused> {
    let asked = (Method::POST, "/pause", Some(json!({ "drain": false })));
    act(&portal, &signed, &name, asked, "It is paused; its place is kept.").await
}

async fn drain(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, name)): Named,
) -> Result<Response, Refused> {
    let asked = (Method::POST, "/pause", Some(json!({ "drain": true })));
    act(&portal, &signed, &name, asked, "What was begun is finished, and then it is paused.").await
}

async fn resume(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, name)): Named,
) -> Result<Response, Refused> {
    let asked = (Method::POST, "/resume", None);
    act(&portal, &signed, &name, asked, "It goes on where it was paused.").await
}

async fn disable(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, name)): Named,
    fields: Fields,
) -> Result<Response, Refused> {
    let asked = (Method::POST, "/disable", Some(json!({ "reason": fields.get("reason") })));
    act(&portal, &signed, &name, asked, "It is disabled; its place is kept.").await
}

async fn enable(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, name)): Named,
) -> Result<Response, Refused> {
    let asked = (Method::POST, "/enable", None);
    act(&portal, &signed, &name, asked, "It goes on where it stood.").await
}

#[derive(Debug, Deserialize)]
struct Sent {
    test_id: TestId,
}

async fn test(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, name)): Named,
) -> Result<Response, Refused> {
    let (path, at) = (format!("{}/{name}/test", Subscriber::all(&signed)), home(&signed, &name));
    let sent: Result<Sent, Problem> = portal.apis().send(&signed, Method::POST, &path, None).await;
    match sent {
        Ok(Sent { test_id }) => {
            let notice = Notice::done("A test event was sent, which means nothing.");
            then(&portal, &signed, notice, &format!("{at}?test={test_id}")).await
        }
        refused @ Err(_) => told(&portal, &signed, refused, |_| String::new(), &at).await,
    }
}

async fn change(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, name)): Named,
    fields: Fields,
) -> Result<Response, Refused> {
    let body = json!({ "url": fields.said("url"), "facts": facts(&fields) });
    act(&portal, &signed, &name, (Method::PATCH, "", Some(body)), "The settings are saved.").await
}

async fn rotate(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, name)): Named,
) -> Result<Response, Refused> {
    let path = format!("{}/{name}/secrets", Subscriber::all(&signed));
    let issued: Result<Issued, Problem> =
        portal.apis().send(&signed, Method::POST, &path, None).await;
    match issued {
        Ok(Issued { subscriber, secret: Some(secret) }) => {
            Ok(secret_page(&signed, "A further secret", &subscriber, &secret).into_response())
        }
        other => {
            let none = |_: &Issued| "It has no secret.".to_owned();
            told(&portal, &signed, other, none, &home(&signed, &name)).await
        }
    }
}

async fn withdraw(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, name, secret)): Path<(String, SubscriberName, SecretId)>,
) -> Result<Response, Refused> {
    let asked = (Method::DELETE, &*format!("/secrets/{secret}"), None);
    act(
        &portal,
        &signed,
        &name,
        asked,
        "The secret is withdrawn: whoever came in with it is cut off.",
    )
    .await
}

async fn cancel_replay(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, name, replay)): Path<(String, SubscriberName, ReplayId)>,
) -> Result<Response, Refused> {
    let asked = (Method::DELETE, &*format!("/replays/{replay}"), None);
    act(&portal, &signed, &name, asked, "The replay has ended where it was.").await
}

async fn remove(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, name)): Named,
    fields: Fields,
) -> Result<Response, Refused> {
    let at = home(&signed, &name);
    if fields.get("confirm").trim() != name.as_str() {
        let text = format!("Nothing was removed: type {name} to confirm it.");
        return then(&portal, &signed, Notice::failed(text), &at).await;
    }
    let path = format!("{}/{name}", Subscriber::all(&signed));
    let asked: Result<Value, Problem> =
        portal.apis().send(&signed, Method::DELETE, &path, None).await;
    let to = if asked.is_ok() { Tab::Subscribers.path(&signed) } else { at };
    told(&portal, &signed, asked, |_| format!("{name} is removed."), &to).await
}
