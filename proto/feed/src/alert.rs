//! Alerts of the mass-change guard.

use events::{AlertCause, AlertId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Too much that changed within too short a time. Whom it holds is told by the people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    pub id: AlertId,
    #[serde(flatten)]
    pub cause: AlertCause,
    /// Whether its people stay Active until somebody has decided.
    pub holds: bool,
    /// What somebody decided; null while nobody has.
    pub outcome: Option<AlertOutcome>,
}

/// What somebody decided on an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AlertOutcome {
    /// What happened is right: held people are Former.
    Released,
    /// What happened is wrong: held people stay Active.
    Reversed,
}

/// An alert after the event. The body of all events about alerts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlertEvent {
    pub alert: Alert,
    /// Why it was decided so, in the words of whoever decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub reason: Option<String>,
}
