//! A log that is not there any more, or not whole, is noticed: at the start and later.

use std::pin::pin;
use std::sync::Arc;

use async_nats::jetstream::{self, stream};
use eventlog::{Break, Log, ReadError, Selection};
use eventlog::{Continuity, Evidence, LogError, LogOptions, LostEvents};
use events::{Position, Seq};
use futures_util::StreamExt as _;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use kit::log_writer::{Writer, failure, take};
use kit::rebuild::rebuild;
use kit::servers::{DEADLINE, log, nats, until};

/// Whoever writes to a log, and watches over it as a gateway does.
struct Watched {
    writer: Writer,
    position: watch::Sender<Position>,
    continuity: watch::Receiver<Continuity>,
    watching: JoinHandle<()>,
}

impl Watched {
    fn over(log: Log) -> Self {
        let position = watch::Sender::new(Position::START);
        let (shown, continuity) = watch::channel(Continuity::default());
        let (watched, known) = (log.clone(), position.subscribe());
        let watching = tokio::spawn(async move { watched.monitor_continuity(known, &shown).await });
        Self { writer: Writer::new(log), position, continuity, watching }
    }

    async fn write(&mut self, count: usize) {
        self.writer.write(count).await;
        self.position.send_replace(self.writer.position);
    }

    /// Ends as a process does that is asked to stop.
    async fn stop(self) -> Writer {
        drop(self.position);
        self.watching.await.expect("a watcher ends in peace");
        self.writer
    }

    /// What is lost, once it is noticed.
    async fn loss(&mut self) -> String {
        let lost = self.continuity.wait_for(|seen| matches!(seen, Continuity::Lost(_)));
        let lost = tokio::time::timeout(DEADLINE, lost).await.expect("the loss is noticed");
        lost.expect("the watcher says so before it ends").check().expect_err("it is lost")
    }
}

async fn jetstream_of(url: &str) -> jetstream::Context {
    jetstream::new(async_nats::connect(url).await.expect("connect to NATS"))
}

/// Why a log is not opened.
async fn refusal(url: &str, options: LogOptions) -> String {
    match Log::open(url, options).await {
        Err(LogError::Lost(loss)) => loss.to_string(),
        other => panic!("opened a log that has lost events, or failed otherwise: {other:?}"),
    }
}

fn accepting() -> LogOptions {
    LogOptions { lost: LostEvents::GiveUp, ..LogOptions::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_was_deleted_is_not_made_again_unless_the_operator_says_so() {
    let nats = nats().await;
    let mut watched = Watched::over(log(&nats.url()).await);
    watched.write(3).await;
    let known = watched.stop().await.position;
    jetstream_of(&nats.url()).await.delete_stream("PROVISIONING").await.unwrap();
    let why = refusal(&nats.url(), LogOptions::default()).await;
    assert!(why.contains("there is no stream") && why.contains("event 3"), "{why}");
    assert!(why.contains("ROLLCALL_MARK") && why.contains("--accept-lost-events"), "{why}");
    let looked = Log::open_read_only(&nats.url(), &LogOptions::default()).await.unwrap();
    assert!(looked.extent().await.unwrap().is_none(), "a refusal made a log");

    let taken = Log::open(&nats.url(), accepting()).await.expect("the operator said so");
    assert_eq!(taken.end().await.unwrap(), Seq(0));
    // From here on it is an ordinary log: nobody misses what was given up.
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(1).await;
    let evidence = vec![Evidence::new("a read model", known)];
    let why = refusal(&nats.url(), LogOptions { evidence, ..LogOptions::default() }).await;
    assert!(why.contains("a read model knows event 3"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_shorter_than_the_mark_is_not_opened() {
    let nats = nats().await;
    let mut watched = Watched::over(log(&nats.url()).await);
    watched.write(9).await;
    let said = watched.stop().await;
    // The store of the stream alone comes back from earlier: the first four events.
    rebuild(&nats.url(), 4, |_| {}).await;
    let why = refusal(&nats.url(), LogOptions::default()).await;
    assert!(why.contains("ends at event 4") && why.contains("knows event 9"), "{why}");
    assert!(why.contains("5 are missing") && why.contains("the stream was made at"), "{why}");
    // After more writes it is as long as it was, and another one.
    let taken = Log::open(&nats.url(), accepting()).await.expect("the operator said so");
    let mut other = Writer { log: taken, position: said.said[3].position(), said: vec![] };
    other.write(6).await;
    let evidence = vec![Evidence::new("a read model", said.position)];
    let why = refusal(&nats.url(), LogOptions { evidence, ..LogOptions::default() }).await;
    assert!(why.contains("another history"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_refused_because_they_know_more_leaves_word_for_who_writes() {
    let nats = nats().await;
    let mut watched = Watched::over(log(&nats.url()).await);
    watched.write(2).await;
    // A store that was put back whole brought an earlier mark along: only the read model knows more.
    let known = Position { seq: Seq(9), ..watched.writer.position };
    let evidence = vec![Evidence::new("a read model", known)];
    let why = refusal(&nats.url(), LogOptions { evidence, ..LogOptions::default() }).await;
    assert!(why.contains("a read model knows event 9"), "{why}");
    let lost = watched.loss().await;
    assert!(lost.contains("a read model knows event 9"), "{lost}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_builds_anew_gives_up_nothing_for_who_writes() {
    let nats = nats().await;
    let mut watched = Watched::over(log(&nats.url()).await);
    watched.write(6).await;
    let known = watched.stop().await.position;
    rebuild(&nats.url(), 4, |_| {}).await;
    let evidence = vec![Evidence::new("a read model", known)];
    let building = LogOptions { evidence, lost: LostEvents::BuildAnew, ..LogOptions::default() };
    refusal(&nats.url(), building.clone()).await;
    let why = refusal(&nats.url(), LogOptions::default()).await;
    assert!(why.contains("knows event 6"), "a reader gave it up: {why}");
    Log::open(&nats.url(), accepting()).await.expect("the operator said so");
    Log::open(&nats.url(), building).await.expect("who writes misses nothing any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_and_a_start_after_a_crash_miss_nothing() {
    let nats = nats().await;
    let mut watched = Watched::over(log(&nats.url()).await);
    watched.write(2).await;
    until("the mark is moved", || async {
        let marks = watched.writer.log.recorded_evidence().await.unwrap();
        marks.iter().any(|mark| mark.position == watched.writer.position)
    })
    .await;
    // What was written since the mark was moved last is no discrepancy.
    watched.writer.write(5).await;
    watched.watching.abort();
    log(&nats.url()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_of_a_running_log_is_noticed_and_stays_noticed() {
    let nats = nats().await;
    let mut watched = Watched::over(log(&nats.url()).await);
    watched.write(3).await;
    let jetstream = jetstream_of(&nats.url()).await;
    jetstream.get_stream("PROVISIONING").await.unwrap().purge().await.unwrap();
    watched.write(1).await;
    let why = watched.loss().await;
    // How many, depends on whether it is looked at before or after the last event.
    assert!(why.contains("events that the log counts") && why.contains("are missing"), "{why}");
    // Nobody can go on after a hole, so the flag does not help.
    let why = refusal(&nats.url(), accepting()).await;
    assert!(why.contains("purged or damaged") && !why.contains("--accept"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_goes_while_the_log_is_watched_is_noticed() {
    let nats = nats().await;
    let mut watched = Watched::over(log(&nats.url()).await);
    watched.write(3).await;
    jetstream_of(&nats.url()).await.delete_stream("PROVISIONING").await.unwrap();
    let why = watched.loss().await;
    assert!(why.contains("there is no stream, but this process knows event 3"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_of_a_log_whose_last_message_is_missing_says_so_and_does_not_wait_for_ever() {
    let nats = nats().await;
    let jetstream = jetstream_of(&nats.url()).await;
    deletable(&jetstream, &nats.url()).await;
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(4).await;
    let mut entries = pin!(writer.log.follow(Position::START));
    take(&mut entries, 4).await;
    jetstream.get_stream("PROVISIONING").await.unwrap().delete_message(4).await.unwrap();
    // One who has read it, and one who has not.
    let error = failure(&mut entries).await;
    assert!(matches!(error, ReadError::Broken(Break::Missing { seq: Seq(4) })), "{error:?}");
    let error = failure(&mut pin!(writer.log.follow(writer.said[2].position()))).await;
    assert!(matches!(error, ReadError::Broken(Break::Missing { seq: Seq(4) })), "{error:?}");
    let listed = writer.log.select(Selection::default()).count();
    assert_eq!(tokio::time::timeout(DEADLINE, listed).await.expect("a list ends"), 3);
    let why = refusal(&nats.url(), LogOptions::default()).await;
    assert!(why.contains("of the 4 events that the log counts, 1 are missing"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_of_a_stream_that_is_deleted_says_so() {
    let nats = nats().await;
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(2).await;
    let mut entries = pin!(writer.log.follow(Position::START));
    let live = Selection { live: true, ..Selection::default() };
    let mut selected = pin!(writer.log.select(live));
    take(&mut entries, 2).await;
    take(&mut selected, 2).await;
    jetstream_of(&nats.url()).await.delete_stream("PROVISIONING").await.unwrap();
    let errors = tokio::join!(failure(&mut entries), failure(&mut selected));
    for error in [errors.0, errors.1] {
        assert!(matches!(error, ReadError::Broken(Break::NoStream)), "{error:?}");
    }
}

/// A stream like the log's, from which a message can be deleted.
async fn deletable(jetstream: &jetstream::Context, url: &str) {
    log(url).await;
    let info =
        jetstream.get_stream("PROVISIONING").await.expect("there is a log").cached_info().clone();
    jetstream.delete_stream("PROVISIONING").await.expect("delete the stream");
    let config = stream::Config { deny_delete: false, ..info.config };
    jetstream.create_stream(config).await.expect("make the stream");
}

#[test]
fn what_is_lost_can_be_shared() {
    fn is_shared<T: Send + Sync + Clone>(_: &T) {}
    is_shared(&Continuity::Lost(Arc::new(eventlog::Loss(vec![]))));
}
