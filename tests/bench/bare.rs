//! The limits: the same requests on a bare HTTP server, the same events on a bare log, the same
//! row in a bare table. What we do on top cannot be faster than these.

use std::net::TcpListener;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use axum::Router;
use axum::http::StatusCode;
use bytes::Bytes;
use chassis::{Log, LogOptions, Sealed, fresh, seal};
use embedded::Nats;
use events::{Envelope, EventId, Position, Recorded};
use tokio_postgres::NoTls;
use uuid::Uuid;

use crate::client::Target;
use crate::load::{Figure, percentile};

/// A bare axum that has its answer ready, in threads of its own.
pub(crate) fn http(status: StatusCode, answer: Bytes) -> anyhow::Result<Target> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let url = format!("http://{}", listener.local_addr()?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
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
        let mut sealing = Duration::ZERO;
        let started = Instant::now();
        while started.elapsed() < time + sealing {
            let asked = Instant::now();
            let (batch, end) = copies(event, self.position, at_once);
            sealing += asked.elapsed();
            let asked = Instant::now();
            self.log.append(self.position, &batch).await?;
            latencies.extend(std::iter::repeat_n(asked.elapsed(), at_once));
            self.position = end;
        }
        figure.add(started + sealing, latencies);
        Ok(())
    }
}

fn copies(event: &Recorded, after: Position, count: usize) -> (Vec<Sealed>, Position) {
    let mut position = after;
    let sealed = (1..=count).map(|number| {
        let envelope = Envelope { id: EventId(fresh::uuid_v7()), ..event.envelope.clone() };
        let (sealed, recorded) = seal(position, number == count, envelope, event.event.clone())
            .expect("an event of this release");
        position = recorded.position();
        sealed
    });
    (sealed.collect(), position)
}

/// How long it takes to write one employee's row, and nothing else, durably.
pub(crate) async fn upsert(
    database_url: &str,
    tenant: &str,
    employee: Uuid,
    times: usize,
) -> anyhow::Result<Duration> {
    let (client, connection) = tokio_postgres::connect(database_url, NoTls).await?;
    let connection = tokio::spawn(connection);
    client
        .batch_execute(
            "CREATE SCHEMA bare; CREATE TABLE bare.employees (LIKE directory.employees INCLUDING ALL)",
        )
        .await
        .context("make a bare table")?;
    let upsert = client
        .prepare(
            "INSERT INTO bare.employees
             SELECT * FROM directory.employees WHERE tenant = $1 AND employee = $2
             ON CONFLICT (tenant, employee)
             DO UPDATE SET profile = excluded.profile, seq = excluded.seq + 1",
        )
        .await?;
    let mut took = Vec::new();
    for _ in 0..times {
        let asked = Instant::now();
        client.execute(&upsert, &[&tenant, &employee]).await?;
        took.push(asked.elapsed());
    }
    client.batch_execute("DROP SCHEMA bare CASCADE").await?;
    drop(client);
    connection.await??;
    Ok(percentile(took, 50))
}
