//! What is told of a backup.

use events::Seq;
use serde::{Deserialize, Serialize};

/// A backup that is up to date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupMade {
    /// The last event that it holds.
    pub position: Seq,
    /// So many of its events are new.
    pub events: u64,
    /// So many erased events were removed from its older files.
    pub scrubbed: u64,
    /// How large it is.
    pub bytes: u64,
}

/// A log that was made of a backup: this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupRestored {
    /// The last event that it holds.
    pub position: Seq,
    /// How many events there are.
    pub events: u64,
    /// So many positions are empty, because an erasure names them.
    pub erased: u64,
    /// So many people were erased again, who had been erased after the backup.
    #[serde(default)]
    pub erased_again: u64,
}
