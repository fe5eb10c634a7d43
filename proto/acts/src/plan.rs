//! What a replay would do, told before anything is done.

use events::Digest;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::PlanId;
use crate::scope::Scope;

/// A replay that was thought through. It expires, and is void when the world has moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What it is called.
    pub id: PlanId,
    /// Which read model is built anew.
    pub projection: String,
    /// How much of it.
    #[serde(flatten)]
    pub scope: Scope,
    /// Why, in the operator's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Until when it can be started.
    pub expires_at: Timestamp,
    /// What it was made for.
    pub world: World,
    /// What it takes.
    pub forecast: Forecast,
    /// Whom it may touch.
    pub blast_radius: BlastRadius,
    /// How many events wait because they cannot be applied; they are tried again.
    pub parked: u64,
}

impl Plan {
    /// What a cut-over replaces, as an operator types it to confirm that.
    pub fn replaces(&self) -> String {
        match &self.scope {
            Scope::Whole => self.projection.clone(),
            Scope::Tenant { tenant } => tenant.to_string(),
            Scope::Person { person, .. } => person.to_string(),
        }
    }
}

/// What a plan relies on. If any of it has changed, the plan is void.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct World {
    /// The rules and tables of this release.
    #[schemars(with = "String")]
    pub rules: Digest,
    /// What readers see: the id of the slot, which it keeps when a cut-over renames it.
    pub live: Option<String>,
    /// The candidate, if there is one.
    pub candidate: Option<String>,
    /// What readers saw before the last cut-over.
    pub previous: Option<String>,
}

impl World {
    /// What of it has changed, in words; nothing, if it is as it was.
    pub fn moved(&self, now: &Self) -> Vec<&'static str> {
        let checks = [
            (self.rules != now.rules, "this release has other rules or tables than the plan's"),
            (self.live != now.live, "the live slot is another one: there was a cut-over"),
            (self.candidate != now.candidate, "the candidate slot has come, gone or changed"),
            (self.previous != now.previous, "the previous slot has come, gone or changed"),
        ];
        checks.into_iter().filter_map(|(moved, words)| moved.then_some(words)).collect()
    }
}

/// What a replay takes, as far as can be told beforehand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Forecast {
    /// How many events are read. Of a person's tenant it is all of them, since groups and teams are
    /// others' as well.
    pub events: u64,
    /// How many of them concern the person, if it is one's rows only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_person: Option<u64>,
    /// How many there are in the log.
    pub of: u64,
    /// How many seconds that takes.
    pub seconds: f64,
    /// How many bytes the tables of the candidate take.
    pub bytes: u64,
    /// What the time is estimated from.
    pub pace: Pace,
}

/// What an estimate of time rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum Pace {
    /// The last run of this projection.
    LastRun {
        /// Which.
        job: String,
        /// How fast it was.
        events_per_second: f64,
    },
    /// No run of this projection is known: what was measured on two cores.
    Default {
        /// How fast that was.
        events_per_second: f64,
    },
}

impl Pace {
    /// Events a second.
    pub fn events_per_second(&self) -> f64 {
        match self {
            Self::LastRun { events_per_second, .. } | Self::Default { events_per_second } => {
                *events_per_second
            }
        }
    }
}

/// Whose rows a replay may change, in numbers: no names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BlastRadius {
    /// How many tenants.
    pub tenants: u64,
    /// How many people.
    pub people: u64,
    /// How many teams.
    pub teams: u64,
}
