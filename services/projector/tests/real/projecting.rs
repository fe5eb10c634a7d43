//! What a read model is promised.

use std::time::Duration;

use events::{Position, Seq};
use projector::database::{WaitError, unbuilt, wait_for_position};
use projector::{Database, Phase, ProjectorError};

use crate::process::written;
use crate::roll::Roll;
use crate::tally::{DoubleTally, Tally, assert_tallied};
use crate::worker::Worker;
use kit::log_writer::{Writer, decision, retype};
use kit::servers::{DEADLINE, blocking, database, log, nats, until};

#[tokio::test(flavor = "multi_thread")]
async fn every_event_counts_once_though_the_projection_dies_twenty_times() {
    let (nats, database) = (nats().await, database().await);
    let mut writer = Writer::new(log(&nats.url()).await);
    for _ in 0..25 {
        writer.write(100).await;
        writer.write(1).await;
    }
    let mut deaths = 0;
    let mut reached = Seq(0);
    while deaths < 20 {
        let worker = Worker::start::<Tally>(&writer.log, &database, "tally");
        // It dies in the midst of its work: at another place each time.
        worker.reaches(reached.next()).await;
        reached = worker.status.current().position;
        worker.task.abort();
        deaths += 1;
        writer.write(1 + deaths * 7 % 90).await;
        writer.write(1).await;
    }
    let worker = Worker::start::<Tally>(&writer.log, &database, "tally");
    worker.reaches(writer.position.seq).await;
    assert_tallied(&database, "tally", &writer.said).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_model_built_anew_equals_the_live_one() {
    let (nats, database) = (nats().await, database().await);
    let mut writer = Writer::new(log(&nats.url()).await);
    let live = Worker::start::<Tally>(&writer.log, &database, "tally");
    for count in [1, 1, 30, 1, 2, 500, 1] {
        writer.write(count).await;
        live.reaches(writer.position.seq).await;
    }
    let next = Worker::start::<Tally>(&writer.log, &database, "tally_next");
    next.reaches(writer.position.seq).await;
    assert_tallied(&database, "tally", &writer.said).await;
    assert_tallied(&database, "tally_next", &writer.said).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loop_leaves_alone_what_other_rules_made() {
    let (_nats, database, writer) = written(10).await;
    let old = Worker::start::<Tally>(&writer.log, &database, "tally");
    old.reaches(writer.position.seq).await;
    old.stops().await;
    let other = Worker::start::<DoubleTally>(&writer.log, &database, "tally");
    let refused = other.task.await.unwrap();
    assert!(matches!(refused, Err(ProjectorError::Foreign { .. })), "{refused:?}");
    assert_tallied(&database, "tally", &writer.said).await;
}

/// Which of the read models nobody may read yet.
async fn building(database: &Database) -> Option<&'static str> {
    let mut client = database.pool().get().await.expect("a connection");
    let tx = client.transaction().await.expect("a transaction");
    unbuilt(&tx, &["tally"]).await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_model_is_of_no_use_before_it_has_seen_what_there_was_whoever_goes_on_with_it() {
    let (nats, database) = (nats().await, database().await);
    let mut writer = Writer::new(log(&nats.url()).await);
    assert_eq!(building(&database).await, Some("tally"), "nobody has begun it");
    writer.write(3).await;
    let whole = writer.position;
    let (mut altered, _) = decision(whole, 1);
    altered[0].body = altered[0].body.to_ascii_uppercase().into();
    writer.log.append(whole, &altered).await.unwrap();
    for _ in 0..2 {
        // The second finds what the first has made, and must not take it for finished.
        let worker = Worker::start::<Tally>(&writer.log, &database, "tally");
        worker.stands(|phase| matches!(phase, Phase::Stuck(_))).await;
        assert_eq!(building(&database).await, Some("tally"));
        let checkpoint =
            projector::peek_checkpoint(database.pool(), "tally").await.unwrap().expect("one");
        assert!(checkpoint.building && checkpoint.position == whole.seq, "{checkpoint:?}");
        worker.stops().await;
    }
    // The goal is where the log ended, and no later event.
    let reset = "UPDATE tally.checkpoint SET goal = 3";
    database.pool().get().await.unwrap().batch_execute(reset).await.unwrap();
    assert_eq!(building(&database).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_model_of_a_release_that_named_its_checkpoint_otherwise_is_evidence_and_replaced() {
    let (_nats, database, writer) = written(3).await;
    let worker = Worker::start::<Tally>(&writer.log, &database, "tally");
    worker.reaches(Seq(3)).await;
    worker.stops().await;
    let client = database.pool().get().await.unwrap();
    let before = "ALTER TABLE tally.checkpoint RENAME TO bookmark;
        ALTER TABLE tally.bookmark RENAME COLUMN made_by TO tables";
    client.batch_execute(before).await.unwrap();
    assert_eq!(building(&database).await, Some("tally"), "its rows are of other rules");
    let known = projector::evidence(database.pool(), "tally").await.unwrap().expect("evidence");
    assert_eq!(known.position, writer.position);
    let worker = Worker::start::<Tally>(&writer.log, &database, "tally");
    worker.stands(|phase| matches!(phase, Phase::Working)).await;
    assert_tallied(&database, "tally", &writer.said).await;
    client.query("SELECT FROM tally.bookmark", &[]).await.expect_err("it is gone");
    assert_eq!(building(&database).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_of_somebody_else_is_left_alone() {
    let (nats, database) = (nats().await, database().await);
    let client = database.pool().get().await.unwrap();
    client
        .batch_execute(
            "CREATE SCHEMA tally; CREATE TABLE tally.theirs ();
        CREATE TABLE tally.bookmark (url text)",
        )
        .await
        .unwrap();
    let worker = Worker::start::<Tally>(&log(&nats.url()).await, &database, "tally");
    worker.stands(|phase| matches!(phase, Phase::Stuck(_))).await;
    assert!(worker.status.check().unwrap_err().contains("schema tally"));
    client.query("SELECT FROM tally.theirs", &[]).await.expect("what was there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_that_somebody_moved_is_found_where_it_is() {
    let (_nats, database, mut writer) = written(3).await;
    let worker = Worker::start::<Tally>(&writer.log, &database, "tally");
    worker.reaches(Seq(3)).await;
    // An operator puts the read model back to its beginning.
    let reset = "BEGIN; TRUNCATE tally.teams; UPDATE tally.trail SET digest = '', length = 0;
        UPDATE tally.checkpoint SET seq = 0, chain = decode(repeat('00', 32), 'hex'); COMMIT";
    database.pool().get().await.unwrap().batch_execute(reset).await.unwrap();
    writer.write(2).await;
    worker.reaches(Seq(5)).await;
    assert_tallied(&database, "tally", &writer.said).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_event_stops_the_line_behind_all_before_it() {
    let (_nats, database, writer) = written(3).await;
    let whole = writer.position;
    let (mut altered, _) = decision(whole, 2);
    altered[1].body = altered[1].body.to_ascii_uppercase().into();
    writer.log.append(whole, &altered).await.unwrap();
    let worker = Worker::start::<Tally>(&writer.log, &database, "tally");
    worker.reaches(whole.seq).await;
    worker.stands(|phase| matches!(phase, Phase::Stuck(_))).await;
    let why = worker.status.check().unwrap_err();
    assert!(why.contains("event 5") && why.contains("digest"), "{why}");
    assert_eq!(worker.status.current().position, whole.seq, "half a decision was applied");
    assert_tallied(&database, "tally", &writer.said).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_a_later_release_is_passed_over_and_counted() {
    let (_nats, database, mut writer) = written(1).await;
    let (mut batch, _) = decision(writer.position, 1);
    let next = retype(&mut batch[0], writer.position, "rollcall.team.painted");
    writer.log.append(writer.position, &batch).await.unwrap();
    writer.position = next;
    writer.write(1).await;
    let worker = Worker::start::<Tally>(&writer.log, &database, "tally");
    worker.reaches(Seq(3)).await;
    assert_eq!(worker.status.current().unknown, 1);
    assert_tallied(&database, "tally", &writer.said).await;
    worker.stops().await;
    let again = Worker::start::<Tally>(&writer.log, &database, "tally");
    again.reaches(Seq(3)).await;
    assert_eq!(again.status.current().unknown, 1, "the count is kept in the checkpoint");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_may_wait_for_what_it_has_written() {
    let (nats, database) = (nats().await, database().await);
    let mut writer = Writer::new(log(&nats.url()).await);
    let schemas = ["tally", "tally_next"];
    let soon = Duration::from_millis(20);
    let nowhere = wait_for_position(database.pool(), &schemas, Seq(1), soon).await;
    assert!(matches!(nowhere, Err(WaitError::TooLate { reached: Seq(0), .. })), "{nowhere:?}");
    let one = Worker::start::<Tally>(&writer.log, &database, schemas[0]);
    writer.write(2).await;
    one.reaches(Seq(2)).await;
    let half = wait_for_position(database.pool(), &schemas, Seq(2), soon).await;
    assert!(matches!(half, Err(WaitError::TooLate { .. })), "one of two is enough: {half:?}");
    let other = Worker::start::<Tally>(&writer.log, &database, schemas[1]);
    let waiting = wait_for_position(database.pool(), &schemas, Seq(4), DEADLINE);
    let (reached, ()) = tokio::join!(waiting, writer.write(2));
    assert_eq!(reached.unwrap(), Seq(4));
    drop(other);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_name_for_a_read_model_is_refused() {
    let (nats, database) = (nats().await, database().await);
    let log = log(&nats.url()).await;
    for slot in ["", "Tally", "tally; DROP SCHEMA public"] {
        let worker = Worker::start::<Tally>(&log, &database, slot);
        let refused = worker.task.await.unwrap();
        assert!(matches!(refused, Err(ProjectorError::BadSlot(_))), "{slot:?}: {refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_projection_outlives_its_database_and_its_log() {
    let mut nats = nats().await;
    let mut postgres = blocking(|| embedded::Postgres::start_for_tests().unwrap()).await;
    let database = Database::connect(&postgres.url(), 4).await.unwrap();
    let mut writer = Writer::new(log(&nats.url()).await);
    let worker = Worker::start::<Tally>(&writer.log, &database, "tally");
    for _ in 0..2 {
        writer.write(5).await;
        worker.reaches(writer.position.seq).await;
        postgres = blocking(move || {
            postgres.kill9();
            postgres
        })
        .await;
        writer.write(5).await;
        worker.stands(|phase| matches!(phase, Phase::Waiting(_))).await;
        assert!(worker.status.check().is_err(), "not ready without its database");
        postgres = blocking(move || {
            postgres.restart().unwrap();
            postgres
        })
        .await;
        worker.reaches(writer.position.seq).await;
        nats = blocking(move || {
            nats.kill9();
            nats.restart().unwrap();
            nats
        })
        .await;
        until("the log can be written to", || async { writer.log.end().await.is_ok() }).await;
    }
    writer.write(5).await;
    worker.reaches(writer.position.seq).await;
    assert_tallied(&database, "tally", &writer.said).await;
    assert_ne!(writer.position, Position::START);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_is_dropped_while_nothing_happens_is_built_again() {
    let (_nats, database, writer) = written(5).await;
    let worker = Worker::start::<Tally>(&writer.log, &database, "tally");
    worker.reaches(writer.position.seq).await;
    let mut changes = worker.status.watch();
    changes.mark_unchanged();
    let client = database.pool().get().await.unwrap();
    client.batch_execute("DROP SCHEMA tally CASCADE").await.unwrap();
    // No event tells it.
    let noticed = changes.wait_for(|now| now.phase != Phase::Working);
    tokio::time::timeout(DEADLINE, noticed).await.expect("it is noticed").unwrap();
    worker.stands(|phase| matches!(phase, Phase::Working)).await;
    assert_tallied(&database, "tally", &writer.said).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_projection_that_knows_more_than_the_log_leaves_word_beside_it() {
    let (nats, database, writer) = written(5).await;
    let worker = Worker::start::<Tally>(&writer.log, &database, "tally");
    worker.reaches(writer.position.seq).await;
    kit::rebuild::rebuild(&nats.url(), 2, |_| {}).await;
    worker.stands(|phase| matches!(phase, Phase::Stuck(_))).await;
    let word = writer.log.recorded_evidence().await.unwrap();
    assert!(word.iter().any(|known| known.position == writer.position), "{word:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_has_looked_at_the_rows_of_a_slot_before_anybody_reads_it() {
    let (nats, database) = (nats().await, database().await);
    let mut writer = Writer::new(log(&nats.url()).await);
    // More than one transaction takes.
    for _ in 0..3 {
        writer.write(600).await;
    }
    let worker = Worker::start::<Roll>(&writer.log, &database, "roll");
    worker.reaches(writer.position.seq).await;
    let client = database.pool().get().await.expect("a connection");
    // Who has never looked at a table knows nothing of how many rows there are: -1.
    let known = "SELECT reltuples FROM pg_class WHERE oid = 'roll.teams'::regclass";
    let known: f32 = client.query_one(known, &[]).await.expect("an answer").get(0);
    assert!(known > 0.0, "{known}");
    worker.stops().await;
}
