//! What the JSON API tells of an alert of the mass-change guard, and how it is told here.

use events::AlertId;
use jiff::Timestamp;
use serde::Deserialize;

use crate::parts::badge::{Tone, badge};
use crate::parts::text::counted;

/// An alert.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Alert {
    pub(super) id: AlertId,
    pub(super) raised_at: Timestamp,
    #[serde(flatten)]
    pub(super) cause: Cause,
    /// How many people belong to it by now.
    pub(super) people: u64,
    /// Whether they stay Active until somebody decides.
    pub(super) held: bool,
    pub(super) decision: Option<Decision>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "cause", rename_all = "kebab-case")]
pub(super) enum Cause {
    #[serde(rename_all = "camelCase")]
    Deactivations { deactivations: u64, active_before: u64 },
    #[serde(rename_all = "camelCase")]
    GroupEmptied { team_id: String, deleted: bool },
}

#[derive(Debug, Deserialize)]
pub(super) struct Decision {
    pub(super) decision: String,
    pub(super) at: Timestamp,
    pub(super) reason: Option<String>,
}

impl Alert {
    /// What was too much.
    pub(super) fn in_words(&self) -> String {
        match &self.cause {
            Cause::Deactivations { deactivations, active_before } => format!(
                "{deactivations} of {} left at once",
                counted(*active_before, "Active person", "Active people")
            ),
            Cause::GroupEmptied { deleted: true, .. } => "a group was deleted".to_owned(),
            Cause::GroupEmptied { deleted: false, .. } => "a group was emptied".to_owned(),
        }
    }

    /// How it stands.
    pub(super) fn shown(&self) -> maud::Markup {
        match &self.decision {
            None if self.held => badge(Tone::Warn, "Held: decide"),
            None => badge(Tone::Warn, "Open"),
            Some(decision) if decision.decision == "reversed" => badge(Tone::Plain, "Reversed"),
            Some(_) => badge(Tone::Plain, "Released"),
        }
    }
}
