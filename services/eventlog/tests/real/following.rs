//! What a reader of the whole log is promised.

use std::pin::pin;

use async_nats::jetstream;
use eventlog::{Break, Log, ReadError};
use events::{Chain, Position, Seq, header};
use futures_util::{FutureExt, StreamExt};

use kit::log_writer::{Writer, decision, failure, take};
use kit::servers::{log, nats};

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_gets_what_is_there_and_then_what_comes() {
    let nats = nats().await;
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(3).await;
    let middle = writer.position;
    writer.write(2).await;
    let mut entries = pin!(writer.log.follow(middle));
    assert_eq!(take(&mut entries, 2).await, writer.said[3..]);
    assert!(entries.next().now_or_never().is_none(), "there is more than was written");
    for _ in 0..50 {
        writer.write(1).await;
        assert_eq!(take(&mut entries, 1).await.last(), writer.said.last());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_tells_its_id_and_place_without_being_decoded() {
    let nats = nats().await;
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(1).await;
    let entry = writer.log.last().await.unwrap().unwrap();
    assert_eq!(entry.id().unwrap(), writer.said[0].envelope.id);
    assert_eq!(entry.position().unwrap(), writer.said[0].position());
    assert_eq!(entry.header(header::TYPE), Some("rollcall.team.created"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_somebody_else_stops_every_reader() {
    let nats = nats().await;
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(2).await;
    let mut entries = pin!(writer.log.follow(Position::START));
    take(&mut entries, 2).await;
    foreign(&nats.url()).await.publish("prov.x", "boo".into()).await.unwrap().await.unwrap();
    let error = failure(&mut entries).await;
    assert!(matches!(error, ReadError::Undecodable { seq: Seq(3), .. }), "{error:?}");
    assert!(entries.next().await.is_none(), "a reader ends where the log makes no sense");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_out_of_line_breaks_the_chain() {
    let nats = nats().await;
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(1).await;
    // Somebody who has not read the first event.
    let (forked, _) = decision(Position { seq: Seq(1), chain: Chain::START }, 1);
    let wrong = Position { seq: Seq(1), chain: Chain::START };
    writer.log.append(wrong, &forked).await.expect("the server cannot know");
    let error = failure(&mut pin!(writer.log.follow(Position::START))).await;
    let is_fork = matches!(error, ReadError::Broken(Break::Chain { seq: Seq(2), .. }));
    assert!(is_fork, "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_is_gone_is_noticed() {
    let nats = nats().await;
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(5).await;
    let stream = foreign(&nats.url()).await.get_stream("PROVISIONING").await.unwrap();
    stream.purge().sequence(3).await.unwrap();
    let error = failure(&mut pin!(writer.log.follow(Position::START))).await;
    let is_gap = matches!(error, ReadError::Broken(Break::Missing { seq: Seq(1) }));
    assert!(is_gap, "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_lost_its_end_is_noticed() {
    let (lost, kept) = (nats().await, nats().await);
    let mut before = Writer::new(log(&lost.url()).await);
    before.write(9).await;
    let mut after = Writer::new(log(&kept.url()).await);
    after.write(4).await;
    let error = failure(&mut pin!(after.log.follow(before.position))).await;
    let is_short = matches!(error, ReadError::Broken(Break::Short { read: Seq(9), end: Seq(4) }));
    assert!(is_short, "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_history_is_noticed_before_a_single_event_is_read() {
    let (one, other) = (nats().await, nats().await);
    let mut first = Writer::new(log(&one.url()).await);
    first.write(2).await;
    let mut second = Writer::new(log(&other.url()).await);
    second.write(4).await;
    let error = failure(&mut pin!(second.log.follow(first.position))).await;
    let is_fork = matches!(error, ReadError::Broken(Break::Chain { seq: Seq(2), .. }));
    assert!(is_fork, "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shared_key_is_the_same_for_everybody() {
    let nats = nats().await;
    let (one, other) = (log(&nats.url()).await, log(&nats.url()).await);
    let keys = tokio::join!(key(&one, "tokens"), key(&other, "tokens"));
    assert_eq!(keys.0, keys.1);
    assert_eq!(key(&one, "tokens").await, keys.0);
    assert_ne!(key(&one, "cursors").await, keys.0);
}

async fn key(log: &Log, name: &str) -> [u8; 32] {
    log.shared_key(name).await.expect("a key")
}

/// JetStream as somebody sees it who does not know what a log is.
async fn foreign(url: &str) -> jetstream::Context {
    jetstream::new(async_nats::connect(url).await.expect("connect to NATS"))
}
