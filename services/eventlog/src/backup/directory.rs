//! The directory of a backup: what is in it is for its owner alone, and on the disk before the
//! manifest names it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use events::{Digest, Seq};

use super::error::{BackupError, damaged, file_error};
use super::line::Line;
use super::manifest::{BackupFile, Manifest, SCHEMA, Segment};
use crate::entry::Entry;

const MANIFEST: &str = "manifest.json";
const LOCK: &str = "lock";

/// A directory that is ours alone while this lives.
#[derive(Debug)]
pub(crate) struct Directory {
    path: PathBuf,
    _lock: File,
}

impl Directory {
    /// Makes it if need be, and claims it.
    pub(crate) fn make(path: &Path) -> Result<Self, BackupError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(file_error(path))?;
        // One that was there before may be open to others.
        let closed = fs::set_permissions(path, fs::Permissions::from_mode(0o700));
        closed.map_err(file_error(path))?;
        Self::claim(path)
    }

    /// Claims one that is there and holds a backup.
    pub(crate) fn open(path: &Path) -> Result<(Self, Manifest), BackupError> {
        let none = || BackupError::None(path.display().to_string());
        if !path.join(MANIFEST).exists() {
            return Err(none());
        }
        let directory = Self::claim(path)?;
        let manifest = directory.manifest()?.ok_or_else(none)?;
        Ok((directory, manifest))
    }

    fn claim(path: &Path) -> Result<Self, BackupError> {
        let at = path.join(LOCK);
        let lock =
            OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&at);
        let lock = lock.map_err(file_error(&at))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(BackupError::Busy(path.display().to_string())),
            Err(TryLockError::Error(error)) => Err(file_error(&at)(error)),
        }
    }

    /// What the backup holds; none, if there is none yet.
    pub(crate) fn manifest(&self) -> Result<Option<Manifest>, BackupError> {
        let path = self.path.join(MANIFEST);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(file_error(&path)(error)),
        };
        let manifest: Manifest =
            serde_json::from_slice(&text).map_err(|error| damaged(MANIFEST, error))?;
        if manifest.schema != SCHEMA {
            let why =
                format!("is of layout {:?}, and this release knows {SCHEMA}", manifest.schema);
            return Err(damaged(MANIFEST, why));
        }
        Ok(Some(manifest))
    }

    /// Holds every file against the manifest.
    pub(crate) fn check(&self, manifest: &Manifest) -> Result<(), BackupError> {
        manifest.files().try_for_each(|file| self.read(file).map(|_| ()))
    }

    /// What a file says, which is what the manifest says that it does.
    pub(crate) fn read(&self, file: &BackupFile) -> Result<Vec<u8>, BackupError> {
        let path = self.path.join(&file.name);
        let text = fs::read(&path).map_err(file_error(&path))?;
        if Digest::of(&text) == file.sha256 {
            return Ok(text);
        }
        Err(damaged(&file.name, "has another SHA-256 than the manifest says"))
    }

    /// The lines of a file.
    pub(crate) fn lines(&self, file: &BackupFile) -> Result<Vec<Line>, BackupError> {
        let text = self.read(file)?;
        let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let read = |line| serde_json::from_slice(line).map_err(|error| damaged(&file.name, error));
        lines.map(read).collect()
    }

    /// The messages of files, one file at a time.
    pub(crate) fn entries<'a>(
        &'a self,
        files: &'a [BackupFile],
    ) -> impl Iterator<Item = Result<Entry, BackupError>> + Send + 'a {
        files.iter().flat_map(move |file| {
            let (lines, error) = match self.lines(file) {
                Ok(lines) => (lines, None),
                Err(error) => (vec![], Some(Err(error))),
            };
            let read = |line: Line| line.entry().map_err(|error| damaged(&file.name, error));
            error.into_iter().chain(lines.into_iter().map(read))
        })
    }

    /// Writes a file of messages to the disk.
    pub(crate) fn write_segment(
        &self,
        of: &str,
        run: u64,
        segment: &Segment,
    ) -> Result<BackupFile, BackupError> {
        let Segment { first, last, text, .. } = segment;
        let name = format!("{of}-{:012}-{:012}-{run}.ndjson", first.0, last.0);
        self.write(name, (*first, *last), segment.records(), text)
    }

    /// Writes the shared keys to the disk.
    pub(crate) fn write_keys(
        &self,
        run: u64,
        keys: &BTreeMap<String, Vec<u8>>,
    ) -> Result<BackupFile, BackupError> {
        let keys: BTreeMap<_, _> =
            keys.iter().map(|(name, key)| (name, STANDARD.encode(key))).collect();
        let text = serde_json::to_vec(&keys).expect("names are text");
        self.write(format!("keys-{run}.json"), (Seq(0), Seq(0)), keys.len() as u64, &text)
    }

    /// The shared keys.
    pub(crate) fn keys(&self, file: &BackupFile) -> Result<BTreeMap<String, Vec<u8>>, BackupError> {
        let keys: BTreeMap<String, String> = serde_json::from_slice(&self.read(file)?)
            .map_err(|error| damaged(&file.name, error))?;
        let key = |(name, text)| match STANDARD.decode::<String>(text) {
            Ok(key) => Ok((name, key)),
            Err(error) => Err(damaged(&file.name, error)),
        };
        keys.into_iter().map(key).collect()
    }

    fn write(
        &self,
        name: String,
        (first, last): (Seq, Seq),
        records: u64,
        text: &[u8],
    ) -> Result<BackupFile, BackupError> {
        self.write_to_disk(&name, text)?;
        let (bytes, sha256) = (text.len() as u64, Digest::of(text));
        Ok(BackupFile { name, first, last, records, bytes, sha256 })
    }

    fn write_to_disk(&self, name: &str, text: &[u8]) -> Result<(), BackupError> {
        let path = self.path.join(name);
        let written = || {
            let mut file =
                OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
            file.write_all(text)?;
            file.sync_all()
        };
        written().map_err(file_error(&path))
    }

    /// Waits until the names of all files are on the disk.
    pub(crate) fn sync(&self) -> Result<(), BackupError> {
        File::open(&self.path).and_then(|dir| dir.sync_all()).map_err(file_error(&self.path))
    }

    /// From here on, the backup is what `manifest` says.
    pub(crate) fn replace_manifest(&self, manifest: &Manifest) -> Result<(), BackupError> {
        let name = format!("{MANIFEST}.new");
        let text = serde_json::to_vec_pretty(manifest).expect("a manifest has string keys only");
        self.write_to_disk(&name, &text)?;
        let (beside, path) = (self.path.join(name), self.path.join(MANIFEST));
        fs::rename(&beside, &path).map_err(file_error(&path))?;
        self.sync()
    }

    /// Removes what the manifest does not name: what a run left that did not end, and files that
    /// were written anew without what was erased. Files that no run can have written stay.
    pub(crate) fn remove_strays(&self, manifest: Option<&Manifest>) -> Result<(), BackupError> {
        let named: BTreeSet<&str> =
            manifest.into_iter().flat_map(Manifest::files).map(|file| &*file.name).collect();
        for entry in fs::read_dir(&self.path).map_err(file_error(&self.path))? {
            let path = entry.map_err(file_error(&self.path))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if is_ours(name) && !named.contains(name) {
                fs::remove_file(&path).map_err(file_error(&path))?;
            }
        }
        self.sync()
    }
}

/// Whether a run may have written a file of this name, the manifest apart.
fn is_ours(name: &str) -> bool {
    let of = |prefix, suffix| name.starts_with(prefix) && name.ends_with(suffix);
    of("log-", ".ndjson")
        || of("journal-", ".ndjson")
        || of("keys-", ".json")
        || name == "manifest.json.new"
}
