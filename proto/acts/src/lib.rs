//! What operators do, as the journal keeps it, and what follows from it.
//!
//! Everything that an operator does is an [`Act`]: who, what, which plan, and with which result. The
//! journal (stream `OPERATIONS`) keeps acts in one order for ever; [`State`] is a fold of them. Jobs
//! live nowhere else: what a process knows of them, it has folded, so that any of them may die.
//!
//! An act never holds a secret, and never personal data: people are named by their ids.

#![warn(missing_docs)]

#[macro_use]
mod listing;

mod act;
mod backup;
mod backups;
mod by;
mod erasure;
mod erasures;
mod id;
mod job;
mod job_refusal;
mod jobs;
mod operators;
mod plan;
mod record;
mod release;
mod role;
mod scope;
mod skips;
mod state;
mod verifications;
mod verify_report;

pub use act::{
    Act, Added, Answered, Built, CutOver, Failed, JobDecision, Received, ReleaseBegun,
    ReleaseSwitched, Retried, Revealed, Revoked, RoleChange, RolledBack, Skipped, Started,
};
pub use backup::{BackupMade, BackupRestored};
pub use backups::Backups;
pub use by::{BadBy, BadOperatorName, By, OperatorName};
pub use erasure::{
    Certificate, CertifiedStore, ErasedBy, ErasureCarriedOver, ErasureIncomplete, ErasurePlan,
    ErasureStarted,
};
pub use erasures::{Erasure, ErasureStage, Erasures};
pub use id::{BadId, JobId, PlanId};
pub use job::{Job, Planned, Stage};
pub use job_refusal::JobRefusal;
pub use jobs::Jobs;
pub use operators::{Known, Operators};
pub use plan::{BlastRadius, Forecast, Pace, Plan, World};
pub use record::{Acted, BadRecord, Record};
pub use release::{LastSwitch, Releases};
pub use role::{Role, Roles, UnknownRole};
pub use scope::Scope;
pub use skips::Skips;
pub use state::State;
pub use verifications::{Verification, Verifications};
pub use verify_report::{
    HandMadeRows, PersonReport, TableReport, VerifyEnded, VerifyOutcome, VerifyReport,
    VerifyStarted,
};
