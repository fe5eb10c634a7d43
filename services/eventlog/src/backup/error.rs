//! Why the log is not backed up.

use std::path::Path;

use crate::continuity::{Discrepancy, Loss};
use crate::error::{Cause, ReadError};

/// Why there is no new backup. The former one is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file cannot be read or written.
    #[error("use the backup's file {path}")]
    File {
        /// Which.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// A file is not as the manifest says, or cannot be understood.
    #[error("the backup is damaged: {file} {why}; take another copy of it, or begin a new one")]
    Damaged {
        /// Which.
        file: String,
        /// What is wrong.
        why: String,
    },
    /// Another process works on the directory.
    #[error("another process works on the backup in {0}")]
    Busy(String),
    /// There is no manifest.
    #[error("there is no backup in {0}")]
    None(String),
    /// Only the backup knows another history: most likely it is that of another log.
    #[error(
        "{dir} holds the backup of another log: {differs}. Name the directory of this log's backup, or a \
         new one. If it is the right one, this log has lost what that backup holds: keep it, and restore \
         it with `rollcall restore {dir}`"
    )]
    OfAnotherLog {
        /// Where it is.
        dir: String,
        /// In what it differs.
        differs: Box<Discrepancy>,
    },
    /// The log has lost events.
    #[error(transparent)]
    Lost(#[from] Loss),
    /// The log cannot be read, or its history is broken.
    #[error("read the log")]
    Read(#[from] ReadError),
}

impl BackupError {
    /// Whether something was found that is not as it should be, rather than away.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Damaged { .. }
            | Self::OfAnotherLog { .. }
            | Self::Lost(_)
            | Self::Read(ReadError::Broken(_) | ReadError::Undecodable { .. }) => true,
            Self::Read(ReadError::Unavailable(_) | ReadError::BadSelection(_))
            | Self::File { .. }
            | Self::Busy(_)
            | Self::None(_) => false,
        }
    }
}

/// An error of the files.
pub(crate) fn file_error(path: &Path) -> impl FnOnce(std::io::Error) -> BackupError {
    let path = path.display().to_string();
    move |source| BackupError::File { path, source }
}

/// Something in a file that should not be so.
pub(crate) fn damaged(file: &str, why: impl Into<Cause>) -> BackupError {
    BackupError::Damaged { file: file.to_owned(), why: why.into().to_string() }
}
