//! Opening the log, if it is the one that it should be.

use std::time::Duration;

use events::Position;
use tokio::time::Instant;

use crate::Cause;
use crate::connection::{Connection, Purpose};
use crate::continuity::{Evidence, Loss};
use crate::{ANSWER, Log, ReadError, stream};

/// How to open the log.
#[derive(Clone, Debug)]
pub struct LogOptions {
    /// How many servers keep a copy of a log that is made now: 1, or 3 on a cluster.
    pub replicas: usize,
    /// How long to wait for servers that are only just starting.
    pub patience: Duration,
    /// What is known of the log beside the mark that is kept with it. A log that does not agree
    /// with it is not opened.
    pub evidence: Vec<Evidence>,
    /// What becomes of a log that has lost events.
    pub lost: LostEvents,
}

/// What becomes of a log that has lost events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LostEvents {
    /// It is not opened.
    #[default]
    Refuse,
    /// It is taken as it is, and nobody misses any more what is missing: for who writes to it.
    GiveUp,
    /// It is opened although the evidence knows more, if who writes to it misses nothing: for who
    /// then builds anew what that evidence is about.
    BuildAnew,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self {
            replicas: 1,
            patience: Duration::from_secs(10),
            evidence: vec![],
            lost: LostEvents::Refuse,
        }
    }
}

/// Why the log cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("connect to NATS at {url}; is nats-server running there?")]
    Connect { url: String, source: Cause },
    #[error("nats-server {found} cannot write several events at once; install 2.12 or later")]
    OldServer { found: String },
    #[error("set up stream {name}; is JetStream enabled on the server?", name = stream::NAME)]
    Stream(#[source] Cause),
    #[error("stream {name} would lose events: {0}; correct its settings", name = stream::NAME)]
    Lossy(String),
    #[error(transparent)]
    Lost(#[from] Loss),
    #[error("hold the log against what is known of it")]
    Compare(#[from] ReadError),
    #[error("set the mark in bucket {bucket} to where the log ends", bucket = crate::mark::BUCKET)]
    Mark(#[source] Cause),
}

impl Log {
    /// Connects to the log, and makes its stream when there is none yet and never was one.
    ///
    /// A log that does not agree with the mark beside it, or with the evidence in `options`, has
    /// lost events: it is an error that says which, unless the options accept that.
    pub async fn open(nats_url: &str, options: LogOptions) -> Result<Self, LogError> {
        let deadline = Instant::now() + options.patience;
        let (log, exists) = Self::connected(nats_url, options.replicas, deadline).await?;
        let marks = log.marks_by(deadline).await?;
        let evidence = match options.lost {
            // What a read model alone knows is the caller's to build anew.
            LostEvents::BuildAnew => marks,
            LostEvents::Refuse | LostEvents::GiveUp => [options.evidence.clone(), marks].concat(),
        };
        let lost = log.insist(&evidence).await?;
        if let Err(loss) = &lost {
            if options.lost != LostEvents::GiveUp || !loss.can_be_accepted() {
                log.tell_of(options.evidence).await;
                return Err(loss.clone().into());
            }
            for discrepancy in &loss.0 {
                tracing::warn!(%discrepancy, "lost events are given up, as --accept-lost-events says");
            }
        } else if options.lost == LostEvents::GiveUp {
            tracing::warn!("the log has lost nothing; start without --accept-lost-events");
        }
        if !exists {
            stream::make(&log.main.jetstream, options.replicas, deadline).await?;
        }
        if let Err(loss) = lost {
            log.take_as_it_is(&loss).await?;
        }
        Ok(log)
    }

    /// Connects to the log to look at it: makes nothing, and says nothing of what is missing.
    pub async fn open_to_look(nats_url: &str, patience: Duration) -> Result<Self, LogError> {
        let (log, _) = Self::connected(nats_url, 1, Instant::now() + patience).await?;
        Ok(log)
    }

    /// A connection to a log that may or may not exist, and whether it does.
    async fn connected(
        nats_url: &str,
        replicas: usize,
        deadline: Instant,
    ) -> Result<(Self, bool), LogError> {
        let main = Connection::open(nats_url, Purpose::Appending, deadline).await?;
        if !main.client.is_server_compatible(2, 12, 0) {
            return Err(LogError::OldServer { found: main.client.server_info().version });
        }
        let exists = stream::found(&main.jetstream, deadline).await?;
        let stream = main.jetstream.get_stream_no_info(stream::NAME).await;
        let stream = stream.map_err(|error| LogError::Stream(error.into()))?;
        Ok((Self { main, stream, url: nats_url.into(), replicas }, exists))
    }

    /// Leaves word of the most that is known and that the log does not hold. A store that was put
    /// back whole brought its own mark along, so that a gateway without a snapshot would go on
    /// writing if nobody told it.
    async fn tell_of(&self, mut known: Vec<Evidence>) {
        known.sort_by_key(|evidence| std::cmp::Reverse(evidence.position.seq));
        let told = async {
            for Evidence { witness, position, created } in known {
                let known = Evidence { witness: witness.clone(), position, created };
                if !self.examine(&[known]).await?.is_empty() {
                    return self.leave_word(witness, position, false).await;
                }
            }
            Ok(())
        };
        if let Ok(Err(error)) = tokio::time::timeout(ANSWER, told).await {
            let error = &*error as &dyn std::error::Error;
            tracing::warn!(error, "cannot leave word of what is missing in the log");
        }
    }

    /// The marks, once the server tells them: their bucket may be without a leader for a moment.
    async fn marks_by(&self, deadline: Instant) -> Result<Vec<Evidence>, ReadError> {
        loop {
            match self.marks().await {
                Err(ReadError::Unavailable(_)) if Instant::now() < deadline => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                outcome => return outcome,
            }
        }
    }

    /// Notes that what is missing is missed no longer.
    async fn take_as_it_is(&self, loss: &Loss) -> Result<(), LogError> {
        let known = loss.0.iter().filter_map(|d| d.evidence()).map(|e| e.position.seq);
        let given_up = known.max().unwrap_or_default();
        let extent = self.extent().await?.ok_or(ReadError::from(crate::Break::NoStream))?;
        let end = match self.get(extent.last).await? {
            Some(entry) => entry
                .position()
                .map_err(|source| ReadError::Undecodable { seq: extent.last, source })?,
            None => Position::START,
        };
        tracing::warn!(end = end.seq.0, given_up = given_up.0, "the log is taken as it is");
        self.reset_mark(extent.created, end, given_up).await.map_err(LogError::Mark)
    }
}
