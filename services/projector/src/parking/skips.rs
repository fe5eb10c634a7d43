//! Events that operators decided to pass over: an act in the journal, which every slot honours.

use std::collections::BTreeSet;
use std::time::Duration;

use acts::{Record, Skips};
use eventlog::{Journal, Log};
use events::Seq;
use tokio::time::Instant;

use crate::error::ProjectorError;

/// How often the journal is asked whether there is more in it.
const ASK_INTERVAL: Duration = Duration::from_secs(1);

/// What the journal tells of events that a projection passes over.
#[derive(Debug)]
pub(crate) struct PassedOver {
    journal: Journal,
    projection: &'static str,
    /// The last record that was read.
    read: u64,
    skips: Skips,
    seqs: BTreeSet<Seq>,
    ask_at: Instant,
}

impl PassedOver {
    /// What there is now.
    pub(crate) async fn of(log: &Log, projection: &'static str) -> Result<Self, ProjectorError> {
        let journal = Journal::of(log);
        let (skips, seqs, ask_at) = (Skips::default(), BTreeSet::new(), Instant::now());
        let mut passed = Self { journal, projection, read: 0, skips, seqs, ask_at };
        passed.ask().await?;
        Ok(passed)
    }

    /// Reads on, if it is time to; `true` if there are more events to pass over.
    pub(crate) async fn ask(&mut self) -> Result<bool, ProjectorError> {
        if Instant::now() < self.ask_at {
            return Ok(false);
        }
        self.ask_at = Instant::now() + ASK_INTERVAL;
        for record in self.journal.read_after(self.read).await? {
            self.read = record.seq;
            match Record::read(record.seq, &record.body) {
                Ok(acted) => self.skips.apply(&acted),
                // Rather an event waits that might be passed over than the other way about.
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "a record of the journal is passed over");
                }
            }
        }
        let seqs = self.skips.of(self.projection);
        let more = seqs.len() > self.seqs.len();
        self.seqs = seqs;
        Ok(more)
    }

    pub(crate) fn contains(&self, seq: Seq) -> bool {
        self.seqs.contains(&seq)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.seqs.is_empty()
    }

    pub(crate) fn seqs(&self) -> Vec<Seq> {
        self.seqs.iter().copied().collect()
    }
}
