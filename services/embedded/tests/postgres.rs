//! A real Postgres, started, killed and started again.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use embedded::{EmbeddedError, Postgres, for_tests};
use tokio_postgres::{Client, NoTls};

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn ask(url: &str, question: &str) -> String {
    connect(url).await.query_one(question, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn what_was_committed_survives_a_kill_at_the_same_address() {
    let mut postgres = Postgres::start_for_tests().unwrap();
    let (url, pid) = (postgres.create_database("kept").unwrap(), postgres.pid());
    let client = connect(&url).await;
    client.batch_execute("CREATE TABLE t AS SELECT 'a word'::text AS word").await.unwrap();
    // Backends that are busy notice late that their server is gone.
    let busy = tokio::spawn(async move { client.batch_execute("SELECT pg_sleep(60)").await });
    postgres.kill9();
    assert!(busy.await.unwrap().is_err(), "a killed server still works");
    postgres.restart().unwrap();
    assert_ne!(postgres.pid(), pid, "it was never killed");
    assert_eq!(ask(&url, "SELECT word FROM t").await, "a word");
}

#[tokio::test]
async fn a_second_start_on_the_same_directory_keeps_the_data() {
    let dir = tempfile::tempdir().unwrap();
    let postgres = Postgres::start(dir.path()).unwrap();
    let url = postgres.create_database("kept").unwrap();
    connect(&url).await.batch_execute("CREATE TABLE t AS SELECT 'here'::text").await.unwrap();
    postgres.stop();
    let postgres = Postgres::start(dir.path()).unwrap();
    let url = postgres.create_database("kept").expect("a database may be there already");
    assert_eq!(ask(&url, "SELECT * FROM t").await, "here");
}

#[tokio::test]
async fn commits_are_synced_unless_it_is_for_tests() {
    let dir = tempfile::tempdir().unwrap();
    let kept = Postgres::start(dir.path()).unwrap();
    assert_eq!(ask(&kept.url(), "SHOW fsync").await, "on");
    assert_eq!(ask(&for_tests().fresh_database(), "SHOW fsync").await, "off");
}

#[tokio::test]
async fn texts_are_utf8_and_compare_by_code_point_on_every_machine() {
    let url = for_tests().fresh_database();
    assert_eq!(ask(&url, "SHOW server_encoding").await, "UTF8");
    let collation = "SELECT datcollate::text FROM pg_database WHERE datname = current_database()";
    assert_eq!(ask(&url, collation).await, "C");
    assert_eq!(ask(&url, "SHOW timezone").await, "UTC");
}

#[tokio::test]
async fn a_fresh_database_is_empty_whatever_other_tests_did() {
    let (one, two) = (for_tests().fresh_database(), for_tests().fresh_database());
    connect(&one).await.batch_execute("CREATE TABLE t ()").await.unwrap();
    connect(&two).await.batch_execute("CREATE TABLE t ()").await.unwrap();
}

#[tokio::test]
async fn only_this_user_can_reach_it() {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let postgres = Postgres::start(dir.path()).unwrap();
    assert_eq!(ask(&postgres.url(), "SHOW listen_addresses").await, "");
    let mode = fs::metadata(dir.path().join("data")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "the socket's folder is open to others: {mode:o}");
}

#[tokio::test]
async fn a_directory_may_have_a_long_and_odd_name() {
    let dir = tempfile::tempdir().unwrap();
    let long = dir.path().join("long".repeat(30)).join("a \"quoted\", é dir");
    let postgres = Postgres::start(&long).unwrap();
    assert_eq!(ask(&postgres.url(), "SELECT 'yes'::text").await, "yes");
    let odd = dir.path().join("a \"b\", c");
    let postgres = Postgres::start(&odd).unwrap();
    assert_eq!(ask(&postgres.url(), "SELECT 'yes'::text").await, "yes");
}

#[tokio::test]
async fn a_database_may_have_an_odd_name() {
    let url = for_tests().postgres().create_database("a \"b\" / ?é").unwrap();
    assert_eq!(ask(&url, "SELECT current_database()::text").await, "a \"b\" / ?é");
}

#[test]
fn a_directory_in_use_is_named_with_the_pid_of_its_server() {
    let dir = tempfile::tempdir().unwrap();
    let postgres = Postgres::start(dir.path()).unwrap();
    let e = Postgres::start(dir.path()).expect_err("the first one still runs");
    let EmbeddedError::InUse { dir: named, pid } = &e else { panic!("another error: {e}") };
    assert_eq!((named.as_path(), pid), (dir.path(), &postgres.pid().to_string()));
}
