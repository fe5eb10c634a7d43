//! The limits of the gateway: the same requests on a bare HTTP server, the same events on a bare
//! log. What we do on top cannot be faster than these.

use std::net::TcpListener;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use bytes::Bytes;
use embedded::Nats;
use eventlog::{Log, LogOptions, Sealed, ids, seal};
use events::{Envelope, EventId, Position, Recorded};
use futures_util::{StreamExt as _, TryStreamExt as _};
use tokio::time::interval;

use crate::client::Target;
use crate::load::Figure;
use crate::processor;

/// The name of the threads of all bare HTTP servers.
const THREAD: &str = "bare-http";

/// The processor time of bare HTTP servers until now.
pub(crate) fn processor_time() -> anyhow::Result<Duration> {
    processor::time("self", Some(THREAD))
}

/// A bare axum that has its answer ready, in threads of its own.
pub(crate) fn http(status: StatusCode, answer: Bytes) -> anyhow::Result<Target> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let url = format!("http://{}", listener.local_addr()?);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().thread_name(THREAD).enable_all().build()?;
    // It ends with the process.
    thread::spawn(move || {
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let answer = async move |_: Bytes| (status, answer);
            axum::serve(listener, Router::new().fallback(answer)).await
        })
    });
    Ok(Target::new(&url, "none"))
}

/// A log on a server of its own, to which nothing but appends happens.
pub(crate) struct BareLog {
    log: Log,
    position: Position,
    _server: Nats,
}

impl BareLog {
    pub(crate) async fn start(dir: &Path) -> anyhow::Result<Self> {
        let server = Nats::start(dir)?;
        let log = Log::open(&server.url(), LogOptions::default()).await?;
        Ok(Self { log, position: Position::START, _server: server })
    }

    /// Adds a stretch of `time` in which copies of `event` are appended, `at_once` in each batch.
    /// The latency is one event's: that of its whole batch.
    pub(crate) async fn add_load(
        &mut self,
        figure: &mut Figure,
        event: &Recorded,
        at_once: usize,
        time: Duration,
    ) -> anyhow::Result<()> {
        let mut latencies = Vec::new();
        let mut appending = Duration::ZERO;
        while appending < time {
            let took = self.append(event, at_once).await?;
            latencies.extend(std::iter::repeat_n(took, at_once));
            appending += took;
        }
        figure.add(appending, latencies);
        Ok(())
    }

    /// Appends copies of `event`, `rate` a second for `time`: how long after its acknowledgement
    /// each came to somebody who follows the log. Zero, if it came before.
    pub(crate) async fn until_delivered(
        &mut self,
        event: &Recorded,
        rate: u32,
        time: Duration,
    ) -> anyhow::Result<Vec<Duration>> {
        let count = usize::try_from(time.as_secs() * u64::from(rate))?;
        let entries = self.log.follow(self.position).take(count);
        let follower =
            tokio::spawn(entries.map(|entry| entry.map(|_| Instant::now())).try_collect());
        let mut ticks = interval(Duration::from_secs(1) / rate);
        let mut acknowledged = Vec::new();
        for _ in 0..count {
            ticks.tick().await;
            self.append(event, 1).await?;
            acknowledged.push(Instant::now());
        }
        let delivered: Vec<Instant> = follower.await??;
        let pairs = delivered.iter().zip(&acknowledged);
        Ok(pairs.map(|(came, told)| came.saturating_duration_since(*told)).collect())
    }

    /// Appends so many copies of `event` as one batch; how long that took, without making them.
    pub(crate) async fn append(
        &mut self,
        event: &Recorded,
        at_once: usize,
    ) -> anyhow::Result<Duration> {
        let (batch, end) = copies(event, self.position, at_once);
        let asked = Instant::now();
        self.log.append(self.position, &batch).await?;
        self.position = end;
        Ok(asked.elapsed())
    }
}

fn copies(event: &Recorded, after: Position, count: usize) -> (Vec<Sealed>, Position) {
    let mut position = after;
    let sealed = (1..=count).map(|number| {
        let envelope = Envelope { id: EventId(ids::uuid_v7()), ..event.envelope.clone() };
        let (sealed, recorded) = seal(position, number == count, envelope, event.event.clone())
            .expect("an event of this release");
        position = recorded.position();
        sealed
    });
    (sealed.collect(), position)
}
