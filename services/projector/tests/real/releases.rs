//! A new release never takes the read models away.

use events::Seq;
use kit::servers::{DEADLINE, until};
use projector::{Database, OnNewRules, Phase, Scope, Wanted, WantedCandidate};

use crate::process::{
    Process, Readers, age_leases, is_by, kept, look, slots_are, sql, teams, times, written,
};
use crate::tally::{DoubleTally, NextTally, Tally, assert_tallied};

#[tokio::test(flavor = "multi_thread")]
async fn a_release_with_other_rules_builds_beside_the_live_slot_which_is_read_all_the_time() {
    let (_nats, database, mut writer) = kept(10).await;
    let before = look(&database).await;
    writer.write(50).await;
    let readers = Readers::start(&database);
    readers.have(20).await;
    let new = Process::start::<DoubleTally>(&writer.log, &database);
    new.keeps_live(writer.position.seq).await;
    readers.have(20).await;
    readers.were_answered().await;
    assert_eq!(times(&database, "tally").await, (teams(&writer.said), 2, 2));
    let after = look(&database).await;
    assert!(is_by::<DoubleTally>(after.live.as_ref()) && is_by::<Tally>(after.previous.as_ref()));
    assert_eq!(after.candidate, None);
    let (was, kept) = (before.live.unwrap(), after.previous.unwrap());
    assert_eq!(kept.slot_id, was.slot_id, "the slot itself was kept");
    assert!(kept.kept_until.is_some() && !kept.expired);
    new.stops().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_with_other_tables_builds_its_own_beside() {
    let (_nats, database, writer) = kept(10).await;
    let new = Process::start::<NextTally>(&writer.log, &database);
    new.keeps_live(writer.position.seq).await;
    assert_tallied(&database, "tally", &writer.said).await;
    let client = database.pool().get().await.unwrap();
    client.query("SELECT colour FROM tally.teams", &[]).await.expect("the new tables");
}

/// Makes the live checkpoint what the release made that knew of no slots.
async fn as_before_slots(database: &Database) {
    let before = "ALTER TABLE tally.checkpoint RENAME COLUMN made_by TO tables;
        ALTER TABLE tally.checkpoint RENAME COLUMN moved_at TO updated_at;
        ALTER TABLE tally.checkpoint DROP COLUMN slot_id, DROP COLUMN of_tenant CASCADE,
            DROP COLUMN of_person, DROP COLUMN job, DROP COLUMN made_at, DROP COLUMN holder,
            DROP COLUMN token, DROP COLUMN renewed_at, DROP COLUMN halted, DROP COLUMN kept_until,
            DROP COLUMN superseded, DROP COLUMN pinned;
        UPDATE tally.checkpoint SET relations = relations - 3;
        DROP TABLE tally.parked_keys, tally.parked, tally.structure";
    sql(database, before).await;
}

/// The statement by which that release moved its checkpoint.
const MOVE_BEFORE_SLOTS: &str =
    "UPDATE checkpoint SET seq = seq, updated_at = now() WHERE seq = seq";

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_of_the_release_before_slots_is_served_replaced_and_kept() {
    let (_nats, database, mut writer) = kept(10).await;
    as_before_slots(&database).await;
    let client = database.pool().get().await.unwrap();
    client.batch_execute("SET search_path TO tally").await.unwrap();
    client.batch_execute(MOVE_BEFORE_SLOTS).await.expect("it is as it was then");
    let live = look(&database).await.live.expect("it is looked at");
    assert_eq!((live.position, live.slot_id, live.whole), (writer.position.seq, None, true));
    // The same rules: but it has no lease, by which two could be told apart.
    let new = Process::with::<Tally>(&writer.log, &database, OnNewRules::Hold);
    new.stands(|phase| *phase == Phase::Held).await;
    assert!(look(&database).await.live.unwrap().slot_id.is_none(), "it is served as it is");
    let readers = Readers::start(&database);
    readers.have(5).await;
    new.stops().await;
    let new = Process::start::<Tally>(&writer.log, &database);
    writer.write(3).await;
    new.keeps_live(writer.position.seq).await;
    readers.have(5).await;
    readers.were_answered().await;
    assert_tallied(&database, "tally", &writer.said).await;
    let kept = look(&database).await.previous.expect("it is kept");
    assert!(kept.slot_id.is_none() && kept.kept_until.is_some(), "{kept:?}");
    // Its own release, if it still runs, finds that its statements do not fit any more.
    client
        .batch_execute(MOVE_BEFORE_SLOTS)
        .await
        .expect_err("it cannot move what it does not know");
    // Whoever goes back to it lets the new release's processes end, says so, and then starts it.
    new.stops().await;
    let by = projector::RollBackBy::Operator { even_if_behind: true, even_if_changed: false };
    projector::roll_back(database.pool(), "tally", by, &look(&database).await)
        .await
        .expect("it is kept");
    assert!(look(&database).await.live.unwrap().slot_id.is_none(), "it is what readers see");
    client.batch_execute(MOVE_BEFORE_SLOTS).await.expect("it goes on with what it knows");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_that_lost_its_checkpoint_is_no_evidence_and_is_made_anew() {
    let (_nats, database, writer) = kept(5).await;
    sql(&database, "DELETE FROM tally.checkpoint").await;
    let evidence = projector::evidence(database.pool(), "tally").await.expect("it is asked");
    assert!(evidence.is_none(), "it knows of nothing");
    let process = Process::start::<Tally>(&writer.log, &database);
    process.keeps_live(writer.position.seq).await;
    assert_tallied(&database, "tally", &writer.said).await;
    process.stops().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_that_lacks_a_table_is_replaced_by_a_candidate() {
    let (_nats, database, writer) = kept(5).await;
    let probe = projector::Probe::start(&database, &["tally"]);
    probe.well().await;
    database.pool().get().await.unwrap().batch_execute("DROP TABLE tally.teams").await.unwrap();
    until("readers know it", || async { probe.check().is_err_and(|why| why.contains("tally")) })
        .await;
    // It mends itself under either setting: its rules are not new.
    let process = Process::with::<Tally>(&writer.log, &database, OnNewRules::Hold);
    process.keeps_live(writer.position.seq).await;
    assert_tallied(&database, "tally", &writer.said).await;
    probe.well().await;
    process.stops().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_is_held_until_somebody_cuts_over_and_who_went_back_is_not_overruled() {
    let (_nats, database, mut writer) = kept(10).await;
    let new = Process::with::<DoubleTally>(&writer.log, &database, OnNewRules::Hold);
    new.stands(|phase| *phase == Phase::Held).await;
    assert!(new.statuses.live.check().is_ok(), "to wait for somebody's word is to be ready");
    assert_eq!(times(&database, "tally").await, (teams(&writer.said), 1, 1));
    let refused = projector::cut_over(database.pool(), "tally", Some("job-1")).await;
    assert!(refused.is_err(), "it is nobody's job");
    let switched = projector::cut_over(database.pool(), "tally", None).await.expect("it is ready");
    new.keeps_live(writer.position.seq).await;
    assert_eq!(look(&database).await.live.unwrap().slot_id, Some(switched.live));
    assert_eq!(times(&database, "tally").await, (teams(&writer.said), 2, 2));
    new.stops().await;
    let by = projector::RollBackBy::Operator { even_if_behind: false, even_if_changed: false };
    projector::roll_back(database.pool(), "tally", by, &look(&database).await)
        .await
        .expect("it is kept");
    assert_eq!(times(&database, "tally").await, (teams(&writer.said), 1, 1));
    // Nobody keeps the live slot, and the new release would cut over by itself if nobody had said so.
    age_leases(&database).await;
    let new = Process::start::<DoubleTally>(&writer.log, &database);
    new.stands(|phase| *phase == Phase::Held).await;
    writer.write(3).await;
    slots_are(&database, "the previous slot follows", |slots| {
        slots.previous.as_ref().is_some_and(|slot| slot.position == writer.position.seq)
    })
    .await;
    assert!(is_by::<Tally>(look(&database).await.live.as_ref()), "an operator said so");
    new.stops().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_are_upgraded_one_after_the_other_and_back_while_readers_read() {
    let (_nats, database, mut writer) = written(30).await;
    let first = Process::start::<Tally>(&writer.log, &database);
    first.keeps_live(writer.position.seq).await;
    let second = Process::start::<Tally>(&writer.log, &database);
    let readers = Readers::start(&database);
    readers.have(5).await;

    // One is replaced: the new release builds, and cuts over.
    first.stops().await;
    let first = Process::start::<DoubleTally>(&writer.log, &database);
    writer.write(5).await;
    first.keeps_live(writer.position.seq).await;
    // The other one goes on with what it can write, and does not cut back.
    second.stands(|phase| *phase == Phase::Held).await;
    writer.write(5).await;
    let end = writer.position.seq;
    let mixed = slots_are(&database, "the previous slot follows", |slots| {
        slots.previous.as_ref().is_some_and(|slot| slot.position == end)
    })
    .await;
    assert!(is_by::<DoubleTally>(mixed.live.as_ref()) && is_by::<Tally>(mixed.previous.as_ref()));
    assert_eq!(mixed.candidate, None, "who was superseded begins nothing");
    assert_tallied(&database, "tally_previous", &writer.said).await;
    second.stops().await;
    let second = Process::start::<DoubleTally>(&writer.log, &database);
    readers.have(5).await;

    // And back: one of the old release while the new one is at work, and then that goes too.
    first.stops().await;
    second.keeps_live(writer.position.seq).await;
    let first = Process::start::<Tally>(&writer.log, &database);
    first.stands(|phase| *phase == Phase::Held).await;
    writer.write(5).await;
    second.keeps_live(writer.position.seq).await;
    assert!(is_by::<DoubleTally>(look(&database).await.live.as_ref()), "it is at work");
    second.stops().await;
    age_leases(&database).await;
    first.keeps_live(writer.position.seq).await;
    writer.write(5).await;
    first.keeps_live(writer.position.seq).await;
    let back = look(&database).await;
    assert!(is_by::<Tally>(back.live.as_ref()) && is_by::<DoubleTally>(back.previous.as_ref()));
    assert_eq!(back.live.unwrap().slot_id, mixed.previous.unwrap().slot_id, "nothing was built");
    assert_tallied(&database, "tally", &writer.said).await;
    readers.have(5).await;
    readers.were_answered().await;
    first.stops().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_that_a_release_has_begun_gives_way_to_that_of_the_next_one() {
    let (_nats, database, writer) = kept(10).await;
    let held = Process::with::<DoubleTally>(&writer.log, &database, OnNewRules::Hold);
    held.stands(|phase| *phase == Phase::Held).await;
    // Another release, which waits as long as somebody keeps that candidate.
    let next = Process::start::<NextTally>(&writer.log, &database);
    next.stands(|phase| matches!(phase, Phase::Foreign(_))).await;
    assert!(is_by::<DoubleTally>(look(&database).await.candidate.as_ref()));
    held.stops().await;
    age_leases(&database).await;
    next.keeps_live(writer.position.seq).await;
    let slots = look(&database).await;
    assert!(is_by::<NextTally>(slots.live.as_ref()) && is_by::<Tally>(slots.previous.as_ref()));
    next.dies().await;
}

/// A whole candidate that a job wants.
fn job(name: &str, paused: bool) -> Wanted {
    let (job, scope, max_rate) = (name.to_owned(), Scope::Whole, None);
    let candidate = WantedCandidate { job, scope, paused, max_rate };
    Wanted { candidate: Some(candidate), ended: vec![] }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_builds_beside_pauses_goes_on_is_cut_over_to_and_gone_back_from() {
    let (_nats, database, mut writer) = written(30).await;
    let process = Process::start::<Tally>(&writer.log, &database);
    process.keeps_live(writer.position.seq).await;
    let was = look(&database).await.live.expect("a live slot").slot_id;
    // Rows that somebody spoilt.
    sql(&database, "UPDATE tally.teams SET times = 7; UPDATE tally.trail SET length = length + 1")
        .await;
    process.wanted.send_replace(Some(job("job-1", true)));
    let mut changes = process.statuses.candidate.watch();
    let paused = changes.wait_for(|now| matches!(now.phase, Phase::Paused(_)));
    tokio::time::timeout(DEADLINE, paused).await.expect("it is paused").expect("it is shown");
    let paused = slots_are(&database, "it says why it stands still", |slots| {
        slots.candidate.as_ref().is_some_and(|slot| slot.halted.is_some())
    });
    assert_eq!(paused.await.candidate.expect("a candidate").position, Seq(0), "it stands still");
    process.wanted.send_replace(Some(job("job-1", false)));
    writer.write(5).await;
    let end = writer.position.seq;
    slots_are(&database, "the candidate is there", |slots| {
        slots.candidate.as_ref().is_some_and(|slot| slot.position == end && slot.halted.is_none())
    })
    .await;
    assert!(process.statuses.live.check().is_ok(), "the live slot is followed all the time");
    let refused = projector::cut_over(database.pool(), "tally", None).await;
    let refused = refused.expect_err("it is a job's").to_string();
    assert_eq!(refused, "the candidate is of job job-1");
    projector::cut_over(database.pool(), "tally", Some("job-1")).await.expect("it is ready");
    assert_tallied(&database, "tally", &writer.said).await;
    writer.write(5).await;
    process.keeps_live(writer.position.seq).await;
    let end = writer.position.seq;
    let kept = slots_are(&database, "the previous slot follows", |slots| {
        slots.previous.as_ref().is_some_and(|slot| slot.position == end)
    })
    .await;
    assert_eq!(kept.previous.expect("it is kept").slot_id, was);
    let by = projector::RollBackBy::Operator { even_if_behind: false, even_if_changed: false };
    let back = projector::roll_back(database.pool(), "tally", by, &look(&database).await)
        .await
        .expect("it follows");
    assert_eq!(Some(back.live), was);
    writer.write(5).await;
    process.keeps_live(writer.position.seq).await;
    assert_eq!(times(&database, "tally").await.2, 7, "what was there before");
    process.stops().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_whose_job_is_cancelled_is_dropped_and_nothing_else() {
    let (_nats, database, writer) = written(10).await;
    let process = Process::start::<Tally>(&writer.log, &database);
    process.wanted.send_replace(Some(job("job-1", false)));
    slots_are(&database, "the candidate is there", |slots| slots.candidate.is_some()).await;
    process.wanted.send_replace(Some(Wanted::default()));
    slots_are(&database, "it is gone", |slots| slots.candidate.is_none()).await;
    process.keeps_live(writer.position.seq).await;
    assert_tallied(&database, "tally", &writer.said).await;
    process.stops().await;
}
