//! Records what clients asked, beside the log, for whoever looks for a mistake.
//!
//! A request never waits for its record: it leaves a [`Draft`] in a bounded queue, and one task makes a
//! record of it. What finds no room is counted, and so is what there is no budget for: of reads that were
//! answered well a few a second tell enough.

mod budget;
mod draft;
mod note;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use access::WriteAccess;
use cipher::Cipher;
use eventlog::{Log, RequestLog, RequestRetention};
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use budget::Budgets;
use draft::Draft;
use note::Answered;
pub(crate) use note::{Led, Note, Refused};

/// The shared key under which contents are sealed and names are tagged.
pub(crate) const KEY: &str = "requests";

/// How many drafts may wait. With a body in each they hold 16 MiB.
const WAITING: usize = 1024;
/// The records of all tenants may have so many bytes.
const MAX_BYTES: u32 = 256 << 20;
/// Between two looks at what waits. A task that is woken for each request, and each time writes to NATS, costs more
/// than the records themselves.
const LOOK_INTERVAL: Duration = Duration::from_millis(20);
/// Until the stream is looked for again.
const RETRY_DELAY: Duration = Duration::from_secs(10);

/// Where requests are recorded, if they are.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    queue: Option<mpsc::Sender<Draft>>,
    budgets: Budgets,
    counts: Counts,
}

/// What became of requests that were to be recorded.
#[derive(Debug, Default)]
struct Counts {
    recorded: AtomicU64,
    passed_over: AtomicU64,
    dropped: AtomicU64,
}

/// The work of recording: to be run.
#[derive(Debug)]
pub(crate) struct Recording {
    drafts: mpsc::Receiver<Draft>,
    retention: RequestRetention,
    cipher: Cipher,
}

impl Recorder {
    /// A recorder that keeps requests for so long, and its work.
    pub(crate) fn new(max_age: Duration, key: &[u8; 32]) -> (Self, Recording) {
        let (queue, drafts) = mpsc::channel(WAITING);
        let retention = RequestRetention { max_age, max_bytes: MAX_BYTES };
        let recorder = Self { queue: Some(queue), ..Self::default() };
        (recorder, Recording { drafts, retention, cipher: Cipher::new(key) })
    }

    /// Whether requests are recorded.
    pub(crate) fn is_on(&self) -> bool {
        self.queue.is_some()
    }

    /// Records a request, if its tenant is known and there is room.
    pub(crate) fn record(&self, note: &Note, answered: &Answered<'_>) {
        let (Some(queue), Some(tenant)) = (&self.queue, note.tenant()) else { return };
        let routine = answered.is_routine(note);
        if !self.budgets.take(tenant, routine) {
            self.counts.passed_over.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let Ok(room) = queue.try_reserve() else {
            self.counts.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        };
        if let Some(draft) = Draft::of(note, answered) {
            room.send(draft);
        }
    }

    /// How many requests were recorded, passed over since there was no budget for them, and dropped.
    pub(crate) fn counts(&self) -> [(&'static str, u64); 3] {
        let Counts { recorded, passed_over, dropped } = &self.counts;
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        [("recorded", of(recorded)), ("passed-over", of(passed_over)), ("dropped", of(dropped))]
    }
}

impl Recording {
    /// Records until `stop`, and then what waits still.
    pub(crate) async fn run(
        mut self,
        recorder: &Recorder,
        access: &WriteAccess,
        log: &Log,
        stop: &CancellationToken,
    ) {
        let Some(stream) = Box::pin(self.open(recorder, log, stop)).await else { return };
        let mut drafts = Vec::new();
        loop {
            let waited = self.drafts.recv_many(&mut drafts, WAITING);
            let stopped = match stop.run_until_cancelled(waited).await {
                Some(0) => return,
                Some(_) => false,
                None => {
                    drafts.extend(std::iter::from_fn(|| self.drafts.try_recv().ok()));
                    true
                }
            };
            let roster = access.writer().roster();
            for draft in drafts.drain(..) {
                let (subject, body) = draft.finish(&roster, &self.cipher);
                // The client would hold it back until there is a connection again.
                let sent = stream.is_connected() && stream.record(&subject, body).await.is_ok();
                let counts = &recorder.counts;
                let count = if sent { &counts.recorded } else { &counts.dropped };
                count.fetch_add(1, Ordering::Relaxed);
            }
            if stopped {
                return;
            }
            stop.run_until_cancelled(sleep(LOOK_INTERVAL)).await;
        }
    }

    /// Opens the stream, again and again: nothing else depends on it.
    async fn open(
        &mut self,
        recorder: &Recorder,
        log: &Log,
        stop: &CancellationToken,
    ) -> Option<Arc<RequestLog>> {
        let mut told = false;
        loop {
            let opening = Box::pin(RequestLog::open(log, self.retention));
            match stop.run_until_cancelled(opening).await? {
                Ok(stream) => return Some(Arc::new(stream)),
                Err(error) if !told && log.is_connected() => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "cannot record requests; trying until it works");
                    told = true;
                }
                Err(_) => {}
            }
            while self.drafts.try_recv().is_ok() {
                recorder.counts.dropped.fetch_add(1, Ordering::Relaxed);
            }
            stop.run_until_cancelled(sleep(RETRY_DELAY)).await?;
        }
    }
}
