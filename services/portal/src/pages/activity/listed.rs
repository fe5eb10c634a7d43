//! Events, as the operators' API lists them.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// What the operators' API lists.
#[derive(Debug, Deserialize)]
pub(crate) struct Happened {
    pub(crate) events: Vec<Event>,
    #[serde(default)]
    pub(super) more: bool,
}

/// An event.
#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    pub(super) position: u64,
    pub(super) event_id: String,
    pub(super) event: String,
    pub(super) at: Timestamp,
    pub(super) entity: String,
    pub(super) id: String,
    pub(super) actor: String,
    pub(super) request: Option<String>,
    pub(super) body: Value,
}
