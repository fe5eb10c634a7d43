//! The whole log is verified in the background.

use std::time::Duration;

use eventlog::Log;
use eventlog::{Pace, Verification};
use events::Seq;
use tokio::sync::watch;

use kit::log_writer::Writer;
use kit::rebuild::rebuild;
use kit::servers::{DEADLINE, log, nats, until};

/// Verifies in the background until dropped.
fn verifying(log: &Log, rate: u32) -> (watch::Receiver<Verification>, tokio::task::JoinHandle<()>) {
    let (shown, seen) = watch::channel(Verification::default());
    let log = log.clone();
    let pace = Pace { rate, every: Duration::from_millis(50) };
    (seen, tokio::spawn(async move { log.keep_verifying(pace, &shown).await }))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_body_in_the_middle_is_found_and_told() {
    let nats = nats().await;
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(60).await;
    let (mut seen, task) = verifying(&writer.log, 1_000_000);
    let sound = seen.wait_for(|seen| seen.position == Seq(60) && seen.damage.is_none());
    tokio::time::timeout(DEADLINE, sound).await.expect("a sound log is verified").unwrap();
    until("it is noted beside the log", || async {
        writer.log.last_verification().await.unwrap().is_some_and(|found| found.position == Seq(60))
    })
    .await;
    task.abort();

    rebuild(&nats.url(), 60, |message| {
        if message.sequence == 41 {
            message.payload = message.payload.to_ascii_uppercase().into();
        }
    })
    .await;
    let (mut seen, task) = verifying(&writer.log, 1_000_000);
    let damaged = seen.wait_for(|seen| seen.damage.is_some());
    let damaged = tokio::time::timeout(DEADLINE, damaged).await.expect("it is found").unwrap();
    assert_eq!(damaged.position, Seq(40));
    assert!(damaged.damage.as_ref().unwrap().contains("event 41"), "{damaged:?}");
    drop(damaged);
    until("it is noted beside the log", || async {
        writer.log.last_verification().await.unwrap().is_some_and(|found| found.damage.is_some())
    })
    .await;
    task.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verification_reads_no_more_events_a_second_than_it_may() {
    let nats = nats().await;
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(400).await;
    let began = std::time::Instant::now();
    let (mut seen, task) = verifying(&writer.log, 200);
    let done = seen.wait_for(|seen| seen.position == Seq(400));
    tokio::time::timeout(DEADLINE, done).await.expect("it comes to its end").unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1), "{:?}", began.elapsed());
    task.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_header_in_the_middle_is_found_and_told() {
    let nats = nats().await;
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(30).await;
    rebuild(&nats.url(), 30, |message| {
        if message.sequence == 17 {
            message.headers.insert("ce-actor", "portal:somebody-else");
        }
    })
    .await;
    let (mut seen, task) = verifying(&writer.log, 1_000_000);
    let damaged = seen.wait_for(|seen| seen.damage.is_some());
    let damaged = tokio::time::timeout(DEADLINE, damaged).await.expect("it is found").unwrap();
    assert_eq!(damaged.position, Seq(16));
    assert!(damaged.damage.as_ref().unwrap().contains("event 17"), "{damaged:?}");
    drop(damaged);
    task.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn gaps_made_by_hand_are_found_and_told_by_their_positions() {
    let nats = nats().await;
    let mut writer = Writer::new(log(&nats.url()).await);
    writer.write(30).await;
    assert_eq!(writer.log.gaps().await.unwrap(), []);
    let client = async_nats::connect(nats.url()).await.unwrap();
    let stream = async_nats::jetstream::new(client).get_stream("PROVISIONING").await.unwrap();
    for seq in [11, 12, 20] {
        stream.delete_message(seq).await.unwrap();
    }
    let gaps = writer.log.gaps().await.unwrap();
    let told: Vec<String> = gaps.iter().map(eventlog::Gap::to_string).collect();
    assert_eq!(told, ["11 to 12", "20"]);
    let (mut seen, task) = verifying(&writer.log, 1_000_000);
    let damaged = seen.wait_for(|seen| seen.damage.is_some());
    let damaged = tokio::time::timeout(DEADLINE, damaged).await.expect("it is found").unwrap();
    assert_eq!(damaged.position, Seq(10));
    let damage = damaged.damage.clone().unwrap();
    assert!(damage.contains("missing are 11 to 12, 20"), "{damage}");
    drop(damaged);
    task.abort();
}
