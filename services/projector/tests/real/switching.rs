//! Cutting over and going back: whole, or not at all.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use kit::log_writer::Writer;
use kit::servers::{database, fresh_database, log, nats};
use projector::{Database, RollBackBy, SwitchError, SwitchRefusal, cut_over, roll_back};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio_util::task::AbortOnDropHandle;

use crate::process::{Process, Readers, look, sql, teams, times, written};
use crate::projecting::{Worker, assert_tallied};
use crate::tally::{DoubleTally, Tally};

/// A way to Postgres that breaks off at a message of the client's: before the server hears it, or
/// after that.
struct Breaking {
    url: String,
    _folder: TempDir,
}

impl Breaking {
    /// Every connection together may send `messages`; whoever sends the last one is cut off.
    fn before(database_url: &str, messages: usize, heard: bool) -> Self {
        // `postgres://USER@FOLDER:PORT/NAME`, where the folder of the socket is percent-encoded.
        let (user, place) = database_url.split_once('@').expect("a user");
        let (folder, rest) = place.rsplit_once(':').expect("a port");
        let (port, name) = rest.split_once('/').expect("a name");
        let socket = format!(".s.PGSQL.{port}");
        let decoded = percent_encoding::percent_decode_str(folder).decode_utf8().expect("text");
        let server = Path::new(&*decoded).join(&socket);
        let folder = tempfile::tempdir().expect("a folder");
        let listener = UnixListener::bind(folder.path().join(socket)).expect("a socket");
        let place = folder.path().to_str().expect("a path of ours is text").replace('/', "%2F");
        let url = format!("{user}@{place}:{port}/{name}");
        let sent = Arc::new(AtomicUsize::new(0));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (server, counted) = (server.clone(), sent.clone());
                tokio::spawn(async move {
                    let server = UnixStream::connect(server).await.expect("the server is there");
                    carry(client, server, &counted, messages, heard).await;
                });
            }
        });
        Self { url, _folder: folder }
    }
}

async fn carry(
    client: UnixStream,
    server: UnixStream,
    sent: &AtomicUsize,
    messages: usize,
    heard: bool,
) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let there = async {
        let mut bytes = vec![0; 65536];
        loop {
            let Ok(read @ 1..) = from_client.read(&mut bytes).await else { return };
            let number = sent.fetch_add(1, Ordering::SeqCst) + 1;
            let last = number >= messages;
            if (!last || (heard && number == messages))
                && to_server.write_all(&bytes[..read]).await.is_err()
            {
                return;
            }
            if last {
                return;
            }
        }
    };
    let back = async {
        let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
    };
    tokio::select! {
        () = there => {}
        () = back => {}
    }
}

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
    assert!(switched.held < Duration::from_millis(100), "{switched:?}");
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
    assert!(switched.held < Duration::from_secs(1) && switched.position == end, "{switched:?}");
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
