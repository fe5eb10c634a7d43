//! Indexes that only readers use.

use std::collections::BTreeSet;

use deadpool_postgres::Transaction;
use events::{EventKind, Recorded};
use projector::{Database, OrderKey, Projection, SlotRole};

use crate::tally::Tally;
use crate::worker::Worker;
use kit::log_writer::Writer;
use kit::servers::{database, log, nats, until};

/// Notes with every event whether there was an index.
struct Indexed;

impl Projection for Indexed {
    const NAME: &'static str = "indexed";
    const PASSED_OVER: &'static [EventKind] = &[];
    const TABLES: &'static str = "CREATE TABLE written (seq bigint, with_index boolean)";
    const INDEXES: &'static str = "CREATE INDEX IF NOT EXISTS by_seq ON written (seq)";
    const RULES: &'static str = "note";
    type Change = i64;

    fn project(event: &Recorded) -> Vec<i64> {
        vec![event.seq.0.cast_signed()]
    }

    fn keys(event: &Recorded) -> Vec<OrderKey> {
        Tally::keys(event)
    }

    async fn write(tx: &Transaction<'_>, seqs: Vec<i64>) -> Result<(), tokio_postgres::Error> {
        let written = "INSERT INTO written
            SELECT seq, to_regclass('indexed.by_seq') IS NOT NULL FROM unnest($1::bigint[]) AS seq";
        tx.execute(written, &[&seqs]).await.map(|_| ())
    }
}

/// Whether the events from `first` to `last` were written with an index: all answers there are.
async fn with_index(database: &Database, first: u64, last: u64) -> BTreeSet<bool> {
    let client = database.pool().get().await.expect("a connection");
    let bounds = [first.cast_signed(), last.cast_signed()];
    let question = "SELECT DISTINCT with_index FROM indexed.written WHERE seq BETWEEN $1 AND $2";
    let rows = client.query(question, &[&bounds[0], &bounds[1]]).await.expect("an answer");
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_goes_without_the_indexes_of_readers_until_it_is_built() {
    let (nats, database) = (nats().await, database().await);
    let mut writer = Writer::new(log(&nats.url()).await);
    // More than one transaction takes.
    for _ in 0..30 {
        writer.write(100).await;
    }
    let end = writer.position.seq;
    let worker = Worker::start::<Indexed>(&writer.log, &database, "indexed");
    worker.reaches(end).await;
    assert_eq!(with_index(&database, 1, 1000).await, BTreeSet::from([false]));
    assert_eq!(with_index(&database, end.0, end.0).await, BTreeSet::from([true]));
    writer.write(1).await;
    worker.reaches(writer.position.seq).await;
    assert_eq!(with_index(&database, end.0 + 1, end.0 + 1).await, BTreeSet::from([true]));
    told_of_a_dropped_index(&database).await;
}

/// What is told once somebody has dropped the index.
async fn told_of_a_dropped_index(database: &Database) {
    let told = async || projector::altered_slots(database.pool(), "indexed").await.expect("slots");
    assert_eq!(told().await, []);
    let client = database.pool().get().await.expect("a connection");
    client.batch_execute("DROP INDEX indexed.by_seq").await.expect("drop it");
    let lacks = vec!["written lacks index USING btree (seq)".to_owned()];
    assert_eq!(told().await, [(SlotRole::Live, lacks)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_of_a_log_without_events_has_its_indexes_from_the_first_event_on() {
    let (nats, database) = (nats().await, database().await);
    let mut writer = Writer::new(log(&nats.url()).await);
    let worker = Worker::start::<Indexed>(&writer.log, &database, "indexed");
    until("the slot is there", async || {
        projector::peek_checkpoint(database.pool(), "indexed").await.expect("an answer").is_some()
    })
    .await;
    writer.write(1).await;
    worker.reaches(writer.position.seq).await;
    assert_eq!(with_index(&database, 1, 1).await, BTreeSet::from([true]));
    told_of_a_dropped_index(&database).await;
}

/// When the lease was renewed last, though the index waits for a lock: another time than `before`.
async fn renewed_while_waiting(database: &Database, before: Option<&str>) -> String {
    let question = "SELECT renewed_at::text FROM indexed.checkpoint, pg_locks
        WHERE relation = 'indexed.written'::regclass AND mode = 'ShareLock' AND NOT granted
            AND renewed_at IS NOT NULL AND renewed_at::text IS DISTINCT FROM $1";
    let found = async || {
        let client = database.pool().get().await.expect("a connection");
        client.query_opt(question, &[&before]).await.expect("an answer")
    };
    until("the lease is renewed while the index is waited for", async || found().await.is_some())
        .await;
    found().await.expect("a lease stays renewed").get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_makes_indexes_for_long_keeps_the_lease() {
    let (nats, database) = (nats().await, database().await);
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(1).await;
    let worker = Worker::start::<Indexed>(&writer.log, &database, "indexed");
    worker.reaches(writer.position.seq).await;
    worker.stops().await;
    // As one that died right before it was built.
    let mut other = database.pool().get().await.expect("a connection");
    let unbuilt = "UPDATE indexed.checkpoint SET goal = seq + 1; DROP INDEX indexed.by_seq";
    other.batch_execute(unbuilt).await.expect("write to the slot");
    let held = other.transaction().await.expect("a transaction");
    let lock = "LOCK TABLE indexed.written IN ROW EXCLUSIVE MODE";
    held.batch_execute(lock).await.expect("a lock");
    writer.write(1).await;
    let worker = Worker::start::<Indexed>(&writer.log, &database, "indexed");
    let first = renewed_while_waiting(&database, None).await;
    let second = renewed_while_waiting(&database, Some(&first)).await;
    renewed_while_waiting(&database, Some(&second)).await;
    held.rollback().await.expect("let go");
    worker.reaches(writer.position.seq).await;
    assert_eq!(with_index(&database, 2, 2).await, BTreeSet::from([true]));
}
