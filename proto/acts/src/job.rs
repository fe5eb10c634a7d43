//! A plan and its job, and how far that is.

use jiff::{SignedDuration, Timestamp};

use crate::act::Built;
use crate::by::By;
use crate::id::JobId;
use crate::plan::Plan;

/// A plan, and who made it.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// What would be done.
    pub plan: Plan,
    /// Who planned it.
    pub by: By,
    /// When.
    pub at: Timestamp,
    /// Whether it was cancelled before anybody started it.
    pub given_up: bool,
}

/// A job: a plan that was started.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// What it is called.
    pub id: JobId,
    /// What it carries out.
    pub plan: Plan,
    /// Who started it.
    pub by: By,
    /// When.
    pub started_at: Timestamp,
    /// How far it is, as the acts tell.
    pub stage: Stage,
    /// When its stage began.
    pub since: Timestamp,
    /// For how long it stood still so far.
    pub paused: SignedDuration,
    /// What the building took; none before it has caught up.
    pub built: Option<Built>,
}

impl Job {
    /// What can be done with it, as the acts tell.
    pub fn next(&self) -> String {
        let Self { id, plan, .. } = self;
        match self.stage {
            Stage::Running if self.built.is_some() => format!(
                "readers do not see it yet: `rollcall replay diff {id}`, then `rollcall replay cutover \
                 {id} --confirm {}`, or `rollcall replay cancel {id}`",
                plan.replaces()
            ),
            Stage::Running => format!(
                "`rollcall replay status {id}` tells how far it is, and `rollcall replay cancel {id}` ends it"
            ),
            Stage::Paused => format!(
                "`rollcall replay resume {id}` lets it go on, and `rollcall replay cancel {id}` ends it"
            ),
            Stage::CutOver { .. } => format!("`rollcall replay rollback {id}` undoes it"),
            Stage::RolledBack | Stage::Cancelled | Stage::Failed { .. } => {
                format!("`{}` plans it anew", plan.scope.planned_by(&plan.projection))
            }
        }
    }

    /// One word for how far it is, as the acts tell.
    pub fn state(&self) -> &'static str {
        if self.stage == Stage::Running && self.built.is_some() {
            "ready"
        } else {
            self.stage.as_str()
        }
    }
}

/// How far a job is, as the acts tell.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// Its candidate is wanted: it is being built, or ready and followed.
    Running,
    /// It stands still.
    Paused,
    /// Readers see what it built.
    CutOver {
        /// Until when it can be undone.
        kept_until: Timestamp,
    },
    /// Its cut-over was undone.
    RolledBack,
    /// Somebody ended it.
    Cancelled,
    /// It could not go on.
    Failed {
        /// What went wrong.
        why: String,
    },
}

impl Stage {
    /// One word for it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::CutOver { .. } => "cut-over",
            Self::RolledBack => "rolled-back",
            Self::Cancelled => "cancelled",
            Self::Failed { .. } => "failed",
        }
    }
}
