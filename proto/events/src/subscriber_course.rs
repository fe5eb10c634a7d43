//! What operators, and subscribers themselves, do with a subscriber's course through the feed: pause it,
//! begin it elsewhere, repeat a part of it, try whether anybody is there.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{EmployeeId, FactPattern, ReplayId, ResetId, SubscriberId, TestId};

/// A subscriber that is sent nothing until it is resumed; its place in the feed is kept, and it may
/// still come in. The body of `subscriber.paused`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PausedSubscriber {
    pub subscriber_id: SubscriberId,
    /// Why, in words, if anybody said.
    pub reason: Option<String>,
    /// Whether what it was being sent is finished first.
    pub drain: bool,
}

/// A subscriber that goes on where it was paused. The body of `subscriber.resumed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResumedSubscriber {
    pub subscriber_id: SubscriberId,
}

/// A subscriber that begins anew elsewhere in the feed. The body of `subscriber.reset`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResetSubscriber {
    pub subscriber_id: SubscriberId,
    pub reset_id: ResetId,
    /// The place in the tenant's feed behind which it goes on: a `ce-sequence`. 0 is the beginning.
    pub after: u64,
}

/// A subscriber that is sent an event which means nothing, to try whether it is there. The body of
/// `subscriber.tested`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestedSubscriber {
    pub subscriber_id: SubscriberId,
    pub test_id: TestId,
}

/// A part of the feed that a subscriber gets once more, beside what is new. The body of
/// `subscriber.replay-started`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StartedReplay {
    pub subscriber_id: SubscriberId,
    pub replay_id: ReplayId,
    /// The `ce-sequence` behind which it begins.
    pub after: u64,
    /// The `ce-sequence` of the last event of it.
    pub through: u64,
    /// Which facts; all that the subscriber wants, if none is named.
    pub facts: BTreeSet<FactPattern>,
    /// Only what is told of this person, if one is named.
    pub person: Option<EmployeeId>,
    /// How many events a second at most.
    pub rate: u32,
    /// How many events that were when it was planned.
    pub events: u64,
}

/// A replay that is at its end. The body of `subscriber.replay-ended`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EndedReplay {
    pub subscriber_id: SubscriberId,
    pub replay_id: ReplayId,
    pub outcome: ReplayOutcome,
}

/// How a replay ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReplayOutcome {
    /// The subscriber has accepted all of it, but what was given up.
    Done,
    /// Somebody, whom `ce-actor` names, ended it before.
    Cancelled,
}
