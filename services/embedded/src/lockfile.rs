//! The lockfile of a directory: one server at a time runs there.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::EmbeddedError;

/// How long a directory may stay locked by a server that has not been told to end. Its holder may
/// have died a moment ago.
const LOCK_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a server may take to end: a little more than `supervisor.sh` gives it.
const STOP_TIMEOUT: Duration = Duration::from_secs(15);

/// The right to run the one server of a directory: a locked file.
///
/// The lock belongs to the open file, which every process of the server inherits, so it is free
/// exactly when the last of them has gone. Nothing is left to clean up after a crash.
#[derive(Debug)]
pub(crate) struct Lockfile {
    file: File,
    path: PathBuf,
}

/// Where a running server's pid stands.
pub(crate) struct PidFile(PathBuf);

impl Lockfile {
    /// Locks `dir`, waiting for a server that is just ending.
    pub(crate) fn acquire(dir: &Path) -> Result<Self, EmbeddedError> {
        let path = dir.join("server.lock");
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(EmbeddedError::file("open", &path))?;
        let asked = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(e)) => return Err(EmbeddedError::file("lock", &path)(e)),
            }
            // First the pid; any further line says that the server is on its way out.
            let words = fs::read_to_string(&path).unwrap_or_default();
            let patience = if words.lines().count() > 1 { STOP_TIMEOUT } else { LOCK_TIMEOUT };
            if asked.elapsed() > patience {
                let pid = words.lines().next().unwrap_or("unknown").to_owned();
                return Err(EmbeddedError::InUse { dir: dir.to_owned(), pid });
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        file.set_len(0).map_err(EmbeddedError::file("empty", &path))?;
        Ok(Self { file, path })
    }

    /// The locked file for the server to inherit, and where its pid will be written.
    pub(crate) fn into_parts(self) -> (Stdio, PidFile) {
        (self.file.into(), PidFile(self.path))
    }
}

impl PidFile {
    /// The server's pid, once it is written in full.
    pub(crate) fn pid(&self) -> Option<u32> {
        let words = fs::read_to_string(&self.0).ok()?;
        words.split_once('\n')?.0.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_has_one_lock_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let first = Lockfile::acquire(dir.path()).unwrap();
        fs::write(dir.path().join("server.lock"), "4711\n").unwrap();
        let refusal = Lockfile::acquire(dir.path()).expect_err("the first lock is still held");
        let words = refusal.to_string();
        assert!(words.contains("4711"), "does not name the pid: {words}");
        assert!(words.contains(dir.path().to_str().unwrap()), "does not name the dir: {words}");
        drop(first);
        Lockfile::acquire(dir.path()).expect("the first lock is free");
    }
}
