//! The worker of a projection as a process runs it, and readers who ask all the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use embedded::Nats;
use eventlog::Log;
use events::{Digest, Recorded, Seq};
use kit::log_writer::Writer;
use kit::servers::{DEADLINE, database, log, nats, until};
use projector::{
    Database, OnNewRules, Phase, Projection, ProjectorError, ReadModel, SlotPeek, SlotStatuses,
    Slots, Wanted, WorkerOptions, slots,
};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::tally::Tally;

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

    /// Waits until the previous slot has seen all up to `seq`.
    pub(crate) async fn previous_reaches(&self, seq: Seq) {
        let mut changes = self.statuses.previous.watch();
        let there = changes.wait_for(|now| now.phase == Phase::Working && now.position >= seq);
        let reached = tokio::time::timeout(DEADLINE, there).await;
        assert!(reached.is_ok(), "waited in vain: {:?}", self.statuses.previous.current());
    }

    /// Waits until it keeps the live slot and has seen all up to `seq`.
    pub(crate) async fn keeps_live(&self, seq: Seq) {
        let mut changes = self.statuses.live.watch();
        let there = changes.wait_for(|now| now.phase == Phase::Working && now.position >= seq);
        let reached = tokio::time::timeout(DEADLINE, there).await;
        assert!(reached.is_ok(), "waited in vain: {:?}", self.statuses.live.current());
    }
}

/// A log of so many events, and an empty database.
pub(crate) async fn written(count: usize) -> (Nats, Database, Writer) {
    let (nats, database) = (nats().await, database().await);
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(count).await;
    (nats, database, writer)
}

/// The same, with a live slot that has seen them all, and that nobody keeps any more.
pub(crate) async fn kept(count: usize) -> (Nats, Database, Writer) {
    let (nats, database, writer) = written(count).await;
    let process = Process::start::<Tally>(&writer.log, &database);
    process.keeps_live(writer.position.seq).await;
    process.stops().await;
    (nats, database, writer)
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

pub(crate) fn is_by<P: Projection>(slot: Option<&SlotPeek>) -> bool {
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
