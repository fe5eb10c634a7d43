//! How far a replay is that a subscriber asks about.

use std::collections::BTreeSet;

use access::CommandError;
use deadpool_postgres::PoolError;
use eventlog::{replay_consumer, subscriber_user};
use events::{Door, FactPattern, ReplayOutcome, Tenant};
use jiff::Timestamp;
use roster::{Replay, Subscriber};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::Problem;

use super::door::PullDoor;
use super::page::PageError;
use crate::readers::ReadersError;
use crate::webhooks;

/// A part of the feed that a subscriber gets once more.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReplayState {
    /// Which: the extension `replayid` of its events.
    replay_id: Uuid,
    state: ReplayStateName,
    /// The `ce-sequence` behind which it begins.
    after: u64,
    /// That of its last event.
    through: u64,
    /// Which facts; all that the subscriber wants, if there are none.
    #[schema(value_type = Vec<String>)]
    facts: BTreeSet<FactPattern>,
    /// The only person whom it is about; null if it is about all.
    person: Option<Uuid>,
    /// Events a second at most.
    rate: u32,
    /// How many events it has.
    events: u64,
    /// How many of them were accepted or acknowledged; null where that is not known (any more).
    accepted: Option<u64>,
    /// How many of them were given up; `rollcall webhook dead-letters` shows them.
    given_up: u64,
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    /// Null while it is under way.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
}

/// How a replay stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ReplayStateName {
    /// It is being sent.
    Running,
    /// The subscriber is paused, and the replay with it.
    Paused,
    /// All of it was accepted, but what was given up.
    Done,
    /// Somebody ended it before.
    Cancelled,
}

impl ReplayStateName {
    fn of(subscriber: &Subscriber, replay: &Replay) -> Self {
        match replay.ended.as_ref().map(|end| end.outcome) {
            Some(ReplayOutcome::Done) => Self::Done,
            Some(ReplayOutcome::Cancelled) => Self::Cancelled,
            None if subscriber.paused.is_some() => Self::Paused,
            None => Self::Running,
        }
    }
}

/// How much of a replay the subscriber has.
#[derive(Clone, Copy, Debug, Default)]
struct Had {
    accepted: Option<u64>,
    given_up: u64,
}

/// How a replay of a subscriber stands.
pub(super) async fn of(
    door: &PullDoor,
    tenant: &Tenant,
    subscriber: &Subscriber,
    replay: &Replay,
) -> Result<ReplayState, CommandError> {
    let Had { accepted, given_up } = match subscriber.door {
        Door::Webhook { .. } => by_webhooks(door, replay).await?,
        Door::Nats => on_nats(door, tenant, subscriber, replay).await?,
        Door::Pull => Had::default(),
    };
    Ok(ReplayState {
        replay_id: replay.id.0,
        state: ReplayStateName::of(subscriber, replay),
        after: replay.after,
        through: replay.through,
        facts: replay.facts.clone(),
        person: replay.person.map(|person| person.0),
        rate: replay.rate,
        events: replay.events,
        accepted,
        given_up,
        started_at: replay.started_at,
        ended_at: replay.ended.as_ref().map(|end| end.at),
    })
}

async fn by_webhooks(door: &PullDoor, replay: &Replay) -> Result<Had, CommandError> {
    let unread = |why: ReadersError| CommandError::from(Problem::from(why));
    let database = door.readers.database().map_err(unread)?;
    let client = database.pool().get().await.map_err(|why: PoolError| unread(why.into()))?;
    let states = webhooks::states(&client, &[replay.id.0]).await;
    let found = states.map_err(|why| unread(why.into()))?.pop();
    Ok(found.map_or_else(Had::default, |state| Had {
        // What was accepted and not noted, as its sender was killed, is sent and counted once more.
        accepted: Some(state.accepted.min(replay.events.saturating_sub(state.dead_letters))),
        given_up: state.dead_letters,
    }))
}

async fn on_nats(
    door: &PullDoor,
    tenant: &Tenant,
    subscriber: &Subscriber,
    replay: &Replay,
) -> Result<Had, CommandError> {
    let consumer = replay_consumer(&subscriber_user(tenant, &subscriber.name));
    let found = door.feed.subscriber_consumer(&consumer).await.map_err(PageError::from)?;
    let own = found.filter(|found| found.subscriber.0 == replay.id.0);
    let accepted = own.map(|own| replay.events.saturating_sub(own.pending + own.unacknowledged));
    Ok(Had { accepted, given_up: 0 })
}
