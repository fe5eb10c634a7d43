//! `/ops/v1/webhooks`: how subscribers with webhooks stand, and what was given up.

use acts::Role;
use axum::extract::State;
use delivery::webhooks::{self, DeadLetter, WebhookState};
use events::SubscriberId;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use web::json_body::Body;
use web::{Permission, path_id};

use super::subscribers_of::is_of;
use super::{Answer, Answered, Caller, Confined, OpsError};
use crate::operations::Operations;
use crate::ops::extract::{Path, Query};

/// How many subscribers one request asks for.
const MAX_ASKED: usize = 200;
/// How many dead letters one answer has.
const MAX_LISTED: u16 = 1000;

/// Which subscribers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// Their ids, with commas between.
    subscribers: String,
}

impl Asked {
    /// Their ids.
    pub(super) fn ids(&self) -> Result<Vec<Uuid>, OpsError> {
        ids(&self.subscribers)
    }
}

/// Ids with commas between.
pub(super) fn ids(text: &str) -> Result<Vec<Uuid>, OpsError> {
    let ids = text.split(',').filter(|id| !id.is_empty()).take(MAX_ASKED);
    ids.map(|id| subscriber(id).map(|id| id.0)).collect()
}

/// How subscribers stand. Who has not begun is not among them.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WebhookList {
    webhooks: Vec<WebhookItem>,
}

impl Answer for WebhookList {
    const SCHEMA: &'static str = "rollcall.webhooks.v1";
}

/// How a subscriber stands.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WebhookItem {
    subscriber_id: String,
    /// Up to here in the feed all is accepted, or waits, or is a dead letter.
    position: u64,
    /// `delivering`, `waiting` (the receiver asked for time), `away` or `disabled`.
    state: String,
    /// Since when nothing has been accepted, though it was tried.
    failing_since: Option<Timestamp>,
    /// When something was accepted last.
    accepted_at: Option<Timestamp>,
    /// Since when the oldest event has waited that is not accepted.
    oldest_at: Option<Timestamp>,
    /// How many tries failed within the last hour.
    failed: u32,
    /// Why the last one failed: a status, or a word.
    last_failure: Option<String>,
    /// How many events wait because one of the same person was not accepted.
    waiting: u64,
    /// How many events were given up.
    dead_letters: u64,
}

impl From<WebhookState> for WebhookItem {
    fn from(state: WebhookState) -> Self {
        Self {
            subscriber_id: state.subscriber.to_string(),
            position: state.position,
            state: state.state,
            failing_since: state.failing_since,
            accepted_at: state.accepted_at,
            oldest_at: state.oldest_at,
            failed: state.failed,
            last_failure: state.last_failure,
            waiting: state.waiting,
            dead_letters: state.dead_letters,
        }
    }
}

pub(crate) async fn list(
    State(ops): State<Operations>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Answered<WebhookList>, OpsError> {
    caller.may(Role::OpsRead)?;
    let client = ops.database().pool().get().await?;
    let states = webhooks::states(&client, &asked.ids()?).await?;
    Ok(Answered(WebhookList { webhooks: states.into_iter().map(WebhookItem::from).collect() }))
}

/// Behind which position of the feed to begin.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct After {
    #[serde(default)]
    after: u64,
}

/// Events that were given up.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DeadLetterList {
    dead_letters: Vec<DeadLetterItem>,
    /// Whether there are more.
    more: bool,
}

impl Answer for DeadLetterList {
    const SCHEMA: &'static str = "rollcall.dead-letters.v1";
}

/// An event that was given up.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DeadLetterItem {
    /// Its position in the feed.
    position: u64,
    /// What it is about: `employee.` and an id, say.
    about: String,
    /// How often it was tried.
    tries: u32,
    first_failed_at: Timestamp,
    given_up_at: Timestamp,
    /// Why it was not accepted: a status, or a word.
    cause: String,
    /// Whether it is about to be sent again.
    resend: bool,
}

impl From<DeadLetter> for DeadLetterItem {
    fn from(letter: DeadLetter) -> Self {
        let DeadLetter { position, about, tries, first_failed_at, given_up_at, cause, resend } =
            letter;
        Self { position, about, tries, first_failed_at, given_up_at, cause, resend }
    }
}

pub(crate) async fn dead_letters(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
    Path(id): Path<String>,
    Query(After { after }): Query<After>,
) -> Result<Answered<DeadLetterList>, OpsError> {
    caller.may(Role::OpsRead)?;
    let id = subscriber(&id)?;
    is_of(&ops, &caller, &id).await?;
    let client = ops.database().pool().get().await?;
    let mut found = webhooks::dead_letters(&client, id.0, after, MAX_LISTED + 1).await?;
    let more = found.len() > usize::from(MAX_LISTED);
    found.truncate(MAX_LISTED.into());
    let dead_letters = found.into_iter().map(DeadLetterItem::from).collect();
    Ok(Answered(DeadLetterList { dead_letters, more }))
}

/// Which dead letters are to be sent again.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Again {
    /// Their positions; all, if none are said.
    positions: Option<Vec<u64>>,
}

/// How many dead letters are sent again.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Resent {
    resent: u64,
}

impl Answer for Resent {
    const SCHEMA: &'static str = "rollcall.resent.v1";
}

pub(crate) async fn resend(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
    Path(id): Path<String>,
    Body(Again { positions }): Body<Again>,
) -> Result<Answered<Resent>, OpsError> {
    caller.may_either(Role::TenantsManage, Permission::ManageSubscribers)?;
    let id = subscriber(&id)?;
    is_of(&ops, &caller, &id).await?;
    let client = ops.database().pool().get().await?;
    let resent = webhooks::resend(&client, id.0, positions.as_deref()).await?;
    if resent == 0 && positions.is_some() {
        return Err(OpsError::not_found("none of these is a dead letter of the subscriber"));
    }
    Ok(Answered(Resent { resent }))
}

fn subscriber(text: &str) -> Result<SubscriberId, OpsError> {
    Ok(path_id("subscriber", text)?)
}
