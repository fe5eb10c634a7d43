//! The journal beside the log.

use std::pin::pin;

use async_nats::jetstream;
use eventlog::{Journal, JournalError, JournalRecord, Log, LogOptions};
use futures_util::StreamExt as _;

use kit::servers::{blocking, log, nats, until};

async fn append(journal: &Journal, after: u64, text: &str) -> Result<u64, JournalError> {
    journal.append(after, "replay.planned", text.as_bytes().to_vec()).await
}

fn texts(records: &[JournalRecord]) -> Vec<String> {
    records.iter().map(|record| String::from_utf8(record.body.to_vec()).expect("UTF-8")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_seen_the_last_record_appends_nothing() {
    let nats = nats().await;
    let log = log(&nats.url()).await;
    let (one, other) = (Journal::open(&log).await.unwrap(), Journal::open(&log).await.unwrap());
    assert_eq!(append(&one, 0, "a").await.unwrap(), 1);
    let late = append(&other, 0, "b").await;
    assert!(matches!(late, Err(JournalError::Conflict)), "{late:?}");
    assert_eq!(append(&other, 1, "b").await.unwrap(), 2);
    assert_eq!(texts(&one.read_after(0).await.unwrap()), ["a", "b"]);
    assert_eq!(one.read_after(2).await.unwrap(), []);
    assert_eq!(one.end().await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_records_are_read_in_order() {
    let nats = nats().await;
    let log = log(&nats.url()).await;
    let journal = Journal::open(&log).await.unwrap();
    let written: Vec<String> = (0..100).map(|n| n.to_string()).collect();
    for (after, text) in (0..).zip(&written) {
        append(&journal, after, text).await.unwrap();
    }
    assert_eq!(texts(&journal.read_after(0).await.unwrap()), written);
    assert_eq!(texts(&journal.read_after(40).await.unwrap()), written[40..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_record_can_be_deleted_or_purged_by_whoever_may_change_streams() {
    let nats = nats().await;
    let log = log(&nats.url()).await;
    let journal = Journal::open(&log).await.unwrap();
    append(&journal, 0, "a").await.unwrap();
    let client = async_nats::connect(nats.url()).await.unwrap();
    let stream = jetstream::new(client).get_stream("OPERATIONS").await.unwrap();
    assert!(stream.delete_message(1).await.is_err());
    assert!(stream.purge().await.is_err());
    assert_eq!(texts(&journal.read_after(0).await.unwrap()), ["a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_of_another_log_is_another_one() {
    let nats = nats().await;
    let live = Journal::open(&log(&nats.url()).await).await.unwrap();
    let stream = "CANDIDATE".parse().unwrap();
    let options = LogOptions { stream, ..LogOptions::default() };
    let other = Log::open(&nats.url(), options).await.unwrap();
    let other = Journal::open(&other).await.unwrap();
    append(&live, 0, "live").await.unwrap();
    append(&other, 0, "other").await.unwrap();
    assert_eq!(texts(&live.read_after(0).await.unwrap()), ["live"]);
    assert_eq!(texts(&other.read_after(0).await.unwrap()), ["other"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_waits_for_a_journal_and_for_a_server_that_is_away() {
    let mut nats = nats().await;
    let log = log(&nats.url()).await;
    let mut followed = pin!(Journal::of(&log).follow(0));
    assert!(
        tokio::time::timeout(std::time::Duration::from_millis(50), followed.next()).await.is_err()
    );
    assert_eq!(Journal::of(&log).read_after(0).await.unwrap(), [], "there is none yet");
    let journal = Journal::open(&log).await.unwrap();
    append(&journal, 0, "a").await.unwrap();
    assert_eq!(texts(&[followed.next().await.unwrap().unwrap()]), ["a"]);
    nats = blocking(move || {
        nats.kill9();
        nats.restart().expect("start nats-server again");
        nats
    })
    .await;
    until("the journal can be written to", || async { append(&journal, 1, "b").await.is_ok() })
        .await;
    assert_eq!(texts(&[followed.next().await.unwrap().unwrap()]), ["b"]);
    drop(nats);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_could_lose_records_is_refused() {
    let nats = nats().await;
    let log = log(&nats.url()).await;
    let client = async_nats::connect(nats.url()).await.unwrap();
    let config = jetstream::stream::Config {
        name: "OPERATIONS".to_owned(),
        subjects: vec!["ops.>".to_owned()],
        ..Default::default()
    };
    jetstream::new(client).create_stream(config).await.unwrap();
    let refused = Journal::open(&log).await.unwrap_err().to_string();
    assert!(refused.contains("deny_purge"), "{refused}");
}
