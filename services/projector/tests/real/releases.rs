//! A new release never takes the read models away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use eventlog::Log;
use events::{Digest, Recorded, Seq};
use kit::log_writer::Writer;
use kit::servers::{DEADLINE, database, log, nats, until};
use projector::{
    Database, OnNewRules, Phase, Projection, ProjectorError, ReadModel, Scope, SlotPeek,
    SlotStatuses, Slots, Wanted, WantedCandidate, WorkerOptions, slots,
};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::projecting::assert_tallied;
use crate::tally::{DoubleTally, NextTally, Tally};

/// The worker of a projection, as a process of its own would run it.
pub(crate) struct Process {
    pub statuses: SlotStatuses,
    pub wanted: watch::Sender<Option<Wanted>>,
    stop: CancellationToken,
    task: JoinHandle<Result<(), ProjectorError>>,
}

impl Process {
    pub(crate) fn start<P: Projection>(log: &Log, database: &Database) -> Self {
        Self::with::<P>(log, database, OnNewRules::Auto)
    }

    pub(crate) fn with<P: Projection>(log: &Log, database: &Database, policy: OnNewRules) -> Self {
        let (statuses, stop) = (SlotStatuses::default(), CancellationToken::new());
        let wanted = watch::Sender::new(Some(Wanted::default()));
        let options = WorkerOptions {
            on_new_rules: policy,
            wanted: wanted.subscribe(),
            ..WorkerOptions::default()
        };
        let kept = ReadModel::of::<P>().keep(
            log.clone(),
            database.clone(),
            statuses.clone(),
            options,
            stop.clone(),
        );
        Self { statuses, wanted, stop, task: tokio::spawn(kept) }
    }

    /// Tells it to stop, and waits until it has.
    pub(crate) async fn stops(self) {
        self.stop.cancel();
        self.task.await.expect("it does not panic").expect("a worker that is told to stop does");
    }

    /// Ends it in the middle of whatever it does.
    pub(crate) async fn dies(self) {
        self.task.abort();
        let _ = self.task.await;
    }

    pub(crate) async fn stands(&self, phase: impl Fn(&Phase) -> bool) {
        let mut changes = self.statuses.live.watch();
        let reached = tokio::time::timeout(DEADLINE, changes.wait_for(|now| phase(&now.phase)));
        assert!(reached.await.is_ok(), "waited in vain: {:?}", self.statuses.live.current());
    }

    /// Waits until it keeps the live slot and has seen all up to `seq`.
    pub(crate) async fn keeps_live(&self, seq: Seq) {
        let mut changes = self.statuses.live.watch();
        let there = changes.wait_for(|now| now.phase == Phase::Working && now.position >= seq);
        let reached = tokio::time::timeout(DEADLINE, there).await;
        assert!(reached.is_ok(), "waited in vain: {:?}", self.statuses.live.current());
    }
}

/// Does something behind the back of everybody.
pub(crate) async fn sql(database: &Database, statements: &str) {
    let client = database.pool().get().await.expect("a connection");
    client.batch_execute(statements).await.expect("it is done");
}

pub(crate) async fn look(database: &Database) -> Slots {
    slots(database.pool(), "tally").await.expect("the slots")
}

/// Waits until the slots are like that.
pub(crate) async fn slots_are(
    database: &Database,
    what: &str,
    like: impl Fn(&Slots) -> bool,
) -> Slots {
    until(what, async || like(&look(database).await)).await;
    look(database).await
}

pub(crate) fn made_by<P: Projection>() -> Digest {
    ReadModel::of::<P>().made_by()
}

fn is_by<P: Projection>(slot: Option<&SlotPeek>) -> bool {
    slot.is_some_and(|slot| slot.made_by == made_by::<P>())
}

/// Counts how often each team is counted in the live slot; every team as often as every other.
pub(crate) async fn times(database: &Database, slot: &str) -> (i64, i64, i64) {
    let client = database.pool().get().await.expect("a connection");
    let question = format!(
        "SELECT count(*), coalesce(min(times), 0), coalesce(max(times), 0) FROM {slot}.teams"
    );
    let row = client.query_one(&question, &[]).await.expect("an answer");
    (row.get(0), row.get(1), row.get(2))
}

pub(crate) fn teams(said: &[Recorded]) -> i64 {
    i64::try_from(said.iter().flat_map(Tally::project).count()).expect("they are few")
}

/// Readers that ask all the time, as the read API does: in one snapshot, the live slot's checkpoint
/// first. Each answer must be of one complete version.
pub(crate) struct Readers {
    stop: Arc<AtomicBool>,
    answers: Arc<AtomicU64>,
    tasks: Vec<JoinHandle<()>>,
}

impl Readers {
    pub(crate) fn start(database: &Database) -> Self {
        let (stop, answers) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let tasks: Vec<_> = (0..2)
            .map(|_| {
                let (database, stop, answers) = (database.clone(), stop.clone(), answers.clone());
                tokio::spawn(async move {
                    while !stop.load(Ordering::Relaxed) {
                        read(&database).await;
                        answers.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        Self { stop, answers, tasks }
    }

    /// Waits until they have had `more` answers.
    pub(crate) async fn have(&self, more: u64) {
        let wanted = self.answers.load(Ordering::Relaxed) + more;
        until("readers have answers", async || {
            assert!(!self.tasks.iter().any(JoinHandle::is_finished), "a reader had no answer");
            self.answers.load(Ordering::Relaxed) >= wanted
        })
        .await;
    }

    /// Ends them; every answer was right.
    pub(crate) async fn were_answered(self) {
        self.stop.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await.expect("every read is answered, and by one version");
        }
    }
}

async fn read(database: &Database) {
    let mut client = database.pool().get().await.expect("a connection");
    let tx = client
        .build_transaction()
        .isolation_level(tokio_postgres::IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .await
        .expect("a transaction");
    projector::search_in(&tx, &["tally"]).await.expect("a path");
    let unbuilt = projector::database::unbuilt(&tx, &["tally"]).await.expect("an answer");
    assert_eq!(unbuilt, None, "there is always a whole read model");
    let question = "SELECT t.length, (SELECT coalesce(sum(times), 0)::bigint FROM teams),
                           (SELECT min(times) FROM teams), (SELECT max(times) FROM teams)
                    FROM trail t";
    let statement = tx.prepare_cached(question).await.expect("the tables are there");
    let row = tx.query_one(&statement, &[]).await.expect("an answer");
    let (length, counted): (i64, i64) = (row.get(0), row.get(1));
    assert_eq!(length, counted, "two tables of one version agree");
    assert_eq!(
        row.get::<_, Option<i64>>(2),
        row.get::<_, Option<i64>>(3),
        "rows of one set of rules"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_with_other_rules_builds_beside_the_live_slot_which_is_read_all_the_time() {
    let (nats, database) = (nats().await, database().await);
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(10).await;
    let old = Process::start::<Tally>(&writer.log, &database);
    old.keeps_live(writer.position.seq).await;
    old.stops().await;
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
    let (nats, database) = (nats().await, database().await);
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(10).await;
    let old = Process::start::<Tally>(&writer.log, &database);
    old.keeps_live(writer.position.seq).await;
    old.stops().await;
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
        ALTER TABLE tally.checkpoint DROP COLUMN slot_id, DROP COLUMN tenant CASCADE,
            DROP COLUMN person, DROP COLUMN job, DROP COLUMN made_at, DROP COLUMN holder,
            DROP COLUMN token, DROP COLUMN renewed_at, DROP COLUMN halted, DROP COLUMN kept_until,
            DROP COLUMN superseded, DROP COLUMN pinned";
    sql(database, before).await;
}

/// The statement by which that release moved its checkpoint.
const MOVE_BEFORE_SLOTS: &str =
    "UPDATE checkpoint SET seq = seq, updated_at = now() WHERE seq = seq";

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_of_the_release_before_slots_is_served_replaced_and_kept() {
    let (nats, database) = (nats().await, database().await);
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(10).await;
    let old = Process::start::<Tally>(&writer.log, &database);
    old.keeps_live(writer.position.seq).await;
    old.stops().await;
    as_before_slots(&database).await;
    let client = database.pool().get().await.unwrap();
    client.batch_execute("SET search_path TO tally").await.unwrap();
    client.batch_execute(MOVE_BEFORE_SLOTS).await.expect("it is as it was then");
    let live = look(&database).await.live.expect("it is looked at");
    assert_eq!((live.position, live.slot_id, live.whole), (writer.position.seq, None, true));
    let readers = Readers::start(&database);
    readers.have(5).await;
    // The same rules: but it has no lease, by which two could be told apart.
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
    new.stops().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_that_lacks_a_table_is_replaced_by_a_candidate() {
    let (nats, database) = (nats().await, database().await);
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(5).await;
    let process = Process::start::<Tally>(&writer.log, &database);
    process.keeps_live(writer.position.seq).await;
    process.stops().await;
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
    let (nats, database) = (nats().await, database().await);
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(10).await;
    let old = Process::start::<Tally>(&writer.log, &database);
    old.keeps_live(writer.position.seq).await;
    old.stops().await;
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
    let by = projector::RollBackBy::Operator { even_if_behind: false };
    projector::roll_back(database.pool(), "tally", by).await.expect("it is kept");
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

/// Lets the holders of all slots be silent for as long as it takes to count as gone.
pub(crate) async fn age_leases(database: &Database) {
    for slot in look(database).await.iter().filter(|slot| slot.slot_id.is_some()) {
        let schema = slot.role.schema("tally");
        let age = format!(
            "UPDATE {schema}.checkpoint SET renewed_at = clock_timestamp() - interval '1 hour'"
        );
        sql(database, &age).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_are_upgraded_one_after_the_other_and_back_while_readers_read() {
    let (nats, database) = (nats().await, database().await);
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(30).await;
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
    let (nats, database) = (nats().await, database().await);
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(10).await;
    let old = Process::start::<Tally>(&writer.log, &database);
    old.keeps_live(writer.position.seq).await;
    old.stops().await;
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
    Wanted { candidate: Some(WantedCandidate { job, scope, paused, max_rate }) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_builds_beside_pauses_goes_on_is_cut_over_to_and_gone_back_from() {
    let (nats, database) = (nats().await, database().await);
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(30).await;
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
    let by = projector::RollBackBy::Operator { even_if_behind: false };
    let back = projector::roll_back(database.pool(), "tally", by).await.expect("it follows");
    assert_eq!(Some(back.live), was);
    writer.write(5).await;
    process.keeps_live(writer.position.seq).await;
    assert_eq!(times(&database, "tally").await.2, 7, "what was there before");
    process.stops().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_whose_job_is_cancelled_is_dropped_and_nothing_else() {
    let (nats, database) = (nats().await, database().await);
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(10).await;
    let process = Process::start::<Tally>(&writer.log, &database);
    process.wanted.send_replace(Some(job("job-1", false)));
    slots_are(&database, "the candidate is there", |slots| slots.candidate.is_some()).await;
    process.wanted.send_replace(Some(Wanted::default()));
    slots_are(&database, "it is gone", |slots| slots.candidate.is_none()).await;
    process.keeps_live(writer.position.seq).await;
    assert_tallied(&database, "tally", &writer.said).await;
    process.stops().await;
}
