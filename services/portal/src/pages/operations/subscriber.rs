//! `…/operations/subscribers/{name}`: one subscriber, with its settings and its course.

use axum::extract::{Path, Query, State};
use axum::routing;
use events::{SubscriberName, TestId};
use maud::{Markup, html};
use serde::Deserialize;

use super::new_subscriber::wants;
use super::place::{READ, Tab, page};
use super::subscriber_facts::{Deliveries, Delivery, Subscriber, because};
use super::subscribers::{MANAGE, door};
use crate::parts::also_by::also_by;
use crate::parts::copy::copyable;
use crate::parts::form::{button, form, text};
use crate::parts::page::Page;
use crate::parts::text::counted;
use crate::parts::time::moment;
use crate::portal::Portal;
use crate::refused::Refused;
use crate::route::{Route, get};
use crate::signed::Signed;

pub(super) fn routes() -> Vec<Route> {
    vec![get("/t/{tenant}/operations/subscribers/{name}", READ, routing::get(show))]
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// A test event that was sent.
    test: Option<TestId>,
}

#[derive(Debug, Deserialize)]
struct Tested {
    outcome: String,
    ended: bool,
    took_ms: Option<u32>,
}

async fn show(
    State(portal): State<Portal>,
    signed: Signed,
    Path((_, name)): Path<(String, SubscriberName)>,
    Query(Asked { test }): Query<Asked>,
) -> Result<Page, Refused> {
    let subscriber = Subscriber::find(&portal, &signed, &name).await?;
    let all = [subscriber];
    let deliveries = Deliveries::of(&portal, &signed, &all).await?;
    let [subscriber] = &all;
    let tested = match test {
        Some(test) => Some(outcome(&portal, &signed, subscriber, test).await?),
        None => None,
    };
    let home = Tab::Subscribers.path(&signed);
    let at = format!("{home}/{name}");
    let delivery = deliveries.of_one(subscriber);
    let content = html! {
        p.crumbs { a href=(home) { "Subscribers" } " / " (name) }
        div.head { h1 { (name) } (subscriber.state(delivery)) }
        @if let Some((test, tested)) = &tested { (test_outcome(&at, *test, tested)) }
        (standing(subscriber, delivery, &deliveries, &at))
        @if signed.may(MANAGE) {
            (course(&signed, subscriber, &at))
            div.columns { (settings(&signed, subscriber, &at)) (secrets(&signed, subscriber, &at)) }
            (removal(&signed, subscriber, &at))
        }
        (also_by(&commands(&signed, &name), &format!("GET {}/{name}", Subscriber::all(&signed))))
    };
    Ok(page(&signed, Tab::Subscribers, name.as_str(), content))
}

fn commands(signed: &Signed, name: &SubscriberName) -> String {
    let of = format!("{name} --tenant {}", signed.tenant);
    format!(
        "rollcall subscriber show {of}\nrollcall subscriber pause {of}\nrollcall subscriber test {of}\n\
         rollcall subscriber rotate {of}\nrollcall subscriber replay {of} --from 2026-01-31T00:00:00Z\n\
         rollcall subscriber dead-letters {of}\nrollcall subscriber resend {of} --all"
    )
}

async fn outcome(
    portal: &Portal,
    signed: &Signed,
    subscriber: &Subscriber,
    test: TestId,
) -> Result<(TestId, Tested), Refused> {
    let path = format!(
        "/ops/v1/tests?tenant={}&subscriber={}&test={test}",
        signed.tenant, subscriber.subscriber_id
    );
    Ok((test, portal.apis().get(signed, &path).await?))
}

fn test_outcome(at: &str, test: TestId, tested: &Tested) -> Markup {
    let Tested { outcome, ended, took_ms } = tested;
    let took = took_ms.map_or_else(String::new, |ms| format!(" after {ms} ms"));
    match (outcome.as_str(), ended) {
        ("accepted", _) => {
            html! { div.notice.done role="status" { p { "The test event was accepted" (took) "." } } }
        }
        (other, true) => {
            html! { div.notice.failed role="alert" { p { "The test event was not accepted" (took) ": " (other) "." } } }
        }
        (_, false) => html! { div.notice.plain role="status" { p {
            "The test event is on its way. " a href={ (at) "?test=" (test) } { "Look again" }
        } } },
    }
}

fn standing(
    subscriber: &Subscriber,
    delivery: Option<&Delivery>,
    deliveries: &Deliveries,
    at: &str,
) -> Markup {
    html! {
        section.card aria-labelledby="standing" {
            h2 #standing { "How it stands" }
            dl.facts {
                dt { "How it is told" } dd { (door(&subscriber.door)) @if let Some(url) = &subscriber.url { ": " span.mono { (url) } } }
                dt { "Wants" } dd { (subscriber.wants()) }
                dt { "Added" } dd { (moment(subscriber.added_at)) }
                @if let Some(disabled) = &subscriber.disabled {
                    dt { "Disabled" } dd { (moment(disabled.since)) @if disabled.by_itself { ", by itself" } ": " (disabled.reason) }
                }
                @if let Some(paused) = &subscriber.paused {
                    dt { "Paused" } dd {
                        (moment(paused.since)) @if paused.drain { ", after what was begun" }
                        @if let Some(reason) = &paused.reason { ": " (reason) }
                    }
                }
                @if let Some(delivery) = delivery {
                    dt { "Place in the feed" } dd { (delivery.place) " of " (deliveries.end) " (" (delivery.behind()) ")" }
                    @if delivery.waiting > 0 { dt { "Wait behind a failure" } dd { (counted(delivery.waiting, "event", "events")) } }
                    dt { "Failed in the last hour" } dd { (delivery.failed) @if let Some(why) = &delivery.last_failure { ", last: " (because(why)) } }
                    dt { "Accepted last" } dd { @match delivery.accepted_at { Some(at) => (moment(at)), None => "nothing yet" } }
                    dt { "Given up" } dd {
                        @if delivery.dead_letters == 0 { "nothing" } @else {
                            a href={ (at) "/dead-letters" } { (counted(delivery.dead_letters, "event", "events")) }
                        }
                    }
                }
                @if let Some(replay) = &subscriber.replay {
                    dt { "Last repeated" } dd {
                        "events " (replay.after + 1) " to " (replay.through) " (" (replay.events) "), begun " (moment(replay.started_at)) ": "
                        (replay.outcome.as_deref().unwrap_or("under way"))
                    }
                }
            }
            @if let Some(nats) = &subscriber.nats {
                (copyable("User on NATS", "user", &nats.user))
                (copyable("Stream", "stream", &nats.stream))
                (copyable("Consumer", "consumer", &nats.consumer))
                (copyable("Prefix of its inboxes", "inbox", &nats.inbox_prefix))
            }
            @if let Some(pull) = &subscriber.pull {
                (copyable("Where it asks for events", "events", &pull.events))
                (copyable("Where it acknowledges them", "acknowledgements", &pull.acknowledgements))
            }
        }
    }
}

/// What can be done about where it is.
fn course(signed: &Signed, subscriber: &Subscriber, at: &str) -> Markup {
    let token = &signed.session.csrf;
    let act =
        |what: &str, class: &str, words: &str| button(token, &format!("{at}/{what}"), class, words);
    let under_way = subscriber.replay.as_ref().filter(|replay| replay.outcome.is_none());
    html! {
        section.card aria-labelledby="course" {
            h2 #course { "Course" }
            div.actions {
                @if subscriber.disabled.is_some() { (act("enable", "primary", "Enable")) }
                @if subscriber.paused.is_some() { (act("resume", "primary", "Resume")) }
                @else if subscriber.disabled.is_none() { (act("pause", "", "Pause")) (act("drain", "", "Finish what was begun, then pause")) }
                @if subscriber.door != "pull" { (act("test", "", "Send a test event")) }
                a.button href={ (at) "/replay" } { "Send a part again" }
                @if let Some(replay) = under_way { (act(&format!("replays/{}/cancel", replay.replay_id), "danger", "End the replay")) }
            }
            @if subscriber.disabled.is_none() {
                details {
                    summary { "Disable it" }
                    p { "Nothing is delivered to it until it is enabled; its place is kept." }
                    (form(token, &format!("{at}/disable"), html! {
                        (text("Why", "reason", "", "", true))
                        div.actions { button.danger { "Disable" } }
                    }))
                }
            }
        }
    }
}

fn settings(signed: &Signed, subscriber: &Subscriber, at: &str) -> Markup {
    html! {
        section.card aria-labelledby="settings" {
            h2 #settings { "Settings" }
            (form(&signed.session.csrf, &format!("{at}/change"), html! {
                @if let Some(url) = &subscriber.url { (text("URL", "url", url, "Begins with https://.", true)) }
                (wants(&subscriber.facts))
                div.actions { button.primary { "Save" } }
            }))
        }
    }
}

fn secrets(signed: &Signed, subscriber: &Subscriber, at: &str) -> Markup {
    let token = &signed.session.csrf;
    if subscriber.door == "pull" {
        return html! {};
    }
    html! {
        section.card aria-labelledby="secrets" {
            h2 #secrets { "Secrets" }
            p { "Two count at a time: rotate, give the new one to the application, then withdraw the old one." }
            ul {
                @for secret in &subscriber.secrets {
                    li {
                        "Issued " (moment(secret.issued_at)) " "
                        (button(token, &format!("{at}/secrets/{}/withdraw", secret.secret_id), "small danger", "Withdraw"))
                    }
                }
            }
            div.actions { (button(token, &format!("{at}/rotate"), "primary", "Rotate: issue another")) }
        }
    }
}

fn removal(signed: &Signed, subscriber: &Subscriber, at: &str) -> Markup {
    html! {
        details.card {
            summary { "Remove the subscriber" }
            p { "It is told nothing more, and its place is forgotten: added again, it begins at the beginning." }
            (form(&signed.session.csrf, &format!("{at}/remove"), html! {
                (text("Type its name", "confirm", "", &format!("Type {}.", subscriber.name), true))
                div.actions { button.danger { "Remove" } }
            }))
        }
    }
}
