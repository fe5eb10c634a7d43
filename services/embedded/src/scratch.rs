//! Directories that are removed when their last user has ended, however it ended.

use std::fs::Permissions;
use std::io::{self, PipeWriter};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::{EmbeddedError, ramdisk};

/// A directory of ours alone that goes when its last holder has gone, even if all are killed.
///
/// A shell waits for the end of a pipe whose other end we and our servers hold, then removes the
/// directory. Statics are never dropped and tests get killed; this works all the same.
#[derive(Debug)]
pub(crate) struct Scratch {
    path: PathBuf,
    /// None once let go.
    held: Option<PipeWriter>,
    cleaner: Child,
}

/// A socket's path must be short, so a long `TMPDIR` will not do.
const MAX_PARENT_LENGTH: usize = 60;

impl Scratch {
    /// On the disk.
    pub(crate) fn new() -> Result<Self, EmbeddedError> {
        let parent = std::env::temp_dir();
        // An empty TMPDIR is as good as none, and would be the working directory.
        let short = (1..=MAX_PARENT_LENGTH).contains(&parent.as_os_str().len());
        Self::within(if short { &parent } else { Path::new("/tmp") })
    }

    /// In memory where there is room: who kills a server loses no more there than on a disk, and
    /// a disk that stands still for seconds (some do) fails no test. `TMPDIR` has the last word.
    pub(crate) fn for_tests() -> Result<Self, EmbeddedError> {
        let told = std::env::var_os("TMPDIR").is_some_and(|told| !told.is_empty());
        if !told && ramdisk::is_roomy() {
            return Self::within(Path::new(ramdisk::PATH));
        }
        Self::new()
    }

    fn within(parent: &Path) -> Result<Self, EmbeddedError> {
        let new = || -> io::Result<Self> {
            let (pipe, held) = io::pipe()?;
            let path = tempfile::Builder::new()
                .prefix("rollcall-")
                .permissions(Permissions::from_mode(0o700))
                .tempdir_in(parent)?
                .keep();
            let cleaner = Command::new("sh")
                .args(["-c", r#"read -r _; exec rm -rf -- "$1""#, "cleaner"])
                .arg(&path)
                .current_dir("/")
                .stdin(pipe)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .process_group(0)
                .spawn()?;
            Ok(Self { path, held: Some(held), cleaner })
        };
        new().map_err(EmbeddedError::file("make a directory in", parent))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Another hold on the directory, for a child to inherit.
    pub(crate) fn holder(&self) -> io::Result<Stdio> {
        let held = self.held.as_ref().expect("held until dropped");
        Ok(held.try_clone()?.into())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.held = None;
        let _ = self.cleaner.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_may_not_enter() {
        let scratch = Scratch::new().unwrap();
        let mode = scratch.path().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "open to others: {mode:o}");
    }

    #[test]
    fn a_scratch_directory_stays_while_it_is_held_and_goes_with_its_last_holder() {
        let scratch = Scratch::new().unwrap();
        let path = scratch.path().to_owned();
        std::fs::write(path.join("file"), "something").unwrap();
        let mut holder = Command::new("cat")
            .stdin(Stdio::piped())
            .stdout(scratch.holder().unwrap())
            .spawn()
            .unwrap();
        let dropped = std::thread::spawn(move || drop(scratch));
        assert!(path.join("file").exists(), "removed under its holder");
        assert!(!dropped.is_finished(), "the drop did not wait for the last holder");
        drop(holder.stdin.take());
        holder.wait().unwrap();
        dropped.join().unwrap();
        assert!(!path.exists(), "{} was left behind", path.display());
    }
}
