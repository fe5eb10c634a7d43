//! Two logs on one server do not see each other.

use std::pin::pin;

use async_nats::jetstream;
use eventlog::{Evidence, Log, LogOptions, Selection};
use events::{Position, Seq};
use futures_util::TryStreamExt as _;
use tokio::sync::watch;

use kit::log_writer::{Writer, take};
use kit::servers::{log, nats, until};

async fn candidate(url: &str) -> Log {
    let stream = "CANDIDATE".parse().expect("a name");
    Log::open(url, LogOptions { stream, ..LogOptions::default() }).await.expect("open the log")
}

#[tokio::test(flavor = "multi_thread")]
async fn two_logs_on_one_server_do_not_see_each_other() {
    let nats = nats().await;
    let mut live = Writer::new(log(&nats.url()).await);
    let mut other = Writer::new(candidate(&nats.url()).await);
    live.write(3).await;
    other.write(5).await;
    live.write(1).await;
    for (writer, count) in [(&live, 4), (&other, 5)] {
        let log = &writer.log;
        assert_eq!(log.end().await.unwrap(), Seq(count));
        let mut entries = pin!(log.follow(Position::START));
        assert_eq!(take(&mut entries, writer.said.len()).await, writer.said);
        let selection = Selection { tenant: "acme".parse().ok(), ..Selection::default() };
        let selected: Vec<_> = log.select(selection).try_collect().await.unwrap();
        let selected: Vec<_> = selected.iter().map(|entry| entry.read().unwrap()).collect();
        assert_eq!(selected, writer.said);
        // An event says the same of itself in either.
        let first = &writer.said[0];
        let subject = first.event.subject(first.tenant()).unwrap();
        let found = log.last_on(&subject).await.unwrap().expect("it is there");
        assert_eq!((found.subject(), found.seq), (&*subject, Seq(1)));
    }

    // Each has a mark and keys of its own.
    let keys = (live.log.shared_key("tokens").await.unwrap(), other.log.shared_key("tokens").await);
    assert_ne!(keys.0, keys.1.unwrap());

    let position = watch::Sender::new(other.position);
    let (shown, _) = watch::channel(eventlog::Continuity::default());
    let (monitored, known) = (other.log.clone(), position.subscribe());
    let monitor = tokio::spawn(async move { monitored.monitor_continuity(known, &shown).await });
    until("the mark is set", || async {
        other.log.recorded_evidence().await.unwrap().iter().any(|e| e.position == other.position)
    })
    .await;
    drop(position);
    monitor.await.unwrap();
    assert_eq!(live.log.recorded_evidence().await.unwrap(), []);

    // What one knows, the other has never heard of.
    let evidence = [Evidence::new("a read model", other.position)];
    assert_ne!(live.log.check_continuity(&evidence).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_with_the_subjects_of_another_is_refused() {
    let nats = nats().await;
    let jetstream = jetstream::new(async_nats::connect(nats.url()).await.unwrap());
    let made = candidate(&nats.url()).await;
    let stream = jetstream.get_stream("CANDIDATE").await.unwrap();
    let mut config = stream.cached_info().config.clone();
    assert_eq!(config.subjects, ["CANDIDATE.prov.>"]);
    config.subjects = vec!["prov.>".to_owned()];
    jetstream.update_stream(config).await.unwrap();
    let options = LogOptions { stream: made.stream_name().clone(), ..LogOptions::default() };
    let refused = Log::open(&nats.url(), options).await.unwrap_err().to_string();
    assert!(refused.contains("stream CANDIDATE") && refused.contains("subjects"), "{refused}");
}
