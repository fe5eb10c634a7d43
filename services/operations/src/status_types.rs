//! What `rollcall status` tells: the documented answer.

use access::IgnoredAttribute;
use directory::queries::OpenAlert;
use eventlog::Verified;
use events::{AlertId, Tenant};
use jiff::{SignedDuration, Timestamp};
use projector::SlotRole;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::open_work::OpenWork;
use crate::ops::{Answer, Answered};

/// From how much lag on somebody should look.
const LAG_THRESHOLD: SignedDuration = SignedDuration::from_secs(60);

/// The log, and who follows it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Status {
    /// When this was so.
    pub at: Timestamp,
    /// Whether somebody should look.
    pub needs_attention: bool,
    /// The log.
    pub stream: StreamStatus,
    /// Each slot of each projection, the live ones first.
    pub projections: Vec<SlotStatus>,
    /// What waits for somebody to decide.
    pub alerts: Vec<AlertStatus>,
    /// What operators have begun and not ended.
    #[serde(flatten)]
    pub work: OpenWork,
    /// Why that cannot be told, if it cannot.
    pub journal_unreadable: Option<String>,
    /// Attributes that clients send and that are not kept.
    #[schemars(with = "Vec<Value>")]
    pub attributes_not_kept: Vec<IgnoredAttribute>,
}

/// The log.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StreamStatus {
    /// What the stream is called.
    pub name: String,
    /// The last event.
    pub position: u64,
    /// When it happened.
    pub last_event_at: Option<Timestamp>,
    /// What is missing of it, if anything is.
    pub lost: Option<String>,
    /// How sound the last verification found it.
    #[schemars(with = "Option<Value>")]
    pub verified: Option<Verified>,
}

/// A slot of a projection.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SlotStatus {
    /// Whose.
    pub projection: String,
    /// `live` is read, `candidate` is being built, `previous` was live before.
    pub slot: String,
    /// Whose events are in it: `whole`, `tenant:SLUG`, `person:SLUG:ID`.
    pub scope: String,
    /// The last event in it.
    pub position: u64,
    /// How many events it lacks.
    pub lag_events: u64,
    /// How long the oldest event has waited that is not in it.
    pub lag_seconds: f64,
    /// Events passed over because the projection's release does not know them.
    pub unknown_events: u64,
    /// Events a second since it was made; null for one that was made long ago.
    pub rate: Option<f64>,
    /// In how many seconds it will have caught up, at that rate.
    pub eta_seconds: Option<f64>,
    /// How many events wait since they, or one before them of the same person or group, could not be
    /// applied.
    pub parked_events: u64,
    /// Since when the oldest of them waits.
    pub parked_since: Option<Timestamp>,
    /// What it is doing.
    pub state: State,
    /// The same in words.
    pub state_text: String,
    /// Why it stands still, if it does.
    pub why: Option<String>,
    /// The job that wanted it.
    pub job: Option<String>,
    /// Until when it is kept, if it was live before.
    pub kept_until: Option<Timestamp>,
    /// How long ago whoever keeps it was heard of.
    pub lease_seconds: Option<f64>,
    /// In how many places, each a tenant's rows in a table, somebody else than the projection has
    /// written since the slot was made. `rollcall verify` tells what differs.
    pub changed_by_hand: u64,
    /// What of its tables is not as it was made, in words: somebody altered them by hand.
    pub altered: Vec<String>,
}

/// An alert that is open.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AlertStatus {
    /// Whose.
    pub tenant: Tenant,
    /// Which.
    pub alert_id: AlertId,
    /// What was too much.
    pub cause: &'static str,
    /// How many people belong to it.
    pub people: i64,
    /// Whether they stay Active until somebody decides.
    pub held: bool,
    /// Since when it waits.
    pub raised_at: Timestamp,
}

impl From<OpenAlert> for AlertStatus {
    fn from(OpenAlert { tenant, alert }: OpenAlert) -> Self {
        Self {
            tenant,
            alert_id: alert.id,
            cause: alert.cause.as_str(),
            people: alert.people,
            held: alert.held,
            raised_at: alert.raised_at,
        }
    }
}

/// What a slot is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It has seen what there is.
    Current,
    /// It lacks a few events, or many.
    CatchingUp,
    /// It was made anew, and is of no use before it has seen what there was.
    Building,
    /// It was told to stand still.
    Paused,
    /// The next event cannot be read: `rollcall log verify` says why.
    Stuck,
    /// It has seen events that the log does not hold: the log was lost, or is another one.
    AheadOfLog,
    /// Nobody has ever built it.
    Missing,
}

impl State {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::CatchingUp => "catching up",
            Self::Building => "being built",
            Self::Paused => "paused",
            Self::Stuck => "stuck: the next event cannot be read; see `rollcall log verify`",
            Self::AheadOfLog => "ahead of the log, which has lost events or is another one",
            Self::Missing => "missing",
        }
    }
}

impl Answer for Status {
    const SCHEMA: &'static str = "rollcall.status.v1";
}

impl Status {
    /// As `/ops/v1/status` answers it.
    pub fn answer(self) -> Value {
        Answered(self).value()
    }

    /// Whether somebody should look, by all that is told.
    pub(crate) fn attention(&self) -> bool {
        let live = SlotRole::Live.as_str();
        let slots = self.projections.iter().any(|slot| {
            slot.slot == live
                && (matches!(slot.state, State::Stuck | State::AheadOfLog | State::Missing)
                    || slot.parked_events > 0
                    || slot.changed_by_hand > 0
                    || !slot.altered.is_empty()
                    || slot.lag_seconds > LAG_THRESHOLD.as_secs_f64())
        });
        let damaged = self.stream.verified.as_ref().is_some_and(|found| found.damage.is_some());
        let work = !self.work.is_empty() || self.journal_unreadable.is_some();
        slots || damaged || work || self.stream.lost.is_some() || !self.alerts.is_empty()
    }
}
