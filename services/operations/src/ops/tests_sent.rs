//! `/ops/v1/tests`: what came of a test event.

use acts::Role;
use axum::extract::State;
use delivery::webhooks::sent_test;
use events::{SubscriberId, TestId};
use feed::TestEvent;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::feed::tenant;
use super::subscribers_of::is_of;
use super::{Answer, Answered, Caller, Confined, OpsError};
use crate::operations::Operations;
use crate::ops::extract::Query;

/// Which test.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    tenant: String,
    subscriber: SubscriberId,
    test: TestId,
}

/// What came of a test event.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TestAnswer {
    /// `accepted`; `on-the-way`; on NATS `waiting` (nobody has fetched it) or `delivered` (not acknowledged yet);
    /// else why a receiver did not accept it: a status, or a word.
    outcome: String,
    /// Whether nothing more will come of it.
    ended: bool,
    /// How long the receiver took, in milliseconds.
    took_ms: Option<u32>,
    /// When that was.
    at: Option<Timestamp>,
}

impl Answer for TestAnswer {
    const SCHEMA: &'static str = "rollcall.test-event.v1";
}

pub(crate) async fn show(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
    Query(asked): Query<Asked>,
) -> Result<Answered<TestAnswer>, OpsError> {
    caller.may(Role::OpsRead)?;
    is_of(&ops, &caller, &asked.subscriber).await?;
    caller.at(Some(&tenant(&asked.tenant)?))?;
    let client = ops.database().pool().get().await?;
    if let Some(sent) = sent_test(&client, asked.subscriber.0).await?
        && sent.test == asked.test.0
    {
        let (outcome, took_ms, at) = (sent.outcome, Some(sent.took), Some(sent.at));
        return Ok(Answered(TestAnswer { outcome, ended: true, took_ms, at }));
    }
    let (outcome, ended) = on_nats(&ops, &asked).await?;
    Ok(Answered(TestAnswer { outcome: outcome.to_owned(), ended, took_ms: None, at: None }))
}

async fn on_nats(ops: &Operations, asked: &Asked) -> Result<(&'static str, bool), OpsError> {
    let (feed, tenant) = (ops.feed().await?, tenant(&asked.tenant)?);
    let subject = format!("feed.{tenant}.subscriber.{}.test", asked.subscriber);
    let mut after = 0;
    let place = loop {
        let page = feed.page_of(&subject, after, 100).await?;
        if page.entries.is_empty() {
            return Ok(("on-the-way", false));
        }
        let is_it = |body: &[u8]| {
            let event: Option<TestEvent> = serde_json::from_slice(body).ok();
            event.is_some_and(|event| event.test_id == asked.test)
        };
        if let Some(entry) = page.entries.iter().find(|entry| is_it(entry.body())) {
            break entry.seq.0;
        }
        after = page.through;
    };
    let consumers = feed.subscriber_consumers().await?;
    let own = consumers.iter().find(|one| one.subscriber == asked.subscriber);
    Ok(match own {
        None => ("on-the-way", false),
        Some(own) if own.acknowledged >= place || own.is_idle() => ("accepted", true),
        Some(own) if own.delivered >= place => ("delivered", false),
        Some(_) => ("waiting", false),
    })
}
