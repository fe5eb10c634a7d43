//! `/ops/v1/deliveries`: how far subscribers are, whatever their doors.

use acts::Role;
use axum::extract::State;
use delivery::part;
use delivery::readers::{self, ReaderState};
use delivery::webhooks::{self, WebhookState};
use eventlog::{Feed, KeptConsumer, clock};
use events::Tenant;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::feed::tenant;
use super::subscribers_of::theirs;
use super::webhooks::ids;
use super::{Answer, Answered, Caller, Confined, OpsError};
use crate::operations::Operations;
use crate::ops::extract::Query;

/// Which subscribers, or replays of subscribers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    tenant: String,
    /// Their ids, with commas between.
    subscribers: String,
}

/// How far subscribers are. Who has not begun is not among them.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DeliveryList {
    /// The last `ce-sequence` of the tenant's feed.
    end: u64,
    deliveries: Vec<DeliveryItem>,
}

impl Answer for DeliveryList {
    const SCHEMA: &'static str = "rollcall.deliveries.v1";
}

/// How far a subscriber is.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct DeliveryItem {
    subscriber_id: String,
    /// Of a webhook `delivering`, `waiting` (the receiver asked for time), `away`, `drained`, `interrupted` (paused while
    /// events that were begun had not been accepted), `disabled` or `done`;
    /// on NATS `reading` or `idle` (nobody asks for events); over HTTP `reading`.
    state: String,
    /// Up to this `ce-sequence` it has accepted all that it wants, but what waits and what was given up.
    place: u64,
    /// How many events it is behind: on NATS those that it wants, else all of the tenant.
    lag_events: u64,
    /// For how many seconds the oldest of these has waited; 0 if there is none.
    lag_seconds: u64,
    /// How many events were delivered and not acknowledged, on NATS.
    unacknowledged: u64,
    /// How many events wait because one of the same person was not accepted.
    waiting: u64,
    /// How many events were given up.
    dead_letters: u64,
    /// How many tries failed within the last hour; on NATS, how many events were delivered again.
    failed: u64,
    /// Why the last try failed, if nothing was accepted since: a status, or a word.
    last_failure: Option<String>,
    /// Since when nothing has been accepted, though it was tried.
    failing_since: Option<Timestamp>,
    /// When something was accepted last, as far as that is kept.
    accepted_at: Option<Timestamp>,
    /// How many events were accepted, as far as that is kept.
    accepted: Option<u64>,
    /// Where in the log it was added or reset when it came so far.
    begun: Option<u64>,
}

pub(crate) async fn list(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
    Query(asked): Query<Asked>,
) -> Result<Answered<DeliveryList>, OpsError> {
    caller.may(Role::OpsRead)?;
    let (tenant, ids) = (tenant(&asked.tenant)?, ids(&asked.subscribers)?);
    let ids = theirs(&ops, &caller, ids).await?;
    caller.at(Some(&tenant))?;
    let feed = ops.feed().await?;
    let end = part::end(feed, &tenant).await?;
    let deliveries = deliveries(&ops, feed, &tenant, &ids).await?;
    Ok(Answered(DeliveryList { end, deliveries }))
}

async fn deliveries(
    ops: &Operations,
    feed: &Feed,
    tenant: &Tenant,
    ids: &[Uuid],
) -> Result<Vec<DeliveryItem>, OpsError> {
    let client = ops.database().pool().get().await?;
    let mut items = Vec::new();
    for state in webhooks::states(&client, ids).await? {
        items.push(of_webhook(feed, tenant, state).await?);
    }
    for state in readers::states(&client, ids).await? {
        items.push(of_reader(feed, tenant, state).await?);
    }
    let consumers = feed.subscriber_consumers().await?;
    for consumer in consumers.iter().filter(|one| ids.contains(&one.subscriber.0)) {
        items.push(of_consumer(feed, tenant, consumer).await?);
    }
    Ok(items)
}

/// The place of a position in the stream, how many events are behind it, and for how long the first of them
/// has waited.
async fn stand(feed: &Feed, tenant: &Tenant, position: u64) -> Result<(u64, u64, u64), OpsError> {
    let (place, next_at) = part::stand(feed, tenant, position).await?;
    let end = part::end(feed, tenant).await?;
    let waits = next_at.map_or(0, |at| clock::now().duration_since(at).as_secs());
    Ok((place, end.saturating_sub(place), waits.max(0).cast_unsigned()))
}

async fn of_webhook(
    feed: &Feed,
    tenant: &Tenant,
    state: WebhookState,
) -> Result<DeliveryItem, OpsError> {
    let (place, lag_events, lag_seconds) = stand(feed, tenant, state.position).await?;
    let oldest = state.oldest_at.map_or(0, |at| clock::now().duration_since(at).as_secs());
    Ok(DeliveryItem {
        subscriber_id: state.subscriber.to_string(),
        state: state.state,
        place,
        lag_events: lag_events + state.waiting,
        lag_seconds: lag_seconds.max(oldest.max(0).cast_unsigned()),
        waiting: state.waiting,
        dead_letters: state.dead_letters,
        failed: state.failed.into(),
        last_failure: state.last_failure,
        failing_since: state.failing_since,
        accepted_at: state.accepted_at,
        accepted: Some(state.accepted),
        begun: state.begun,
        ..DeliveryItem::default()
    })
}

async fn of_reader(
    feed: &Feed,
    tenant: &Tenant,
    state: ReaderState,
) -> Result<DeliveryItem, OpsError> {
    let (place, lag_events, lag_seconds) = stand(feed, tenant, state.position).await?;
    Ok(DeliveryItem {
        subscriber_id: state.subscriber.to_string(),
        state: "reading".to_owned(),
        place,
        lag_events,
        lag_seconds,
        accepted_at: Some(state.acknowledged_at),
        ..DeliveryItem::default()
    })
}

async fn of_consumer(
    feed: &Feed,
    tenant: &Tenant,
    consumer: &KeptConsumer,
) -> Result<DeliveryItem, OpsError> {
    let (place, _, lag_seconds) = if consumer.is_idle() {
        (part::end(feed, tenant).await?, 0, 0)
    } else {
        stand(feed, tenant, consumer.acknowledged).await?
    };
    let is_read = consumer.awaited || consumer.unacknowledged > 0;
    Ok(DeliveryItem {
        subscriber_id: consumer.subscriber.to_string(),
        state: if is_read { "reading" } else { "idle" }.to_owned(),
        place,
        lag_events: consumer.pending + consumer.unacknowledged,
        lag_seconds,
        unacknowledged: consumer.unacknowledged,
        failed: consumer.redelivered,
        begun: Some(consumer.added.0),
        ..DeliveryItem::default()
    })
}
