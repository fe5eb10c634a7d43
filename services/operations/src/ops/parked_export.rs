//! `/ops/v1/parked/export`: parked events for whoever is to mend the program, without anything that
//! names somebody.

use acts::Role;
use axum::extract::State;
use projector::parked;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::masked::Pseudonyms;
use super::parked::Asked;
use super::{Answer, Answered, Caller, OpsError};
use crate::operations::Operations;
use crate::ops::extract::Query;

/// How many events one export has at most, and how many of what waits behind each.
const MAX_EXPORTED: usize = 100;
const MAX_BEHIND: u32 = 100;

/// Parked events with pseudonyms for all ids, tenants too, and without texts. Pseudonyms are the same
/// within one export, and mean nothing outside of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ParkedExport {
    events: Vec<ExportedEvent>,
}

impl Answer for ParkedExport {
    const SCHEMA: &'static str = "rollcall.parked-export.v1";
}

/// A parked event, without anything that names somebody.
#[derive(Debug, Serialize, JsonSchema)]
struct ExportedEvent {
    projection: String,
    tenant: String,
    /// Its type.
    event: String,
    cause: String,
    message: String,
    tries: u32,
    keys: Vec<String>,
    /// The event's body, with pseudonyms for ids and the lengths of texts; null if it cannot be read.
    body: Option<Value>,
    /// The types of the events that wait behind it, in order.
    behind: Vec<String>,
}

pub(crate) async fn export(
    State(ops): State<Operations>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Answered<ParkedExport>, OpsError> {
    caller.may(Role::OpsRead)?;
    let (mut pseudonyms, mut events) = (Pseudonyms::default(), Vec::new());
    for (id, event) in asked.find(&ops, MAX_EXPORTED).await? {
        let (pool, position) = (ops.database().pool(), id.position);
        let keys = parked::keys_of(pool, &id.slot, position, MAX_BEHIND).await?;
        let behind = parked::behind(pool, &id.slot, position, MAX_BEHIND).await?;
        let entry = ops.log().get(position).await?;
        let body = entry.and_then(|entry| serde_json::from_slice(entry.body()).ok());
        events.push(ExportedEvent {
            projection: id.projection().to_owned(),
            tenant: pseudonyms.of("tenant", event.tenant.as_str()),
            event: event.event,
            cause: event.cause,
            message: event.message,
            tries: event.tries,
            keys: keys.iter().map(|key| pseudonym(&mut pseudonyms, &key.to_string())).collect(),
            body: body.map(|body| pseudonyms.value(body)),
            behind: behind.into_iter().map(|event| event.event).collect(),
        });
    }
    Ok(Answered(ParkedExport { events }))
}

/// `person 0190…` as `person id-3`, as the body has it.
fn pseudonym(pseudonyms: &mut Pseudonyms, key: &str) -> String {
    match key.split_once(' ') {
        Some((kind, id)) => format!("{kind} {}", pseudonyms.of("id", id)),
        None => key.to_owned(),
    }
}
