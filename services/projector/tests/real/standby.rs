//! Two instances of one projection.

use std::time::{Duration, Instant};

use deadpool_postgres::Transaction;
use events::{EventKind, Recorded};
use projector::{OrderKey, Phase, Projection};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::process::written;
use crate::tally::{Tally, assert_tallied};
use crate::worker::Worker;
use kit::log_writer::Writer;
use kit::servers::{database, log, nats};

#[tokio::test(flavor = "multi_thread")]
async fn one_works_and_the_other_takes_over_when_it_dies() {
    let (nats, database) = (nats().await, database().await);
    let mut writer = Writer::new(log(&nats.url()).await);
    let mut working = Worker::start::<Tally>(&log(&nats.url()).await, &database, "tally");
    working.stands(|phase| *phase == Phase::Working).await;
    for _ in 0..3 {
        let waiting = Worker::start::<Tally>(&log(&nats.url()).await, &database, "tally");
        waiting.stands(|phase| *phase == Phase::StandingBy).await;
        assert!(waiting.status.check().is_ok(), "to stand by is to be ready");
        writer.write(20).await;
        writer.write(1).await;
        working.reaches(writer.position.seq).await;
        assert_eq!(waiting.status.current().phase, Phase::StandingBy);
        working.task.abort();
        let died = Instant::now();
        writer.write(2).await;
        waiting.reaches(writer.position.seq).await;
        assert!(died.elapsed() < Duration::from_mins(1), "{:?}", died.elapsed());
        working = waiting;
    }
    assert_tallied(&database, "tally", &writer.said).await;
}

/// A tally whose worker falls asleep in the midst of a batch, as a machine does that is stopped.
struct SleepyTally;

/// Whether it sleeps: it needs a permit to go on, once there is one less than this.
static AWAKE: Semaphore = Semaphore::const_new(1);

impl Projection for SleepyTally {
    const NAME: &'static str = Tally::NAME;
    const PASSED_OVER: &'static [EventKind] = Tally::PASSED_OVER;
    const TABLES: &'static str = Tally::TABLES;
    const RULES: &'static str = Tally::RULES;
    type Change = Uuid;

    fn project(event: &Recorded) -> Vec<Uuid> {
        Tally::project(event)
    }

    fn keys(event: &Recorded) -> Vec<OrderKey> {
        Tally::keys(event)
    }

    async fn write(tx: &Transaction<'_>, teams: Vec<Uuid>) -> Result<(), tokio_postgres::Error> {
        let awake = AWAKE.acquire().await;
        drop(awake);
        Tally::write(tx, teams).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sleeps_past_its_lease_is_replaced_and_what_it_writes_then_is_refused() {
    let (nats, database, mut writer) = written(5).await;
    let sleeper = Worker::start::<SleepyTally>(&log(&nats.url()).await, &database, "tally");
    sleeper.reaches(writer.position.seq).await;
    let other = Worker::start::<Tally>(&log(&nats.url()).await, &database, "tally");
    other.stands(|phase| *phase == Phase::StandingBy).await;
    // It falls asleep in a transaction, which locks the checkpoint.
    let asleep = AWAKE.acquire().await.expect("it is open");
    writer.write(5).await;
    let slept = Instant::now();
    other.reaches(writer.position.seq).await;
    assert!(slept.elapsed() > Duration::from_secs(10), "it was given time: {:?}", slept.elapsed());
    assert_eq!(sleeper.status.current().phase, Phase::Working, "it does not know of it");
    // It wakes, and goes on where it was.
    drop(asleep);
    sleeper.stands(|phase| *phase == Phase::StandingBy).await;
    writer.write(5).await;
    other.reaches(writer.position.seq).await;
    assert_tallied(&database, "tally", &writer.said).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_holds_an_old_token_writes_nothing() {
    let (_nats, database, mut writer) = written(5).await;
    let worker = Worker::start::<Tally>(&writer.log, &database, "tally");
    worker.reaches(writer.position.seq).await;
    // Somebody took the lease, though its session lives.
    let client = database.pool().get().await.expect("a connection");
    let raised = "UPDATE tally.checkpoint SET token = token + 1 RETURNING token";
    let raised: i64 = client.query_one(raised, &[]).await.expect("it is raised").get(0);
    writer.write(5).await;
    worker.reaches(writer.position.seq).await;
    let token =
        client.query_one("SELECT token FROM tally.checkpoint", &[]).await.expect("it is there");
    assert!(token.get::<_, i64>(0) > raised, "it had to take the lease again");
    assert_tallied(&database, "tally", &writer.said).await;
}
