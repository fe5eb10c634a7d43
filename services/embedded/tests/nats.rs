//! A real nats-server, started, killed and started again.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::time::{Duration, Instant};

use async_nats::jetstream::message::PublishMessage as Publish;
use async_nats::jetstream::{self, stream};
use embedded::{EmbeddedError, Nats};

async fn messages(url: &str) -> u64 {
    let stream = jetstream::new(async_nats::connect(url).await.unwrap());
    stream.get_stream("LOG").await.unwrap().cached_info().state.messages
}

async fn write(url: &str) {
    let jetstream = jetstream::new(async_nats::connect(url).await.unwrap());
    let config = stream::Config {
        name: "LOG".into(),
        subjects: vec!["log".into()],
        allow_atomic_publish: true,
        ..stream::Config::default()
    };
    jetstream.get_or_create_stream(config).await.unwrap();
    jetstream.publish("log", "a word".into()).await.unwrap().await.unwrap();
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill_at_the_same_address() {
    let mut nats = Nats::start_for_tests().unwrap();
    let (url, pid) = (nats.url(), nats.pid());
    write(&url).await;
    nats.kill9();
    assert!(async_nats::connect(&url).await.is_err(), "a killed server still answers");
    nats.restart().unwrap();
    assert_eq!(nats.url(), url, "clients would have to look for it");
    assert_ne!(nats.pid(), pid, "it was never killed");
    assert_eq!(messages(&url).await, 1);
}

#[tokio::test]
async fn a_cluster_keeps_what_was_acknowledged_while_one_of_its_servers_is_dead() {
    let mut cluster = Nats::cluster_for_tests().unwrap();
    let config = || stream::Config {
        name: "LOG".into(),
        subjects: vec!["log".into()],
        num_replicas: 3,
        ..stream::Config::default()
    };
    let jetstream = jetstream::new(async_nats::connect(cluster[0].url()).await.unwrap());
    // They need a moment to find each other.
    eventually("a stream with three replicas", async || {
        let made = jetstream.get_or_create_stream(config()).await;
        made.map(|_| ()).map_err(|error| error.to_string())
    })
    .await;
    publish_once(&jetstream, "a word").await;
    // It may lead the stream: then nobody answers until the others have chosen another leader.
    cluster[2].kill9();
    publish_once(&jetstream, "another").await;
    // Another server may hear of the stream, and of its messages, a moment later.
    let jetstream = jetstream::new(async_nats::connect(cluster[1].url()).await.unwrap());
    eventually("both messages at another server", async || {
        let stream = jetstream.get_stream("LOG").await.map_err(|error| error.to_string())?;
        match stream.cached_info().state.messages {
            2 => Ok(()),
            found => Err(format!("{found} of 2 messages are there")),
        }
    })
    .await;
}

/// Tried until it is acknowledged, under one message id: a try whose answer was lost counts.
async fn publish_once(jetstream: &jetstream::Context, word: &'static str) {
    eventually("an acknowledgement", async || {
        let message = Publish::build().message_id(word).payload(word.into());
        let sent =
            jetstream.send_publish("log", message).await.map_err(|error| error.to_string())?;
        sent.await.map(|_| ()).map_err(|error| error.to_string())
    })
    .await;
}

/// Waits for `done`, and says what it last said when two minutes were not enough.
async fn eventually(what: &str, mut done: impl AsyncFnMut() -> Result<(), String>) {
    let deadline = Instant::now() + Duration::from_mins(2);
    while let Err(why) = done().await {
        assert!(Instant::now() < deadline, "waited for {what}: {why}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_second_start_on_the_same_directory_keeps_the_store() {
    let dir = tempfile::tempdir().unwrap();
    let nats = Nats::start(dir.path()).unwrap();
    write(&nats.url()).await;
    nats.stop();
    let nats = Nats::start(dir.path()).unwrap();
    assert_eq!(messages(&nats.url()).await, 1);
}

#[tokio::test]
async fn every_write_is_synced_and_eight_megabytes_are_accepted() {
    let dir = tempfile::tempdir().unwrap();
    let nats = Nats::start(dir.path()).unwrap();
    let config = fs::read_to_string(dir.path().join("nats.conf")).unwrap();
    assert!(config.contains("sync_interval: always"), "{config}");
    let client = async_nats::connect(nats.url()).await.unwrap();
    assert_eq!(client.server_info().max_payload, 8 << 20);
}

#[test]
fn a_directory_in_use_is_named_with_the_pid_of_its_server() {
    let dir = tempfile::tempdir().unwrap();
    let nats = Nats::start(dir.path()).unwrap();
    let e = Nats::start(dir.path()).expect_err("the first one still runs");
    let EmbeddedError::InUse { dir: named, pid } = &e else { panic!("another error: {e}") };
    assert_eq!((named.as_path(), pid), (dir.path(), &nats.pid().to_string()));
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("store"), "a file where a directory should be").unwrap();
    let words = Nats::start(dir.path()).expect_err("it has no store").to_string();
    assert!(words.contains("storage directory"), "does not quote the server's log: {words}");
}

#[test]
fn odd_characters_in_a_path_do_no_harm() {
    let dir = tempfile::tempdir().unwrap();
    let odd = dir.path().join("a \"quoted\" $HOME, é # dir");
    Nats::start(&odd).unwrap().stop();
    assert!(odd.join("store").is_dir(), "the store is elsewhere");
}
