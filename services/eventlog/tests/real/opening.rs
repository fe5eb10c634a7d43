//! Which logs are opened, and which are not.

use std::time::Duration;

use async_nats::jetstream::{self, stream};
use eventlog::{Log, LogError, LogOptions};

use kit::servers::{log, nats};

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_made_once_and_found_again() {
    let nats = nats().await;
    log(&nats.url()).await;
    log(&nats.url()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_would_lose_events_is_refused() {
    let nats = nats().await;
    let lossy = stream::Config {
        name: "PROVISIONING".to_owned(),
        subjects: vec!["prov.>".to_owned()],
        storage: stream::StorageType::Memory,
        ..stream::Config::default()
    };
    let jetstream = jetstream::new(async_nats::connect(nats.url()).await.unwrap());
    jetstream.create_stream(lossy).await.unwrap();
    let Err(LogError::Lossy { faults: why, .. }) =
        Log::open(&nats.url(), LogOptions::default()).await
    else {
        panic!("a log in memory was opened");
    };
    for fault in ["memory", "discards old", "atomic"] {
        assert!(why.contains(fault), "{why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_an_error_that_names_it() {
    let patience = Duration::ZERO;
    let options = LogOptions { patience, ..LogOptions::default() };
    let error = Log::open("nats://ada:secret@127.0.0.1:1", options).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("nats://127.0.0.1:1") && !text.contains("secret"), "{text}");
}
