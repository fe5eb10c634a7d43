//! What operators are told of subscribers.

use std::collections::BTreeSet;

use eventlog::{Placement, StreamName, replay_consumer, subscriber_user};
use events::{
    Door, EmployeeId, FactPattern, ReplayId, ReplayOutcome, SecretId, Seq, SubscriberId,
    SubscriberName, Tenant,
};
use jiff::Timestamp;
use roster::{Paused, Replay, Subscriber};
use serde::Serialize;

/// A subscriber as operators see it: never its secrets.
#[derive(Debug, Serialize)]
pub(crate) struct SubscriberSummary {
    tenant: Tenant,
    subscriber_id: SubscriberId,
    name: SubscriberName,
    #[serde(flatten)]
    door: Door,
    facts: BTreeSet<FactPattern>,
    after: u64,
    added_at: Timestamp,
    secrets: Vec<SecretSummary>,
    /// None while it gets what it wants.
    disabled: Option<DisabledSummary>,
    /// None while it is sent what it wants.
    paused: Option<PausedSummary>,
    /// Where in the log it was added or reset last.
    begun: Seq,
    /// The last part of the feed that it got, or gets, once more.
    replay: Option<ReplaySummary>,
    /// How it comes in, if it fetches from NATS.
    #[serde(skip_serializing_if = "Option::is_none")]
    nats: Option<NatsLogin>,
    /// Where it asks, if it does over HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pull: Option<PullPaths>,
}

#[derive(Debug, Serialize)]
struct SecretSummary {
    secret_id: SecretId,
    issued_at: Timestamp,
}

#[derive(Debug, Serialize)]
struct DisabledSummary {
    reason: String,
    by_itself: bool,
    since: Timestamp,
}

#[derive(Debug, Serialize)]
struct PausedSummary {
    reason: Option<String>,
    /// Whether what was begun is finished first.
    drain: bool,
    since: Timestamp,
}

#[derive(Debug, Serialize)]
struct ReplaySummary {
    replay_id: ReplayId,
    after: u64,
    through: u64,
    facts: BTreeSet<FactPattern>,
    person: Option<EmployeeId>,
    rate: u32,
    events: u64,
    started_at: Timestamp,
    ended_at: Option<Timestamp>,
    /// `done` or `cancelled`; null while it is under way.
    outcome: Option<ReplayOutcome>,
}

impl ReplaySummary {
    fn of(replay: &Replay) -> Self {
        Self {
            replay_id: replay.id,
            after: replay.after,
            through: replay.through,
            facts: replay.facts.clone(),
            person: replay.person,
            rate: replay.rate,
            events: replay.events,
            started_at: replay.started_at,
            ended_at: replay.ended.as_ref().map(|end| end.at),
            outcome: replay.ended.as_ref().map(|end| end.outcome),
        }
    }
}

/// What a subscriber has to know to fetch from NATS, less its secret, which is the password.
#[derive(Debug, Serialize)]
struct NatsLogin {
    user: String,
    stream: StreamName,
    consumer: String,
    /// Through which it gets a replay, while there is one.
    replay_consumer: String,
    /// How its inboxes have to begin.
    inbox_prefix: String,
    /// The prefix of the JetStream API for subscribers.
    api_prefix: &'static str,
}

/// Where a subscriber asks over HTTP, with an API token that has the scope `events:read`.
#[derive(Debug, Serialize)]
struct PullPaths {
    events: String,
    acknowledgements: String,
}

impl SubscriberSummary {
    pub(super) fn of(placement: &Placement, tenant: &Tenant, subscriber: &Subscriber) -> Self {
        let secrets = subscriber
            .secrets
            .iter()
            .map(|secret| SecretSummary { secret_id: secret.id, issued_at: secret.issued_at });
        let disabled = subscriber.disabled.as_ref().map(|disabled| DisabledSummary {
            reason: disabled.reason.clone(),
            by_itself: disabled.by_itself,
            since: disabled.since,
        });
        Self {
            tenant: tenant.clone(),
            subscriber_id: subscriber.id,
            name: subscriber.name.clone(),
            door: subscriber.door.clone(),
            facts: subscriber.facts.clone(),
            after: subscriber.after,
            added_at: subscriber.added_at,
            secrets: secrets.collect(),
            disabled,
            paused: subscriber
                .paused
                .clone()
                .map(|Paused { reason, drain, since }| PausedSummary { reason, drain, since }),
            begun: subscriber.begun,
            replay: subscriber.replay.as_ref().map(ReplaySummary::of),
            nats: match subscriber.door {
                Door::Nats => Some(NatsLogin::of(placement.feed(), tenant, &subscriber.name)),
                Door::Webhook { .. } | Door::Pull => None,
            },
            pull: match subscriber.door {
                Door::Pull => Some(PullPaths::of(tenant, &subscriber.name)),
                Door::Nats | Door::Webhook { .. } => None,
            },
        }
    }
}

impl NatsLogin {
    fn of(stream: StreamName, tenant: &Tenant, name: &SubscriberName) -> Self {
        let user = subscriber_user(tenant, name);
        Self {
            stream,
            consumer: user.clone(),
            replay_consumer: replay_consumer(&user),
            inbox_prefix: format!("_INBOX_{user}"),
            api_prefix: eventlog::SUBSCRIBER_API_PREFIX,
            user,
        }
    }
}

impl PullPaths {
    fn of(tenant: &Tenant, name: &SubscriberName) -> Self {
        Self {
            events: format!("/api/v1/{tenant}/events?subscriber={name}"),
            acknowledgements: format!("/api/v1/{tenant}/subscribers/{name}/acknowledgements"),
        }
    }
}

/// A subscriber, with the secret that was issued just now if its door has any.
#[derive(Debug, Serialize)]
pub(crate) struct IssuedSecret {
    #[serde(flatten)]
    pub(super) subscriber: SubscriberSummary,
    #[serde(flatten)]
    pub(super) issued: Option<Shown>,
}

/// A secret that was issued just now.
#[derive(Debug, Serialize)]
pub(crate) struct Shown {
    pub(super) secret_id: SecretId,
    /// Shown this once.
    pub(super) secret: String,
}
