//! The events that a comparison names, looked up in the log.

use std::collections::HashMap;

use eventlog::AtPosition;
use events::{Seq, header};
use jiff::Timestamp;
use projector::Comparison;
use schemars::JsonSchema;
use serde::Serialize;

use super::OpsError;
use crate::operations::Operations;

/// An event of the log.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct DiffEvent {
    position: u64,
    /// Its type; null if it was erased.
    r#type: Option<String>,
    at: Option<Timestamp>,
}

/// The positions of the events that are named.
fn named(comparison: &Comparison) -> Vec<Seq> {
    let people = comparison.people.iter().flat_map(|people| &people.first);
    let named = people.flat_map(|person| &person.events);
    let named = named.chain(comparison.things.iter().flat_map(|thing| &thing.events));
    let mut positions: Vec<Seq> = named.copied().collect();
    positions.sort_unstable();
    positions.dedup();
    positions
}

/// The events that are named, looked up in the log.
pub(super) async fn looked_up(
    ops: &Operations,
    comparison: &Comparison,
) -> Result<HashMap<Seq, DiffEvent>, OpsError> {
    let positions = named(comparison);
    let found = ops.log().read_at(&positions).await?;
    let event = |(seq, found): (Seq, AtPosition)| {
        let event = match found {
            AtPosition::Erased(_) => DiffEvent { position: seq.0, r#type: None, at: None },
            AtPosition::Event(entry) => DiffEvent {
                position: seq.0,
                r#type: entry
                    .header(header::TYPE)
                    .map(|kind| kind.trim_start_matches("rollcall.").to_owned()),
                at: entry.time().ok(),
            },
        };
        (seq, event)
    };
    Ok(positions.into_iter().zip(found).map(event).collect())
}

pub(super) fn told(seqs: &[Seq], events: &HashMap<Seq, DiffEvent>) -> Vec<DiffEvent> {
    seqs.iter().filter_map(|seq| events.get(seq)).cloned().collect()
}
