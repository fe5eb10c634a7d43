//! What a backup holds: which files, how far, and what each must say.

use events::{Digest, Position, Seq};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::line::Line;

/// The layout of the files.
pub(crate) const SCHEMA: &str = "rollcall.backup.v1";

/// The file that tells what belongs to the backup.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) schema: String,
    /// When the last run ended.
    pub(crate) made_at: Timestamp,
    /// How many runs there were.
    pub(crate) run: u64,
    /// The stream that was read.
    pub(crate) stream: String,
    /// Its settings, for people: a restored log gets those of the release that restores it.
    pub(crate) settings: Value,
    /// The last event.
    pub(crate) position: Position,
    /// The files of the log, in its order.
    pub(crate) log: Vec<BackupFile>,
    /// The files of the journal of operations, in its order.
    pub(crate) journal: Vec<BackupFile>,
    /// The file of the shared keys.
    pub(crate) keys: Option<BackupFile>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BackupFile {
    pub(crate) name: String,
    /// The first position that it covers; what an erasure names is not in it.
    pub(crate) first: Seq,
    pub(crate) last: Seq,
    /// So many lines.
    pub(crate) records: u64,
    pub(crate) bytes: u64,
    pub(crate) sha256: Digest,
}

impl Default for Manifest {
    fn default() -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            made_at: Timestamp::UNIX_EPOCH,
            run: 0,
            stream: String::new(),
            settings: Value::Null,
            position: Position::START,
            log: vec![],
            journal: vec![],
            keys: None,
        }
    }
}

impl Manifest {
    /// Every file that belongs to the backup.
    pub(crate) fn files(&self) -> impl Iterator<Item = &BackupFile> {
        self.log.iter().chain(&self.journal).chain(&self.keys)
    }

    /// The last record of the journal.
    pub(crate) fn journal_end(&self) -> u64 {
        self.journal.last().map_or(0, |file| file.last.0)
    }
}

/// A file that is being made.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) first: Seq,
    pub(crate) last: Seq,
    records: u64,
    pub(crate) text: Vec<u8>,
}

impl Segment {
    /// One that follows `after`.
    pub(crate) fn begin(after: Seq) -> Self {
        Self { first: after.next(), last: after, records: 0, text: Vec::new() }
    }

    pub(crate) fn push(&mut self, seq: Seq, line: &Line) {
        serde_json::to_writer(&mut self.text, line).expect("a line has string keys only");
        self.text.push(b'\n');
        self.last = seq;
        self.records += 1;
    }

    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    pub(crate) fn records(&self) -> u64 {
        self.records
    }
}
