//! What the operators' API tells of subscribers, and how it is told here.

use events::{SecretId, SubscriberId, SubscriberName};
use jiff::Timestamp;
use maud::Markup;
use serde::Deserialize;
use web::Problem;

use super::place::lasting;
use crate::parts::badge::{Tone, badge};
use crate::parts::text::counted;
use crate::portal::Portal;
use crate::signed::Signed;

/// A subscriber.
#[derive(Debug, Deserialize)]
pub(super) struct Subscriber {
    pub(super) subscriber_id: SubscriberId,
    pub(super) name: SubscriberName,
    pub(super) door: String,
    pub(super) url: Option<String>,
    pub(super) facts: Vec<String>,
    pub(super) added_at: Timestamp,
    pub(super) secrets: Vec<Secret>,
    pub(super) disabled: Option<Disabled>,
    pub(super) paused: Option<Paused>,
    pub(super) replay: Option<Replay>,
    pub(super) nats: Option<Nats>,
    pub(super) pull: Option<Pull>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Secret {
    pub(super) secret_id: SecretId,
    pub(super) issued_at: Timestamp,
}

#[derive(Debug, Deserialize)]
pub(super) struct Disabled {
    pub(super) reason: String,
    pub(super) by_itself: bool,
    pub(super) since: Timestamp,
}

#[derive(Debug, Deserialize)]
pub(super) struct Paused {
    pub(super) reason: Option<String>,
    pub(super) drain: bool,
    pub(super) since: Timestamp,
}

#[derive(Debug, Deserialize)]
pub(super) struct Replay {
    pub(super) replay_id: String,
    pub(super) after: u64,
    pub(super) through: u64,
    pub(super) events: u64,
    pub(super) started_at: Timestamp,
    pub(super) outcome: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Nats {
    pub(super) user: String,
    pub(super) stream: String,
    pub(super) consumer: String,
    pub(super) inbox_prefix: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Pull {
    pub(super) events: String,
    pub(super) acknowledgements: String,
}

/// How far subscribers are.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Deliveries {
    /// The last `ce-sequence` of the tenant's feed.
    pub(super) end: u64,
    deliveries: Vec<Delivery>,
}

/// How far one is.
#[derive(Debug, Deserialize)]
pub(super) struct Delivery {
    subscriber_id: String,
    pub(super) state: String,
    pub(super) place: u64,
    pub(super) lag_events: u64,
    pub(super) lag_seconds: u64,
    pub(super) waiting: u64,
    pub(super) dead_letters: u64,
    pub(super) failed: u64,
    pub(super) last_failure: Option<String>,
    pub(super) accepted_at: Option<Timestamp>,
}

impl Subscriber {
    /// Where the operators' API has the tenant's subscribers.
    pub(super) fn all(signed: &Signed) -> String {
        format!("/operator/v1/tenants/{}/subscribers", signed.tenant)
    }

    pub(super) async fn list(portal: &Portal, signed: &Signed) -> Result<Vec<Self>, Problem> {
        portal.apis().get(signed, &Self::all(signed)).await
    }

    pub(super) async fn find(
        portal: &Portal,
        signed: &Signed,
        name: &SubscriberName,
    ) -> Result<Self, Problem> {
        portal.apis().get(signed, &format!("{}/{name}", Self::all(signed))).await
    }

    /// What it wants, in words.
    pub(super) fn wants(&self) -> String {
        if self.facts.is_empty() { "everything".to_owned() } else { self.facts.join(", ") }
    }

    /// How it stands, in a word.
    pub(super) fn state(&self, delivery: Option<&Delivery>) -> Markup {
        if self.disabled.is_some() {
            return badge(Tone::Bad, "Disabled");
        }
        if self.paused.is_some() {
            return badge(Tone::Warn, "Paused");
        }
        match delivery.map(|delivery| delivery.state.as_str()) {
            Some("delivering" | "reading") => badge(Tone::Good, "Delivering"),
            Some("idle") => badge(Tone::Warn, "Nobody asks for events"),
            Some("waiting") => badge(Tone::Warn, "Its receiver asked for time"),
            Some("away") => badge(Tone::Bad, "Its receiver is away"),
            Some("disabled") => badge(Tone::Bad, "Disabled"),
            Some(other) => badge(Tone::Plain, other),
            None => badge(Tone::Plain, "Has not begun"),
        }
    }
}

impl Deliveries {
    /// How far these are. Where no feed is made yet nobody is anywhere.
    pub(super) async fn of(
        portal: &Portal,
        signed: &Signed,
        subscribers: &[Subscriber],
    ) -> Result<Self, Problem> {
        if subscribers.is_empty() {
            return Ok(Self::default());
        }
        let ids: Vec<_> = subscribers.iter().map(|one| one.subscriber_id.to_string()).collect();
        let path =
            format!("/ops/v1/deliveries?tenant={}&subscribers={}", signed.tenant, ids.join(","));
        match portal.apis().get(signed, &path).await {
            Err(problem) if problem.status == 404 => Ok(Self::default()),
            found => found,
        }
    }

    pub(super) fn of_one(&self, subscriber: &Subscriber) -> Option<&Delivery> {
        let id = subscriber.subscriber_id.to_string();
        self.deliveries.iter().find(|delivery| delivery.subscriber_id == id)
    }
}

/// Why something was not accepted, in words: senders keep a status, or a short code.
pub(super) fn because(code: &str) -> String {
    match code {
        "no-address" => "the name of the receiver has no address".to_owned(),
        "forbidden-address" => {
            "the name of the receiver leads to a private address, and nothing is sent there"
                .to_owned()
        }
        "connect" => "the receiver could not be connected to".to_owned(),
        "throttled" => "the receiver asked for time".to_owned(),
        "timeout" => "the receiver did not answer in time".to_owned(),
        "broken" => "the connection to the receiver broke".to_owned(),
        status if status.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("the receiver answered {status}")
        }
        other => other.to_owned(),
    }
}

impl Delivery {
    /// How far behind it is, in words.
    pub(super) fn behind(&self) -> String {
        if self.lag_events == 0 {
            return "level".to_owned();
        }
        #[expect(clippy::cast_precision_loss, reason = "a number of seconds to be read")]
        let seconds = self.lag_seconds as f64;
        format!("{}, {}", counted(self.lag_events, "event", "events"), lasting(seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_something_was_not_accepted_is_told_in_words_and_what_is_not_known_as_it_is() {
        assert!(because("forbidden-address").contains("leads to a private address"));
        assert_eq!(because("503"), "the receiver answered 503");
        assert_eq!(because("of-a-later-release"), "of-a-later-release");
    }
}
