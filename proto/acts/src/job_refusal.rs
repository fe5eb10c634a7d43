//! Why something cannot be done with a plan or a job.

use jiff::Timestamp;

use crate::id::{JobId, PlanId};

/// Why something cannot be done with a plan or a job.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobRefusal {
    /// Nobody ever made it.
    #[error("there is no plan {0}; `rollcall replay plan` makes one")]
    NoPlan(PlanId),
    /// Nobody ever started it.
    #[error("there is no job {0}; `rollcall replay list` shows those that there are")]
    NoJob(JobId),
    /// It is too old.
    #[error("the plan {plan} expired at {at}; plan again")]
    Expired {
        /// Which.
        plan: PlanId,
        /// When.
        at: Timestamp,
    },
    /// Somebody cancelled it.
    #[error("the plan {0} was cancelled; plan again")]
    GivenUp(PlanId),
    /// What it relied on has changed.
    #[error("the plan {plan} is out of date: {moved}; plan again")]
    OutOfDate {
        /// Which.
        plan: PlanId,
        /// What has changed.
        moved: String,
    },
    /// One at a time.
    #[error("{projection} has the job {job} of {by} already, which is {stage}; {next}")]
    Busy {
        /// Of which read model.
        projection: String,
        /// Which job.
        job: JobId,
        /// Who started it.
        by: String,
        /// How far it is.
        stage: &'static str,
        /// What can be done with it.
        next: String,
    },
    /// It has ended, or has not got there yet.
    #[error("the job {job} is {stage}, so that it cannot be {wanted}; {next}")]
    NotNow {
        /// Which.
        job: JobId,
        /// How far it is.
        stage: &'static str,
        /// What somebody wanted.
        wanted: &'static str,
        /// What can be done with it.
        next: String,
    },
    /// What readers saw before is gone.
    #[error(
        "what readers saw before the job {job} was kept until {kept_until}; plan a replay instead"
    )]
    NotKept {
        /// Which.
        job: JobId,
        /// Until when it was kept.
        kept_until: Timestamp,
    },
}
