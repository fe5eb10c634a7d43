//! Why the log is not backed up.

use std::path::Path;

use crate::continuity::Loss;
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
    /// The log is not the one that was backed up, or has lost events.
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
