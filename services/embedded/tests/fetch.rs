//! The way of a fresh machine: nothing is found, everything is fetched.

use std::path::Path;
use std::sync::Mutex;
use std::thread;

use embedded::{Durability, Nats, Postgres, Search};

/// A machine on which nothing is installed.
fn fresh_machine(cache: &Path) -> Search {
    Search { nats_server: None, postgres_bin: None, folders: vec![], cache: cache.to_owned() }
}

#[test]
fn a_fresh_machine_fetches_each_server_once_and_runs_it() {
    let dir = tempfile::tempdir().unwrap();
    let search = fresh_machine(&dir.path().join("cache"));
    let told = Mutex::new(Vec::new());
    let tell = |line: &str| told.lock().unwrap().push(line.to_owned());
    let start = |name: &str| {
        let (nats, postgres) = (dir.path().join(name), dir.path().join(name).join("pg"));
        let kept = Durability::ForTests;
        let nats = Nats::start_with(&search, &nats, tell).unwrap();
        let postgres = Postgres::start_with(&search, &postgres, kept, tell).unwrap();
        postgres.create_database("works").unwrap();
        nats.stop();
        postgres.stop();
    };
    thread::scope(|scope| {
        scope.spawn(|| start("one"));
        scope.spawn(|| start("two"));
    });
    let mut told = told.into_inner().unwrap();
    told.sort();
    assert_eq!(told, ["fetching Postgres 18.4 …", "fetching nats-server 2.15.1 …"]);
}
