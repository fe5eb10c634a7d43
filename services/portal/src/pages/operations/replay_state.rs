//! What the operators' API tells of a replay, and how it is told here.

use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;

use super::place::lasting;
use crate::parts::badge::{Tone, badge};

/// A replay, or a plan that was not started.
#[derive(Debug, Deserialize)]
pub(super) struct Job {
    pub(super) job: String,
    pub(super) projection: String,
    pub(super) scope: String,
    pub(super) person: Option<String>,
    pub(super) state: Stage,
    pub(super) reason: Option<String>,
    pub(super) by: String,
    pub(super) started_at: Timestamp,
    pub(super) until: Option<Timestamp>,
    progress: Option<Progress>,
    pub(super) why: Option<String>,
    pub(super) planned: Option<Planned>,
}

/// How far it is. Positions are of the whole log, and become a part of a hundred here.
#[derive(Debug, Deserialize)]
struct Progress {
    position: u64,
    goal: u64,
    eta_seconds: Option<f64>,
}

/// What a plan would take.
#[derive(Debug, Deserialize)]
pub(super) struct Planned {
    pub(super) forecast: Forecast,
    pub(super) blast_radius: Touched,
    pub(super) parked: u64,
    pub(super) notes: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Forecast {
    pub(super) events: u64,
    pub(super) of_person: Option<u64>,
    pub(super) seconds: f64,
    pub(super) bytes: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Touched {
    pub(super) people: u64,
    pub(super) teams: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Stage {
    Planned,
    Void,
    Expired,
    Running,
    Paused,
    Ready,
    CutOver,
    Done,
    RolledBack,
    Cancelled,
    Failed,
}

impl Stage {
    pub(super) fn shown(self) -> Markup {
        let (tone, words) = match self {
            Self::Planned => (Tone::Plain, "Planned"),
            Self::Void => (Tone::Plain, "Plan is void"),
            Self::Expired => (Tone::Plain, "Plan has expired"),
            Self::Running => (Tone::Warn, "Being built"),
            Self::Paused => (Tone::Warn, "Paused"),
            Self::Ready => (Tone::Good, "Ready to cut over"),
            Self::CutOver => (Tone::Good, "Cut over"),
            Self::Done => (Tone::Plain, "Done"),
            Self::RolledBack => (Tone::Plain, "Rolled back"),
            Self::Cancelled => (Tone::Plain, "Cancelled"),
            Self::Failed => (Tone::Bad, "Failed"),
        };
        badge(tone, words)
    }

    /// Whether it goes on by itself, so that its page is live.
    pub(super) fn is_under_way(self) -> bool {
        match self {
            Self::Running | Self::Paused | Self::Ready => true,
            Self::Planned
            | Self::Void
            | Self::Expired
            | Self::CutOver
            | Self::Done
            | Self::RolledBack
            | Self::Cancelled
            | Self::Failed => false,
        }
    }
}

impl Job {
    /// Whose rows it is about, in words.
    pub(super) fn of_whom(&self) -> &'static str {
        if self.scope == "person" { "one person" } else { "everybody of the tenant" }
    }

    /// What has to be typed before readers see it.
    pub(super) fn replaces<'j>(&'j self, tenant: &'j str) -> &'j str {
        self.person.as_deref().unwrap_or(tenant)
    }

    /// How much is built, as a bar and in words. What is ready is level with what is seen, which moves on: it is
    /// built to the end, whatever has been written since.
    pub(super) fn bar(&self) -> Markup {
        let Some(Progress { position, goal, eta_seconds }) = &self.progress else {
            return html! {};
        };
        let built = position.saturating_mul(100) / (*goal).max(1);
        let (percent, left) = match self.state {
            Stage::Ready => (100, None),
            Stage::Running | Stage::Paused => (built.min(99), *eta_seconds),
            Stage::Planned
            | Stage::Void
            | Stage::Expired
            | Stage::CutOver
            | Stage::Done
            | Stage::RolledBack
            | Stage::Cancelled
            | Stage::Failed => return html! {},
        };
        html! {
            label.field {
                span.label { "Built: " (percent) " %" }
                progress max="100" value=(percent) { (percent) " %" }
                @if let Some(left) = left.filter(|left| *left > 0.0) {
                    span.hint { "About " (lasting(left)) " left." }
                }
            }
        }
    }
}
