//! What the JSON API tells of an alert of the mass-change guard, and how it is told here.

use events::{AlertId, TeamId};
use jiff::Timestamp;
use maud::{Markup, html};
use roster::TenantRoster;
use serde::Deserialize;

use crate::parts::badge::{Tone, badge};
use crate::parts::text::{counted, name};

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
    /// How many of them it holds: whom a decision is about.
    pub(super) held_people: u64,
    /// Who these are, as a digest of their ids.
    pub(super) held_digest: String,
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
    GroupEmptied { team_id: TeamId, deleted: bool },
}

#[derive(Debug, Deserialize)]
pub(super) struct Decision {
    pub(super) decision: String,
    pub(super) at: Timestamp,
    /// Who decided, as events name them.
    pub(super) actor: String,
    pub(super) reason: Option<String>,
}

impl Alert {
    /// What was too much.
    pub(super) fn in_words(&self, tenant: Option<&TenantRoster>) -> Markup {
        match &self.cause {
            Cause::Deactivations { deactivations, active_before } => html! {
                (deactivations) " of " (counted(*active_before, "Active person", "Active people")) " left at once"
            },
            Cause::GroupEmptied { deleted, .. } => html! {
                @match self.group(tenant) {
                    Some(group) => { "the group " (name(group)) },
                    None => "a group",
                }
                @if *deleted { " was deleted" } @else { " was emptied" }
            },
        }
    }

    /// Whether people left, and not a group.
    pub(super) fn is_about_people(&self) -> bool {
        match self.cause {
            Cause::Deactivations { .. } => true,
            Cause::GroupEmptied { .. } => false,
        }
    }

    /// What the group of the alert was called, or is called.
    pub(super) fn group<'t>(&self, tenant: Option<&'t TenantRoster>) -> Option<&'t str> {
        let Cause::GroupEmptied { team_id, .. } = self.cause else { return None };
        let tenant = tenant?;
        let noted = tenant.guard().alert(self.id).and_then(|alert| alert.group.as_deref());
        noted.or_else(|| Some(tenant.groups().get(team_id)?.display_name()))
    }

    /// How it stands.
    pub(super) fn shown(&self) -> Markup {
        match &self.decision {
            None if self.held => badge(Tone::Warn, "Held: decide"),
            None => badge(Tone::Warn, "Open"),
            Some(decision) if decision.decision == "reversed" => badge(Tone::Plain, "Reversed"),
            Some(_) => badge(Tone::Plain, "Released"),
        }
    }
}
