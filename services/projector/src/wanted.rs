//! What operators want of a projection.

use std::num::NonZeroU32;

use crate::scope::Scope;

/// What operators want of a projection, as their journal says. The worker makes it so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The candidate that a job wants. A candidate of a job that is not wanted any more is dropped.
    pub candidate: Option<WantedCandidate>,
    /// The jobs that have ended: a candidate of one of them is dropped at once, and one of a job that is
    /// not known a little later, since another process may know the journal sooner.
    pub ended: Vec<String>,
}

/// A candidate that a job wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedCandidate {
    /// What names the job.
    pub job: String,
    /// Whose events it is about.
    pub scope: Scope,
    /// Whether it is to stand still.
    pub paused: bool,
    /// Events a second at most.
    pub max_rate: Option<NonZeroU32>,
}
