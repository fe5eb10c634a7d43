//! A real nats-server, started, killed and started again.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

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
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while let Err(error) = jetstream.get_or_create_stream(config()).await {
        assert!(std::time::Instant::now() < deadline, "no stream with three replicas: {error}");
    }
    jetstream.publish("log", "a word".into()).await.unwrap().await.unwrap();
    cluster[2].kill9();
    jetstream.publish("log", "another".into()).await.unwrap().await.unwrap();
    // Another server may hear of the stream, and of its messages, a moment later.
    let jetstream = jetstream::new(async_nats::connect(cluster[1].url()).await.unwrap());
    loop {
        let found = match jetstream.get_stream("LOG").await {
            Ok(stream) => stream.cached_info().state.messages,
            Err(_) => 0,
        };
        if found == 2 {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "{found} of 2 messages are there");
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
