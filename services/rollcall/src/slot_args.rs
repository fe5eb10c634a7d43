//! The options of roles that keep read models: what becomes of slots.

use std::num::NonZeroU64;

use clap::{Args, ValueEnum};
use projector::{OnNewRules, Wanted, WorkerOptions};
use tokio::sync::watch;

/// What becomes of the slots of read models.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct SlotArgs {
    /// What becomes of a read model that a release with other rules made: it goes on being read
    /// while a candidate is built beside it, and is then replaced, or held until somebody cuts over
    #[arg(long, env = "ROLLCALL_ON_NEW_RULES", value_enum, default_value_t)]
    on_new_rules: OnNewRulesArg,
    /// How large the database may be, in megabytes, before candidates stand still
    #[arg(long, env = "ROLLCALL_REPLAY_DISK_LIMIT", value_name = "MEGABYTES")]
    replay_disk_limit: Option<NonZeroU64>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum OnNewRulesArg {
    /// Cut over when the candidate has caught up
    #[default]
    Auto,
    /// Wait for an operator
    Hold,
}

impl SlotArgs {
    /// For a worker whose operators want `wanted`.
    pub(crate) fn options(self, wanted: watch::Receiver<Option<Wanted>>) -> WorkerOptions {
        let megabytes =
            |limit: NonZeroU64| limit.saturating_mul(NonZeroU64::MIN.saturating_add(999_999));
        WorkerOptions {
            on_new_rules: match self.on_new_rules {
                OnNewRulesArg::Auto => OnNewRules::Auto,
                OnNewRulesArg::Hold => OnNewRules::Hold,
            },
            wanted,
            max_database_size: self.replay_disk_limit.map(megabytes),
        }
    }
}
