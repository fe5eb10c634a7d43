//! Opening the log, if it is the one that it should be.

use std::sync::Arc;
use std::time::Duration;

use events::Position;
use tokio::time::Instant;

use crate::access::{Access, Server};
use crate::connection::{Connection, Purpose, REQUEST_TIMEOUT};
use crate::continuity::{Evidence, Loss};
use crate::error::{Break, LogError, ReadError};
use crate::log::Log;
use crate::stream;
use crate::stream_name::StreamName;

/// How to open the log.
#[derive(Clone, Debug)]
pub struct LogOptions {
    /// The stream that holds the log.
    pub stream: StreamName,
    /// What a client needs to get into the server, beside its URL.
    pub access: Access,
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
    /// It is accepted as it is, and the high-water mark is set back to it: for writers.
    GiveUp,
    /// It is opened if its high-water mark misses nothing, though a read model knows more: for
    /// building that read model anew.
    BuildAnew,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self {
            stream: StreamName::default(),
            access: Access::default(),
            replicas: 1,
            patience: Duration::from_secs(10),
            evidence: vec![],
            lost: LostEvents::Refuse,
        }
    }
}

impl Log {
    /// Connects to the log, and makes its stream when there is none yet and never was one.
    ///
    /// A log that does not agree with the mark beside it, or with the evidence in `options`, has
    /// lost events: it is an error that says which, unless the options accept that.
    pub async fn open(nats_url: &str, options: LogOptions) -> Result<Self, LogError> {
        let deadline = Instant::now() + options.patience;
        let (log, exists) = Self::connect(nats_url, &options, deadline).await?;
        let marks = log.recorded_evidence_by(deadline).await?;
        let evidence = match options.lost {
            // What only a read model knows does not count: the caller builds it anew.
            LostEvents::BuildAnew => marks,
            LostEvents::Refuse | LostEvents::GiveUp => [options.evidence.clone(), marks].concat(),
        };
        let lost = log.confirm_continuity(&evidence).await?;
        if let Err(loss) = &lost {
            if options.lost != LostEvents::GiveUp || !loss.can_be_accepted() {
                log.report_most_that_is_missing(options.evidence).await;
                return Err(loss.clone().into());
            }
            for discrepancy in &loss.0 {
                tracing::warn!(%discrepancy, "lost events are given up, as --accept-lost-events says");
            }
        } else if options.lost == LostEvents::GiveUp {
            tracing::warn!("the log has lost nothing; start without --accept-lost-events");
        }
        if !exists {
            stream::create(&log.main.jetstream, &log.name, options.replicas, deadline).await?;
        }
        if let Err(loss) = lost {
            log.accept_loss(&loss).await?;
        }
        Ok(log)
    }

    /// Connects to the log to read it: makes nothing, and does not compare it with anything.
    pub async fn open_read_only(nats_url: &str, options: &LogOptions) -> Result<Self, LogError> {
        let deadline = Instant::now() + options.patience;
        let (log, _) = Self::connect(nats_url, options, deadline).await?;
        Ok(log)
    }

    /// A connection to a log that may or may not exist, and whether it does.
    async fn connect(
        nats_url: &str,
        options: &LogOptions,
        deadline: Instant,
    ) -> Result<(Self, bool), LogError> {
        let log = Self::connect_only(nats_url, options, deadline).await?;
        let exists = stream::exists(&log.main.jetstream, &log.name, deadline).await?;
        Ok((log, exists))
    }

    /// A connection to a log of which nothing is known.
    pub(crate) async fn connect_only(
        nats_url: &str,
        options: &LogOptions,
        deadline: Instant,
    ) -> Result<Self, LogError> {
        let server = Server { url: nats_url.to_owned(), access: options.access.clone() };
        let main = Connection::open(&server, Purpose::Appending, deadline).await?;
        if !main.client.is_server_compatible(2, 12, 0) {
            return Err(LogError::OldServer { found: main.client.server_info().version });
        }
        let name = options.stream.clone();
        let found = main.jetstream.get_stream_no_info(name.as_str()).await;
        let stream = found
            .map_err(|error| LogError::Stream { stream: name.clone(), source: error.into() })?;
        let (server, replicas) = (Arc::new(server), options.replicas);
        Ok(Self { main, stream, name, server, replicas, erasures: Arc::default() })
    }

    /// Reports the last event that is known and that the log does not hold. A store that was put
    /// back whole brought its own mark along, so that a gateway without a snapshot would go on
    /// writing if nothing were reported.
    async fn report_most_that_is_missing(&self, mut known: Vec<Evidence>) {
        known.sort_by_key(|evidence| std::cmp::Reverse(evidence.position.seq));
        let told = async {
            for Evidence { witness, position, created } in known {
                let known = Evidence { witness: witness.clone(), position, created };
                if !self.check_continuity(&[known]).await?.is_empty() {
                    return self.report_missing(witness, position, false).await;
                }
            }
            Ok(())
        };
        if let Ok(Err(error)) = tokio::time::timeout(REQUEST_TIMEOUT, told).await {
            let error = &*error as &dyn std::error::Error;
            tracing::warn!(error, "cannot report what is missing in the log");
        }
    }

    /// What the bucket tells, once the server answers: it may be without a leader for a moment.
    async fn recorded_evidence_by(&self, deadline: Instant) -> Result<Vec<Evidence>, ReadError> {
        loop {
            match self.recorded_evidence().await {
                Err(ReadError::Unavailable(_)) if Instant::now() < deadline => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                outcome => return outcome,
            }
        }
    }

    /// Notes that what is missing is missed no longer.
    async fn accept_loss(&self, loss: &Loss) -> Result<(), LogError> {
        let known = loss.0.iter().filter_map(|d| d.evidence()).map(|e| e.position.seq);
        let given_up = known.max().unwrap_or_default();
        let extent = self.extent().await?.ok_or(ReadError::from(Break::NoStream))?;
        let end = match self.get(extent.last).await? {
            Some(entry) => entry
                .position()
                .map_err(|source| ReadError::Undecodable { seq: extent.last, source })?,
            None => Position::START,
        };
        tracing::warn!(end = end.seq.0, given_up = given_up.0, "the log is taken as it is");
        let reset = self.reset_mark(extent.created, end, given_up).await;
        reset.map_err(|source| LogError::Mark { bucket: self.bucket_name(), source })
    }
}
