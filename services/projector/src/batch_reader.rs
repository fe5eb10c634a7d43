//! Reads the log ahead of the writer, in batches that may be written together.

use std::pin::Pin;

use events::{EventKind, Position, Recorded, Tenant, Undecodable, header};
use futures_util::{FutureExt, Stream, StreamExt};
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use crate::error::ProjectorError;
use crate::parking::Unreadable;
use eventlog::{Entry, ReadError};

/// The events of a transaction, apart from the rest of the decision that the last one is of.
pub(crate) const MAX_BATCH_EVENTS: usize = 1000;

/// How many batches are read ahead while one is written.
const BATCHES_AHEAD: usize = 2;

type Entries = Pin<Box<dyn Stream<Item = Result<Entry, ReadError>> + Send>>;

/// Whole decisions, one after the other.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Those that may change the read model.
    pub(crate) events: Vec<Recorded>,
    /// Those whose body cannot be read.
    pub(crate) unreadable: Vec<Unreadable>,
    /// How many were read, those included that change nothing.
    pub(crate) read: usize,
    /// Where the last one stands.
    pub(crate) end: Position,
    /// When the last one happened.
    pub(crate) ended_at: Timestamp,
}

impl Batch {
    fn followed_by(&mut self, next: Self) {
        self.events.extend(next.events);
        self.unreadable.extend(next.unreadable);
        self.read += next.read;
        (self.end, self.ended_at) = (next.end, next.ended_at);
    }
}

/// Reads and decodes events by a task of its own, while the batch before them is written: a rebuild
/// keeps a core here and one in Postgres busy.
pub(crate) struct BatchReader {
    batches: mpsc::Receiver<Result<Batch, ProjectorError>>,
    /// What ends the reading, once the events before it are written.
    fault: Option<ProjectorError>,
    _reader: AbortOnDropHandle<()>,
}

impl BatchReader {
    /// Reads `entries`; of those of the kinds `passed_over`, and of all tenants but `tenant` if there
    /// is one, only where they stand.
    pub(crate) fn new(
        entries: impl Stream<Item = Result<Entry, ReadError>> + Send + 'static,
        passed_over: &[EventKind],
        tenant: Option<&Tenant>,
    ) -> Self {
        let passed_over = passed_over.iter().map(|kind| format!("rollcall.{kind}")).collect();
        let subjects = tenant.map(|tenant| format!("prov.{tenant}."));
        let entries = Box::pin(entries);
        let mut assembler = BatchAssembler { entries, passed_over, subjects, fault: None };
        let (sender, batches) = mpsc::channel(BATCHES_AHEAD);
        let reading = tokio::spawn(async move {
            loop {
                let batch = assembler.next().await;
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
    pub(crate) async fn next(&mut self) -> Result<Batch, ProjectorError> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        let mut batch = self.batches.recv().await.expect("the reading task ends with an error")?;
        while batch.events.len() < MAX_BATCH_EVENTS
            && let Ok(next) = self.batches.try_recv()
        {
            match next {
                Ok(more) => batch.followed_by(more),
                Err(fault) => {
                    self.fault = Some(fault);
                    break;
                }
            }
        }
        Ok(batch)
    }
}

/// Puts the entries of the log together to whole decisions.
struct BatchAssembler {
    entries: Entries,
    /// The types of events that change nothing.
    passed_over: Vec<String>,
    /// How the subjects of the events begin that may change something; none: all may.
    subjects: Option<String>,
    /// What ends the reading, once the events before it are handed over.
    fault: Option<ProjectorError>,
}

impl BatchAssembler {
    async fn next(&mut self) -> Result<Batch, ProjectorError> {
        let (mut events, mut unreadable) = (Vec::new(), Vec::new());
        let mut read = 0;
        // What is left when the decision that was begun last is not there to its end.
        let mut whole: Option<(usize, usize, End)> = None;
        while self.fault.is_none() {
            let between = whole.as_ref().is_some_and(|(_, before, _)| *before == read);
            let next = if !between {
                self.entries.next().await
            } else if read >= MAX_BATCH_EVENTS {
                break;
            } else {
                let Some(next) = self.entries.next().now_or_never() else { break };
                next
            };
            // A stream of the log ends with an error, and with nothing else.
            let Some(next) = next else { break };
            let taken = next.map_err(ProjectorError::from).and_then(|entry| {
                let seq = entry.seq;
                let undecodable = |source| ProjectorError::Undecodable { seq, source };
                self.take(&entry, &mut events, &mut unreadable).map_err(undecodable)
            });
            match taken {
                Ok(end) => {
                    read += 1;
                    whole = end.map(|end| (events.len(), read, end)).or(whole);
                }
                Err(fault) => self.fault = Some(fault),
            }
        }
        let Some((known, read, End { position, at })) = whole else {
            return Err(self.fault.take().expect("a reading that ends has a reason"));
        };
        events.truncate(known);
        unreadable.retain(|event: &Unreadable| event.seq <= position.seq);
        Ok(Batch { events, unreadable, read, end: position, ended_at: at })
    }

    /// Decodes an entry, unless it changes nothing; says where a decision ends.
    fn take(
        &self,
        entry: &Entry,
        events: &mut Vec<Recorded>,
        unreadable: &mut Vec<Unreadable>,
    ) -> Result<Option<End>, Undecodable> {
        let kind = entry.header(header::TYPE);
        let passed_over = kind.is_some_and(|kind| self.passed_over.iter().any(|it| it == kind));
        let others = self.subjects.as_ref().is_some_and(|its| !entry.subject().starts_with(its));
        if !passed_over && !others {
            match entry.read() {
                Ok(event) => events.push(event),
                Err(why) => unreadable.push(Unreadable::of(entry, why)?),
            }
        }
        let end = || Ok(End { position: entry.position()?, at: entry.time()? });
        entry.commit.then(end).transpose()
    }
}

/// Where and when a decision ends.
struct End {
    position: Position,
    at: Timestamp,
}
