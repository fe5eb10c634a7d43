//! `/ops/v1/readers`: how far subscribers are that ask over HTTP.

use acts::Role;
use axum::extract::State;
use delivery::readers::{self, ReaderState};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::webhooks::Asked;
use super::{Answer, Answered, Caller, OpsError};
use crate::operations::Operations;
use crate::ops::extract::Query;

/// How far subscribers are. Who has acknowledged nothing is not among them.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReaderList {
    readers: Vec<ReaderItem>,
}

impl Answer for ReaderList {
    const SCHEMA: &'static str = "rollcall.readers.v1";
}

/// How far a subscriber is.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReaderItem {
    subscriber_id: String,
    /// Up to here in the feed it has acknowledged all.
    position: u64,
    /// When it did.
    acknowledged_at: Timestamp,
}

impl From<ReaderState> for ReaderItem {
    fn from(state: ReaderState) -> Self {
        let ReaderState { subscriber, position, acknowledged_at } = state;
        Self { subscriber_id: subscriber.to_string(), position, acknowledged_at }
    }
}

pub(crate) async fn list(
    State(ops): State<Operations>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Answered<ReaderList>, OpsError> {
    caller.may(Role::OpsRead)?;
    let client = ops.database().pool().get().await?;
    let states = readers::states(&client, &asked.ids()?).await?;
    Ok(Answered(ReaderList { readers: states.into_iter().map(ReaderItem::from).collect() }))
}
