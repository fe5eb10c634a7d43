//! Cutting over and going back: whole, or not at all.

use std::time::Duration;

use kit::log_writer::Writer;
use kit::servers::{database, fresh_database, log, nats};
use projector::{Database, RollBackBy, SwitchError, SwitchRefusal, cut_over, roll_back};
use tokio_util::task::AbortOnDropHandle;

use crate::breaking::Breaking;
use crate::process::{Process, Readers, look, sql, teams, times, written};
use crate::tally::{DoubleTally, Tally, assert_tallied};
use crate::worker::Worker;

/// Renames take a few milliseconds; the rest is for a busy machine.
const MOMENT: Duration = Duration::from_secs(10);

/// A live slot of one set of rules and a candidate of another, which both have seen everything.
async fn two_slots(database: &Database, writer: &Writer) {
    for slot in ["tally", "tally_next"] {
        let seq = writer.position.seq;
        if slot == "tally" {
            let worker = Worker::start::<Tally>(&writer.log, database, slot);
            worker.reaches(seq).await;
            worker.stops().await;
        } else {
            let worker = Worker::start::<DoubleTally>(&writer.log, database, slot);
            worker.reaches(seq).await;
            worker.stops().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_dies_at_any_statement_of_a_switch_leaves_one_whole_version_to_readers() {
    let (nats, url) = (nats().await, fresh_database().await);
    let database = Database::connect(&url, 6).await.expect("a database");
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(30).await;
    two_slots(&database, &writer).await;
    let readers = Readers::start(&database);
    let count = teams(&writer.said);
    let (mut whole, mut halves) = (0, 0);
    // The first three are about the connection alone.
    for messages in 4.. {
        for heard in [false, true] {
            let way = Breaking::before(&url, messages, heard);
            let before = times(&database, "tally").await;
            if let Ok(through) = Database::connect(&way.url, 1).await {
                // How it ends does not matter here: what readers see does.
                if look(&database).await.candidate.is_some() {
                    let _ = cut_over(through.pool(), "tally", None).await;
                } else {
                    let by = RollBackBy::Operator { even_if_behind: false, even_if_changed: false };
                    let seen = look(&database).await;
                    let _ = roll_back(through.pool(), "tally", by, &seen).await;
                }
            }
            let after = times(&database, "tally").await;
            assert!([(count, 1, 1), (count, 2, 2)].contains(&after), "{after:?}");
            let slots = look(&database).await;
            let other = slots.candidate.or(slots.previous).expect("the other one is there");
            assert_ne!(other.slot_id, slots.live.expect("a live one").slot_id);
            if after == before {
                halves += 1;
            } else {
                whole += 1;
            }
            readers.have(2).await;
            // By now the commit is heard each time.
            if whole == 4 {
                readers.were_answered().await;
                assert!(halves > 20, "it broke off {halves} times only");
                return;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_waits_for_readers_and_lets_others_pass_meanwhile() {
    let (_nats, database, writer) = written(10).await;
    two_slots(&database, &writer).await;
    // Somebody who takes his time.
    let mut slow = database.pool().get().await.expect("a connection");
    let slow = slow.transaction().await.expect("a transaction");
    projector::database::unbuilt(&slow, &["tally"]).await.expect("an answer");
    let cutting = tokio::spawn({
        let database = database.clone();
        async move { cut_over(database.pool(), "tally", None).await }
    });
    let readers = Readers::start(&database);
    readers.have(200).await;
    assert!(!cutting.is_finished(), "a reader holds what it reads");
    slow.rollback().await.expect("it ends");
    let switched = cutting.await.expect("no panic").expect("it is cut over");
    readers.have(5).await;
    readers.were_answered().await;
    assert!(switched.held < MOMENT, "{switched:?}");
    assert_eq!(times(&database, "tally").await.1, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_has_its_turn_though_there_is_always_a_reader_who_takes_his_time() {
    let (_nats, database, writer) = written(10).await;
    two_slots(&database, &writer).await;
    // Each holds what he reads for longer than a switch waits at first, and there are always three.
    let readers: Vec<_> = (1..=3)
        .map(|number| {
            let pool = database.pool().clone();
            AbortOnDropHandle::new(tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(30 * number)).await;
                loop {
                    let mut client = pool.get().await.expect("a connection");
                    let tx = client.transaction().await.expect("a transaction");
                    projector::database::unbuilt(&tx, &["tally"]).await.expect("an answer");
                    tx.batch_execute("SELECT pg_sleep(0.1)").await.expect("it sleeps");
                    tx.rollback().await.expect("it ends");
                }
            }))
        })
        .collect();
    cut_over(database.pool(), "tally", None).await.expect("it is cut over");
    assert!(readers.iter().all(|reader| !reader.is_finished()), "a reader got no answer");
    assert_eq!(times(&database, "tally").await.1, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_is_refused_with_its_reason() {
    let (nats, database) = (nats().await, database().await);
    let mut writer = Writer::new(log(&nats.url()).await);
    let refusal = async |outcome: Result<projector::Switched, SwitchError>| match outcome {
        Err(SwitchError::Refused(refusal)) => refusal,
        other => panic!("it is refused, and not {other:?}"),
    };
    let by = RollBackBy::Operator { even_if_behind: false, even_if_changed: false };
    let nothing = refusal(cut_over(database.pool(), "tally", None).await).await;
    assert_eq!(nothing, SwitchRefusal::NoLive);
    writer.write(10).await;
    two_slots(&database, &writer).await;
    let none = refusal(roll_back(database.pool(), "tally", by, &look(&database).await).await).await;
    assert_eq!(none, SwitchRefusal::NoPrevious);
    let building = "UPDATE tally_next.checkpoint SET goal = 100";
    sql(&database, building).await;
    let found = refusal(cut_over(database.pool(), "tally", None).await).await;
    assert!(matches!(found, SwitchRefusal::Building { .. }), "{found}");
    sql(&database, "UPDATE tally_next.checkpoint SET goal = 0, of_tenant = 'acme'").await;
    let found = refusal(cut_over(database.pool(), "tally", None).await).await;
    assert!(matches!(found, SwitchRefusal::Narrow(_)), "{found}");
    sql(
        &database,
        "UPDATE tally_next.checkpoint SET of_tenant = NULL; DROP TABLE tally_next.trail",
    )
    .await;
    let found = refusal(cut_over(database.pool(), "tally", None).await).await;
    assert!(matches!(found, SwitchRefusal::Incomplete(_)), "{found}");
    sql(&database, "DROP SCHEMA tally_next CASCADE").await;
    let found = refusal(cut_over(database.pool(), "tally", None).await).await;
    assert_eq!(found, SwitchRefusal::NoCandidate);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_goes_back_a_day_later_at_once_and_loses_nothing() {
    let (_nats, database, mut writer) = written(10).await;
    two_slots(&database, &writer).await;
    cut_over(database.pool(), "tally", None).await.expect("it is ready");
    let old = Process::start::<Tally>(&writer.log, &database);
    writer.write(40).await;
    // A day passes, by the database's clock.
    sql(
        &database,
        "UPDATE tally_previous.checkpoint SET kept_until = kept_until - interval '1 day'",
    )
    .await;
    let new = Process::start::<DoubleTally>(&writer.log, &database);
    new.keeps_live(writer.position.seq).await;
    let end = writer.position.seq;
    old.previous_reaches(end).await;
    let by = RollBackBy::Operator { even_if_behind: false, even_if_changed: false };
    let switched =
        roll_back(database.pool(), "tally", by, &look(&database).await).await.expect("it is kept");
    assert!(switched.held < MOMENT && switched.position == end, "{switched:?}");
    assert_tallied(&database, "tally", &writer.said).await;
    writer.write(5).await;
    old.keeps_live(writer.position.seq).await;
    assert_tallied(&database, "tally", &writer.said).await;
    // After three days it is given up.
    let late = "UPDATE tally_previous.checkpoint SET kept_until = clock_timestamp()";
    sql(&database, late).await;
    crate::process::slots_are(&database, "it is dropped", |slots| slots.previous.is_none()).await;
    old.stops().await;
    new.stops().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_goes_back_to_what_nobody_followed_only_if_one_says_so() {
    let (_nats, database, mut writer) = written(10).await;
    two_slots(&database, &writer).await;
    cut_over(database.pool(), "tally", None).await.expect("it is ready");
    let new = Process::start::<DoubleTally>(&writer.log, &database);
    writer.write(10).await;
    new.keeps_live(writer.position.seq).await;
    new.stops().await;
    // As if there were more than a switch waits for.
    sql(&database, "UPDATE tally.checkpoint SET seq = seq + 6000").await;
    let by = RollBackBy::Operator { even_if_behind: false, even_if_changed: false };
    let refused = roll_back(database.pool(), "tally", by, &look(&database).await)
        .await
        .expect_err("it is behind");
    assert!(refused.to_string().contains("6010 events behind"), "{refused}");
    sql(&database, "UPDATE tally.checkpoint SET seq = seq - 6000").await;
    let by = RollBackBy::Operator { even_if_behind: true, even_if_changed: false };
    roll_back(database.pool(), "tally", by, &look(&database).await)
        .await
        .expect("somebody said so");
    // Its own release goes on with it.
    let old = Process::start::<Tally>(&writer.log, &database);
    old.keeps_live(writer.position.seq).await;
    assert_tallied(&database, "tally", &writer.said).await;
    old.stops().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_go_back_at_once_one_does_it_and_the_other_does_not_undo_that() {
    let (_nats, database, writer) = written(10).await;
    two_slots(&database, &writer).await;
    cut_over(database.pool(), "tally", None).await.expect("it is ready");
    let seen = look(&database).await;
    for by in [
        RollBackBy::Operator { even_if_behind: false, even_if_changed: false },
        RollBackBy::Release,
    ] {
        let back = async || roll_back(database.pool(), "tally", by, &seen).await;
        let (one, other) = tokio::join!(back(), back());
        let outcomes = [one, other];
        let refused = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
        let refused: Vec<String> = refused.map(ToString::to_string).collect();
        assert_eq!(refused, ["the slots were switched since they were looked at"]);
        assert_eq!(times(&database, "tally").await.1, 1, "the previous slot is live");
        // And forth again, so that both are tried from the same.
        let now = look(&database).await;
        roll_back(database.pool(), "tally", by, &now).await.expect("what was live is kept");
        sql(
            &database,
            &format!(
                "UPDATE tally_previous.checkpoint SET kept_until = '{}'",
                seen.previous.as_ref().and_then(|slot| slot.kept_until).expect("it is kept")
            ),
        )
        .await;
    }
}
