//! Backing up the log and what stands beside it into a directory, while everything runs.
//!
//! A run reads on from where the last one ended, writes what is new to files of its own, and
//! replaces the manifest at the very end: whatever happens before that, the backup is the former
//! one. What an erasure names is in no file after the run that has seen the erasure.

use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use events::{Position, Seq};
use futures_util::StreamExt as _;

use crate::clock;
use crate::continuity::{Evidence, Loss};
use crate::error::{Break, ReadError, unavailable};
use crate::journal::Journal;
use crate::log::Log;
use crate::stream;
use crate::tombstones::Tombstones;

mod directory;
mod error;
mod line;
mod manifest;
mod scrub;

pub(crate) use self::directory::Directory;
pub use self::error::BackupError;
pub(crate) use self::error::damaged;
pub(crate) use self::line::Line;
pub(crate) use self::manifest::{Manifest, Segment};

/// How long NATS may be silent while there are events to come.
const NEXT_EVENT_TIMEOUT: Duration = Duration::from_mins(1);

/// A file is ended when it has so many bytes: an erasure has to write one file anew, not all.
const SEGMENT_BYTES: usize = 32 << 20;

/// What the backup is called where the log is compared with what is known of it.
const BACKUP: &str = "the backup";

/// Where the log's own marks agree with it, the directory is more likely to be wrong than the log.
fn refused(dir: String, loss: Loss) -> BackupError {
    match loss.0.as_slice() {
        [differs] if differs.evidence().is_some_and(|known| known.witness == BACKUP) => {
            BackupError::OfAnotherLog { dir, differs: Box::new(differs.clone()) }
        }
        [] | [_] | [_, _, ..] => BackupError::Lost(loss),
    }
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackupStep {
    /// The event up to which the log was read, and the last that is to be.
    Read(Seq, Seq),
    /// All files are on the disk; the manifest still is the former one.
    Written,
}

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackedUp {
    /// The last event that the backup holds.
    pub position: Position,
    /// So many of its events are new.
    pub events: u64,
    /// So many events were removed from older files, because an erasure names them.
    pub scrubbed: u64,
    /// So many bytes its files have.
    pub bytes: u64,
}

impl Log {
    /// Brings the backup in `dir` up to date, or begins one. The chain is checked on the way; a log
    /// that is broken, has lost events or is another one than that in the backup is not backed up.
    pub async fn back_up(
        &self,
        dir: &Path,
        mut told: impl FnMut(BackupStep),
    ) -> Result<BackedUp, BackupError> {
        let path = dir.display().to_string();
        let dir = Directory::make(dir)?;
        let former = dir.manifest()?;
        dir.remove_strays(former.as_ref())?;
        if let Some(former) = &former {
            dir.check(former)?;
        }
        let mut manifest = former.unwrap_or_default();
        manifest.run += 1;
        let mut evidence = self.recorded_evidence().await?;
        evidence.push(Evidence::new(BACKUP, manifest.position));
        self.confirm_continuity(&evidence).await?.map_err(|loss| refused(path, loss))?;
        let config = stream::config(&self.main.jetstream, &self.name).await.map_err(unavailable)?;
        manifest.settings = serde_json::to_value(config).map_err(unavailable)?;
        manifest.stream = self.name.to_string();

        let before = manifest.position;
        let tombstones = self.back_up_events(&dir, &mut manifest, &mut told).await?;
        let scrubbed = scrub::scrub(&dir, &mut manifest, &tombstones)?;
        self.back_up_journal(&dir, &mut manifest).await?;
        let keys = self.shared_keys().await.map_err(unavailable)?;
        manifest.keys = Some(dir.write_keys(manifest.run, &keys)?);
        manifest.made_at = clock::now();
        dir.sync()?;
        told(BackupStep::Written);
        dir.replace_manifest(&manifest)?;
        dir.remove_strays(Some(&manifest))?;
        Ok(BackedUp {
            position: manifest.position,
            events: manifest.position.seq.0 - before.seq.0,
            scrubbed,
            bytes: manifest.files().map(|file| file.bytes).sum(),
        })
    }

    /// Reads what is new. It ends where every erasure that is known by then is in the backup too, so
    /// that no position is empty in it that it cannot explain. What these erasures name.
    async fn back_up_events(
        &self,
        dir: &Directory,
        manifest: &mut Manifest,
        told: &mut impl FnMut(BackupStep),
    ) -> Result<Tombstones, BackupError> {
        let mut end = self.end().await?;
        let mut entries = pin!(self.follow(manifest.position));
        let mut open = Segment::begin(manifest.position.seq);
        let tombstones = loop {
            while manifest.position.seq < end {
                let next = tokio::time::timeout(NEXT_EVENT_TIMEOUT, entries.next()).await;
                let silent = |_| unavailable("NATS is silent, though there are events to come");
                let entry =
                    next.map_err(silent)?.ok_or(Break::NoStream).map_err(ReadError::from)??;
                let seq = entry.seq;
                let unreadable = |source| ReadError::Undecodable { seq, source };
                entry.check().map_err(unreadable)?;
                manifest.position = entry.position().map_err(unreadable)?;
                open.push(seq, &Line::of(&entry));
                if open.len() >= SEGMENT_BYTES {
                    manifest.log.push(dir.write_segment("log", manifest.run, &open)?);
                    open = Segment::begin(seq);
                }
                told(BackupStep::Read(seq, end));
            }
            {
                let known = self.known_erasures().await?;
                if known.last <= manifest.position.seq {
                    break known.tombstones.clone();
                }
                end = known.last;
            }
        };
        if open.records() > 0 {
            manifest.log.push(dir.write_segment("log", manifest.run, &open)?);
        }
        Ok(tombstones)
    }

    async fn back_up_journal(
        &self,
        dir: &Directory,
        manifest: &mut Manifest,
    ) -> Result<(), BackupError> {
        let entries = Journal::of(self).entries_after(manifest.journal_end()).await?;
        let mut segment = Segment::begin(Seq(manifest.journal_end()));
        for entry in &entries {
            segment.push(entry.seq, &Line::of(entry));
        }
        if segment.records() > 0 {
            manifest.journal.push(dir.write_segment("journal", manifest.run, &segment)?);
        }
        Ok(())
    }
}
