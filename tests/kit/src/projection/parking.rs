//! The law of parking: whatever event cannot be applied, and for however long, once it was applied the
//! tables are those of a run in which nothing failed.

use std::sync::Arc;

use embedded::Nats;
use eventlog::{Log, LogOptions, seal};
use events::{Position, Recorded, Seq};
use projector::parked::{self, ParkedEvent, Which};
use projector::{Phase, Projection, ProjectionStatus, StatusHandle, project};
use proptest::sample::Index;
use tokio_util::sync::CancellationToken;

use super::read_model::{World, build, rows};
use crate::refusals::{mend, refuse};
use crate::wait::DEADLINE;

/// A nats-server and a database, in which each case of the law has a log and a slot of its own.
#[derive(Debug)]
pub struct ParkingWorld {
    nats: Nats,
    world: World,
    cases: std::cell::Cell<u32>,
    parked: std::cell::Cell<usize>,
}

impl ParkingWorld {
    /// Servers in which nothing has happened yet.
    ///
    /// # Panics
    ///
    /// If there are none to be had.
    #[expect(clippy::new_without_default, reason = "it starts servers")]
    pub fn new() -> Self {
        let nats = Nats::start_for_tests().expect("start nats-server");
        let (cases, parked) = (std::cell::Cell::default(), std::cell::Cell::default());
        Self { nats, world: World::new(), cases, parked }
    }

    /// How many events were parked so far.
    pub(super) fn parked(&self) -> usize {
        self.parked.get()
    }

    /// Has Postgres refuse all rows of something that an event of `log` is about, and the real loop go
    /// on; then Postgres takes them, and nothing may tell that it ever did not.
    pub(super) fn refusing_one<P: Projection>(&self, log: &[Recorded], index: Index) {
        let keys: Vec<_> = log.iter().flat_map(P::keys).collect();
        if keys.is_empty() {
            return;
        }
        // Its id, as rows have it.
        let refused = index.get(&keys).of.to_string();
        if let Some((_, refused)) = refused.split_once(' ') {
            self.refusing::<P>(log, refused);
        }
    }

    /// The same of rows in which `refused` stands; the events that could not be applied, once all else
    /// was.
    ///
    /// # Panics
    ///
    /// If something tells afterwards that they could not.
    pub fn refusing<P: Projection>(&self, log: &[Recorded], refused: &str) -> Vec<ParkedEvent> {
        self.cases.set(self.cases.get() + 1);
        let case = self.cases.get();
        let mut parked = Vec::new();
        self.world.run(async |client| {
            build::<P>(client, "in_order", log, 7).await;
            let expected = own_rows(client, "in_order").await;
            let slot = format!("case_{case}");
            let options = LogOptions {
                stream: format!("CASE_{case}").parse().expect("a name"),
                ..LogOptions::default()
            };
            let stream = Log::open(&self.nats.url(), options).await.expect("a log");
            let status = Arc::new(StatusHandle::default());
            let stop = CancellationToken::new();
            let database = self.world.database().clone();
            let projecting =
                project::<P>(stream.clone(), database.clone(), &slot, status.clone(), stop.clone());
            let watching = async {
                shows(&status, |now| now.phase == Phase::Working).await;
                refuse(client, &slot, refused, "23514").await;
                write(&stream, log).await;
                let end = Seq(log.len() as u64);
                shows(&status, |now| now.position >= end).await;
                let which = Which::default();
                let found = parked::list(database.pool(), &slot, &which, 1000).await;
                parked = found.expect("a list");
                mend(client, &slot).await;
                // Until nothing waits: one that was behind another may have failed in its turn.
                while !parked::retry(database.pool(), &slot, &which, 1000)
                    .await
                    .expect("an answer")
                    .is_empty()
                {
                    tokio::task::yield_now().await;
                }
                shows(&status, |now| now.parked.waiting == 0).await;
                stop.cancel();
            };
            let (projected, ()) = tokio::join!(Box::pin(projecting), Box::pin(watching));
            projected.expect("a projection that can be stopped");
            assert_eq!(own_rows(client, &slot).await, expected);
        });
        self.parked.set(self.parked.get() + parked.len());
        parked
    }
}

async fn shows(status: &StatusHandle, holds: impl FnMut(&ProjectionStatus) -> bool) {
    let mut changes = status.watch();
    let reached = tokio::time::timeout(DEADLINE, changes.wait_for(holds)).await;
    assert!(reached.is_ok(), "waited in vain: {:?}", status.current());
}

/// Each event is a decision of its own.
async fn write(stream: &Log, log: &[Recorded]) {
    let mut end = Position::START;
    for event in log {
        let sealed = seal(end, true, event.envelope.clone(), event.event.clone());
        let (sealed, recorded) = sealed.expect("is known");
        stream.append(end, &[sealed]).await.expect("append to the log");
        end = recorded.position();
    }
}

/// The rows of the projection's own tables.
async fn own_rows(client: &deadpool_postgres::Client, slot: &str) -> Vec<String> {
    let of_projector = ["checkpoint: ", "parked: ", "parked_keys: ", "structure: "];
    let all = rows(client, slot).await;
    all.into_iter().filter(|row| !of_projector.iter().any(|table| row.starts_with(table))).collect()
}
