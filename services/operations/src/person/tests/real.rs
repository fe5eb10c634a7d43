//! The same events from a real log and a real index, wherever that is.

use activity::Activity;
use directory::Directory;
use eventlog::{Log, LogOptions, seal};
use events::{Position, Recorded, Seq};
use kit::projection::{acme, build};
use kit::servers::{database, nats};
use projector::{Database, Projection};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::law::gathered;
use super::world::{PEOPLE, employee, history, intents};
use crate::person::source::{SeeError, Source};

/// Appends a history, whose positions are those that the log gives.
async fn written(log: &Log, history: &[Recorded]) -> Vec<Recorded> {
    let mut position = Position::START;
    let mut said = Vec::new();
    for event in history {
        let (envelope, event) = (event.envelope.clone(), event.event.clone());
        let (sealed, recorded) = seal(position, true, envelope, event).expect("a known event");
        log.append(position, &[sealed]).await.expect("append to the log");
        position = recorded.position();
        said.push(recorded);
    }
    said
}

/// Builds what the sources ask, with the index up to `indexed`.
async fn built(database: &Database, log: &[Recorded], indexed: usize) {
    let mut client = database.pool().get().await.expect("a connection");
    build::<Directory>(&mut client, Directory::NAME, log, 10).await;
    build::<Activity>(&mut client, Activity::NAME, &log[..indexed], 10).await;
    let seq = i64::try_from(indexed).expect("a small number");
    client.execute("UPDATE checkpoint SET seq = $1", &[&seq]).await.expect("move it");
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_the_index_is_the_same_events_are_found() {
    let (nats, database) = (nats().await, database().await);
    let mut runner = TestRunner::default();
    for nth in 0..6_usize {
        let made = intents().new_tree(&mut runner).expect("a history").current();
        let stream = format!("LOG{nth}").parse().expect("a name");
        let options = LogOptions { stream, ..LogOptions::default() };
        let log = Log::open(&nats.url(), options).await.expect("open the log");
        let said = written(&log, &history(&made).0).await;
        for indexed in [0, said.len() / 2, said.len().saturating_sub(5), said.len()] {
            built(&database, &said, indexed).await;
            for employee in (0..PEOPLE).map(employee) {
                let source = Source::open(&log, &database, Some(&acme())).await.expect("open");
                let found = source.gather(&acme(), employee).await.expect("gather");
                assert_eq!(found.events, gathered(&said, employee), "{indexed} of {}", said.len());
                let (read_to, indexed_to) = (found.read_to.0, found.indexed_to.0);
                assert_eq!((read_to, indexed_to), (said.len() as u64, indexed as u64));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_found_by_each_of_their_ids_and_by_name_with_the_tenant_or_without() {
    let (nats, database) = (nats().await, database().await);
    let log = Log::open(&nats.url(), LogOptions::default()).await.expect("open the log");
    let (first, again) = super::told::one_who_came_back();
    let said = written(&log, &history(&first).0).await;
    for indexed in [0, 3, said.len()] {
        built(&database, &said, indexed).await;
        let source = Source::open(&log, &database, None).await.expect("open");
        let ids = [employee(1).to_string(), again.to_string()];
        for text in ids.iter().map(String::as_str).chain(["1.0@ACME.example", "1"]) {
            for tenant in [None, Some(acme())] {
                let found = source.find(tenant.as_ref(), text).await;
                assert_eq!(found.expect(text), (acme(), employee(1)), "{indexed}: {text}");
            }
        }
        let other = "other".parse().expect("a slug");
        for (tenant, text) in [(Some(&other), &*ids[0]), (None, "nobody"), (None, "")] {
            let found = source.find(tenant, text).await;
            assert!(matches!(found, Err(SeeError::Nobody)), "{text}: {found:?}");
        }
        assert_eq!(source.gather(&acme(), employee(1)).await.expect("gather").read_to, last(&said));
    }
}

fn last(said: &[Recorded]) -> Seq {
    said.last().expect("there are events").seq
}
