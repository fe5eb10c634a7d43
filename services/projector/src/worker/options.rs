//! How a worker works.

use std::num::NonZeroU64;

use tokio::sync::watch;

use crate::wanted::Wanted;

/// What becomes of the live read model when a release has other rules or tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnNewRules {
    /// Once the candidate has caught up, it is made live.
    #[default]
    Auto,
    /// The candidate waits until an operator cuts over.
    Hold,
}

/// How a worker works.
#[derive(Clone, Debug)]
pub struct WorkerOptions {
    /// What becomes of a live slot of other rules.
    pub on_new_rules: OnNewRules,
    /// What operators want; none as long as that is not known.
    pub wanted: watch::Receiver<Option<Wanted>>,
    /// How large the database may be, in bytes, before candidates stand still.
    pub max_database_size: Option<NonZeroU64>,
}

impl Default for WorkerOptions {
    /// As a process works that knows no journal.
    fn default() -> Self {
        let (_nobody, wanted) = watch::channel(None);
        Self { on_new_rules: OnNewRules::default(), wanted, max_database_size: None }
    }
}
