//! Making a log of a backup, in an empty place: every event at the position that it had, with its
//! headers, its body and its chain value, and positions empty that an erasure names.
//!
//! The stream is made with a mark in its settings that keeps everybody from opening it. The mark goes
//! when all is there and was read back; a restore that ends before that can be repeated.

use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use events::{Event, Position, Seq};
use futures_util::StreamExt as _;
use tokio::time::Instant;

use crate::backup::{BackupError, Directory, Line, Manifest};
use crate::connection::REQUEST_TIMEOUT;
use crate::entry::Entry;
use crate::error::{Cause, LogError, ReadError};
use crate::journal::Journal;
use crate::log::Log;
use crate::open::LogOptions;
use crate::stream;
use crate::tombstones::{Tombstones, link};

mod closed;
mod positions;
mod publisher;

pub use self::closed::ClosedLog;
use self::positions::{Message, Positions};
use self::publisher::Publisher;

/// How far a restore has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestoreStep {
    /// The backup is sound; so many events are to come.
    Checked(Seq),
    /// The event up to which the log is written.
    Written(Seq),
    /// The event up to which the log was read back.
    ReadBack(Seq),
    /// Everything is there, and the log can still not be opened.
    Complete,
}

/// What a restore made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The last event.
    pub position: Position,
    /// So many events are there.
    pub events: u64,
    /// So many positions are empty, because an erasure names them.
    pub erased: u64,
    /// So many acts of operators are there.
    pub acts: u64,
}

/// Why nothing was restored. What was written cannot be opened as a log.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The backup cannot be read, or is damaged.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// NATS cannot be reached.
    #[error(transparent)]
    Connect(#[from] LogError),
    /// Something is there already.
    #[error("the place is not empty: it has {0}")]
    NotEmpty(String),
    /// NATS refused, or gave no answer.
    #[error("restore the log; run it again, it begins anew")]
    Server(#[source] Cause),
    /// What was written is not what is read.
    #[error("event {0} of the restored log is not that of the backup; run it again")]
    Differs(Seq),
}

/// Makes a log of the backup in `dir`, which nobody can open before [`ClosedLog::open`].
pub async fn restore(
    nats_url: &str,
    options: &LogOptions,
    dir: &Path,
    mut told: impl FnMut(RestoreStep),
) -> Result<ClosedLog, RestoreError> {
    let (dir, manifest) = Directory::open(dir)?;
    dir.check(&manifest)?;
    let tombstones = erasures(&dir, &manifest)?;
    let events = check_chain(&dir, &manifest, &tombstones)?;
    told(RestoreStep::Checked(manifest.position.seq));

    let deadline = Instant::now() + options.patience;
    let log = Log::connect_only(nats_url, options, deadline).await?;
    log.clear_half_of_a_restore().await?;
    let half = stream::settings_of_half(&log.name, options.replicas);
    log.main.jetstream.create_stream(half).await.map_err(server)?;
    log.write_positions(&dir, &manifest, &tombstones, &mut told).await?;
    log.read_back(&dir, &manifest, &tombstones, &mut told).await?;
    let acts = log.restore_journal(&dir, &manifest).await?;
    if let Some(keys) = &manifest.keys {
        log.put_shared_keys(dir.keys(keys)?).await.map_err(RestoreError::Server)?;
    }
    let extent = log.extent().await.map_err(server)?;
    if let Some(extent) = extent.filter(|_| manifest.position != Position::START) {
        log.set_mark(extent.created, manifest.position).await.map_err(RestoreError::Server)?;
    }
    told(RestoreStep::Complete);
    let (position, erased) = (manifest.position, manifest.position.seq.0 - events);
    Ok(ClosedLog { log, restored: Restored { position, events, erased, acts } })
}

/// What all erasures in the backup name.
fn erasures(dir: &Directory, manifest: &Manifest) -> Result<Tombstones, BackupError> {
    let mut tombstones = Tombstones::default();
    for entry in dir.entries(&manifest.log) {
        let entry = entry?;
        if !entry.subject().ends_with(".erased") {
            continue;
        }
        let seq = entry.seq;
        let read = entry.read().map_err(|source| ReadError::Undecodable { seq, source })?;
        if let Event::UserErased(body) = read.event {
            tombstones.add(seq, &body.events);
        }
    }
    Ok(tombstones)
}

/// Follows the chain through the backup, over what was erased. How many events there are.
fn check_chain(
    dir: &Directory,
    manifest: &Manifest,
    tombstones: &Tombstones,
) -> Result<u64, BackupError> {
    let (mut position, mut events) = (Position::START, 0);
    for entry in dir.entries(&manifest.log) {
        let entry = entry?;
        let seq = entry.seq;
        if tombstones.chain_at(seq).is_some() {
            continue;
        }
        let unreadable = |source| ReadError::Undecodable { seq, source };
        let digest = entry.check().map_err(unreadable)?;
        let before = tombstones.cross(position, seq).map_err(ReadError::from)?;
        position =
            link(before, digest, entry.chain().map_err(unreadable)?).map_err(ReadError::from)?;
        events += 1;
    }
    if position == manifest.position {
        Ok(events)
    } else {
        let (last, told) = (position.seq, manifest.position.seq);
        let why = format!("says that the log ends at event {told}, and its files end at {last}");
        Err(crate::backup::damaged("manifest.json", why))
    }
}

impl Log {
    /// Removes what an earlier restore left that did not end; refuses anything else that is there.
    async fn clear_half_of_a_restore(&self) -> Result<(), RestoreError> {
        let jetstream = &self.main.jetstream;
        let config = stream::config(jetstream, &self.name).await.map_err(RestoreError::Server)?;
        let mut found = Vec::new();
        let (journal, mark) = (Journal::of(self), format!("KV_{}", self.bucket_name()));
        for beside in [journal.stream_name().as_str(), &self.keys_stream(), &mark] {
            if stream::is_there(jetstream, beside).await.map_err(RestoreError::Server)? {
                found.push(beside.to_owned());
            }
        }
        // The log itself comes last: as long as it is there, what stands beside it is known to be a
        // part of the half.
        if config.is_some() {
            found.push(self.name.to_string());
        }
        if !found.is_empty() && !config.as_ref().is_some_and(stream::is_half_restored) {
            return Err(RestoreError::NotEmpty(format!("stream {}", found.join(", "))));
        }
        for half in found {
            jetstream.delete_stream(half).await.map_err(server)?;
        }
        Ok(())
    }

    async fn write_positions(
        &self,
        dir: &Directory,
        manifest: &Manifest,
        tombstones: &Tombstones,
        told: &mut impl FnMut(RestoreStep),
    ) -> Result<(), RestoreError> {
        let mut publisher = Publisher::new(self);
        let mut positions = Positions::default();
        let mut holes = Vec::new();
        for entry in dir.entries(&manifest.log) {
            let entry = entry?;
            if tombstones.chain_at(entry.seq).is_some() {
                continue;
            }
            let seq = entry.seq;
            for message in positions.up_to(entry) {
                if let Message::Hole { seq, .. } = &message {
                    holes.push(*seq);
                }
                publisher.publish(message).await.map_err(RestoreError::Server)?;
            }
            told(RestoreStep::Written(seq));
        }
        publisher.finish().await.map_err(RestoreError::Server)?;
        for hole in holes {
            self.stream.delete_message(hole.0).await.map_err(server)?;
        }
        Ok(())
    }

    /// Reads the log to its end, and holds it against the backup.
    async fn read_back(
        &self,
        dir: &Directory,
        manifest: &Manifest,
        tombstones: &Tombstones,
        told: &mut impl FnMut(RestoreStep),
    ) -> Result<(), RestoreError> {
        let mut found = pin!(self.follow(Position::START));
        for expected in dir.entries(&manifest.log) {
            let expected = expected?;
            if tombstones.chain_at(expected.seq).is_some() {
                continue;
            }
            let next = tokio::time::timeout(READ_TIMEOUT, found.next()).await.map_err(server)?;
            let next = next.ok_or_else(|| RestoreError::Server("the log ends early".into()))?;
            if Line::of(&next.map_err(server)?) != Line::of(&expected) {
                return Err(RestoreError::Differs(expected.seq));
            }
            told(RestoreStep::ReadBack(expected.seq));
        }
        let end = self.end().await.map_err(server)?;
        if end == manifest.position.seq { Ok(()) } else { Err(RestoreError::Differs(end)) }
    }

    async fn restore_journal(
        &self,
        dir: &Directory,
        manifest: &Manifest,
    ) -> Result<u64, RestoreError> {
        if manifest.journal.is_empty() {
            return Ok(0);
        }
        let journal = Journal::open(self).await?;
        for (after, entry) in (0..).zip(dir.entries(&manifest.journal)) {
            let entry: Entry = entry?;
            let act = Journal::act_of(entry.subject()).unwrap_or("unknown");
            let written = journal.append(after, act, entry.body().to_vec()).await;
            let written = written.map_err(server)?;
            if written != entry.seq.0 {
                let why = format!("record {} of the journal came to {written}", entry.seq);
                return Err(RestoreError::Server(why.into()));
            }
        }
        Ok(manifest.journal_end())
    }
}

/// How long the next event may take when the log is read back.
const READ_TIMEOUT: Duration = REQUEST_TIMEOUT.saturating_mul(6);

fn server(cause: impl Into<Cause>) -> RestoreError {
    RestoreError::Server(cause.into())
}
