//! Where in the feed a subscriber is: paused, begun anew, a part of it repeated; and whether it is there.

use access::CommandError;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use eventlog::ids;
use events::{
    EmployeeId, EndedReplay, PausedSubscriber, ReplayId, ReplayOutcome, ResetId, ResetSubscriber,
    ResumedSubscriber, StartedReplay, TestId, TestedSubscriber,
};
use roster::Intent;
use serde::{Deserialize, Serialize};
use web::json_body::Body;
use web::{Problem, path_id};

use super::answers::SubscriberSummary;
use super::{execute, wanted};
use crate::caller::Operator;
use crate::operator_api::OperatorApi;

/// The fastest that a replay may go, in events a second.
const MAX_RATE: u32 = 10_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pause {
    reason: Option<String>,
    /// Whether what was begun is finished first.
    #[serde(default)]
    drain: bool,
}

pub(crate) async fn pause(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path((slug, named)): Path<(String, String)>,
    Body(Pause { reason, drain }): Body<Pause>,
) -> Result<Json<SubscriberSummary>, CommandError> {
    let intent = move |subscriber_id| {
        let reason = reason.clone();
        Intent::PauseSubscriber(PausedSubscriber { subscriber_id, reason, drain })
    };
    execute(&api, &operator, &slug, &named, intent).await
}

pub(crate) async fn resume(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path((slug, named)): Path<(String, String)>,
) -> Result<Json<SubscriberSummary>, CommandError> {
    let intent = |subscriber_id| Intent::ResumeSubscriber(ResumedSubscriber { subscriber_id });
    execute(&api, &operator, &slug, &named, intent).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reset {
    /// The `ce-sequence` behind which it goes on.
    after: u64,
}

pub(crate) async fn reset(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path((slug, named)): Path<(String, String)>,
    Body(Reset { after }): Body<Reset>,
) -> Result<Json<SubscriberSummary>, CommandError> {
    let reset_id = ResetId(ids::uuid_v7());
    let intent = move |subscriber_id| {
        Intent::ResetSubscriber(ResetSubscriber { subscriber_id, reset_id, after })
    };
    execute(&api, &operator, &slug, &named, intent).await
}

/// A test event that is on its way.
#[derive(Debug, Serialize)]
pub(crate) struct SentTest {
    test_id: TestId,
    #[serde(flatten)]
    subscriber: SubscriberSummary,
}

pub(crate) async fn test(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path((slug, named)): Path<(String, String)>,
) -> Result<(StatusCode, Json<SentTest>), CommandError> {
    let test_id = TestId(ids::uuid_v7());
    let intent =
        move |subscriber_id| Intent::TestSubscriber(TestedSubscriber { subscriber_id, test_id });
    let Json(subscriber) = execute(&api, &operator, &slug, &named, intent).await?;
    Ok((StatusCode::ACCEPTED, Json(SentTest { test_id, subscriber })))
}

/// A replay, as `/ops/v1/feed` has planned it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReplay {
    /// The `ce-sequence` behind which it begins.
    after: u64,
    /// That of its last event.
    through: u64,
    /// All that the subscriber wants, if there are none.
    #[serde(default)]
    facts: Vec<String>,
    person: Option<EmployeeId>,
    /// Events a second at most.
    rate: u32,
    /// How many events there are, by the plan.
    events: u64,
}

pub(crate) async fn start_replay(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path((slug, named)): Path<(String, String)>,
    Body(new): Body<NewReplay>,
) -> Result<(StatusCode, Json<SubscriberSummary>), CommandError> {
    let NewReplay { after, through, facts, person, rate, events } = new;
    if events == 0 || through <= after {
        return Err(Problem::malformed("the part has no event; choose another one").into());
    }
    if !(1..=MAX_RATE).contains(&rate) {
        let why = format!("{rate} events a second is no rate; say 1 to {MAX_RATE}");
        return Err(Problem::malformed(why).into());
    }
    let (facts, replay_id) = (wanted(&facts)?, ReplayId(ids::uuid_v7()));
    let intent = move |subscriber_id| {
        let facts = facts.clone();
        Intent::StartReplay(StartedReplay {
            subscriber_id,
            replay_id,
            after,
            through,
            facts,
            person,
            rate,
            events,
        })
    };
    Ok((StatusCode::CREATED, execute(&api, &operator, &slug, &named, intent).await?))
}

pub(crate) async fn cancel_replay(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path((slug, named, replay)): Path<(String, String, String)>,
) -> Result<Json<SubscriberSummary>, CommandError> {
    let replay_id: ReplayId = path_id("replay", &replay)?;
    let outcome = ReplayOutcome::Cancelled;
    let intent =
        move |subscriber_id| Intent::EndReplay(EndedReplay { subscriber_id, replay_id, outcome });
    execute(&api, &operator, &slug, &named, intent).await
}
