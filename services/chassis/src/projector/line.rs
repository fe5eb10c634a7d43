//! Events on their way into a read model, in batches that may be written together.

use std::pin::Pin;

use events::Recorded;
use futures_util::{FutureExt, Stream, StreamExt};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::ProjectorError;
use crate::{Entry, ReadError};

/// The events of a transaction, apart from the rest of the decision that the last one is of.
pub(super) const BATCH: usize = 1000;

/// How many batches are read ahead while one is written.
const AHEAD: usize = 2;

type Entries = Pin<Box<dyn Stream<Item = Result<Entry, ReadError>> + Send>>;

/// Where the events come in. They are read and decoded by a task of its own, while the batch before
/// them is written: a rebuild keeps a core here and one in Postgres busy.
pub(super) struct Line {
    batches: mpsc::Receiver<Result<Vec<Recorded>, ProjectorError>>,
    /// What stopped the line, once the events before it are written.
    fault: Option<ProjectorError>,
    _reader: AbortOnDropHandle<()>,
}

impl Line {
    pub(super) fn new(
        entries: impl Stream<Item = Result<Entry, ReadError>> + Send + 'static,
    ) -> Self {
        let mut reader = Reader { entries: Box::pin(entries), fault: None };
        let (sender, batches) = mpsc::channel(AHEAD);
        let reading = tokio::spawn(async move {
            loop {
                let batch = reader.next().await;
                let last = batch.is_err();
                if sender.send(batch).await.is_err() || last {
                    return;
                }
            }
        });
        Self { batches, fault: None, _reader: AbortOnDropHandle::new(reading) }
    }

    /// Waits for an event, and takes all others that are there already. The batch ends where a
    /// decision ends.
    pub(super) async fn next(&mut self) -> Result<Vec<Recorded>, ProjectorError> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        let mut batch = self.batches.recv().await.expect("a line ends with an error")?;
        while batch.len() < BATCH
            && let Ok(next) = self.batches.try_recv()
        {
            match next {
                Ok(more) => batch.extend(more),
                Err(fault) => {
                    self.fault = Some(fault);
                    break;
                }
            }
        }
        Ok(batch)
    }
}

struct Reader {
    entries: Entries,
    /// What stopped the reader, once the events before it are on their way.
    fault: Option<ProjectorError>,
}

impl Reader {
    async fn next(&mut self) -> Result<Vec<Recorded>, ProjectorError> {
        let mut batch: Vec<Recorded> = Vec::new();
        while self.fault.is_none() {
            let open = batch.last().is_none_or(|last| !last.commit);
            let next = if open {
                self.entries.next().await
            } else if batch.len() >= BATCH {
                break;
            } else {
                let Some(next) = self.entries.next().now_or_never() else { break };
                next
            };
            // A stream of the log ends with an error, and with nothing else.
            let Some(next) = next else { break };
            match next.map_err(ProjectorError::from).and_then(|entry| decoded(&entry)) {
                Ok(event) => batch.push(event),
                Err(fault) => self.fault = Some(fault),
            }
        }
        let whole = batch.iter().rposition(|event| event.commit).map_or(0, |last| last + 1);
        batch.truncate(whole);
        match self.fault.take_if(|_| batch.is_empty()) {
            Some(fault) => Err(fault),
            None => Ok(batch),
        }
    }
}

fn decoded(entry: &Entry) -> Result<Recorded, ProjectorError> {
    entry.read().map_err(|source| ProjectorError::Undecodable { seq: entry.seq, source })
}
