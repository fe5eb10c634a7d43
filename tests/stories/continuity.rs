//! The log is the truth, and the program notices at its start when it is not there.

use std::fs;
use std::path::Path;

use async_nats::jetstream;
use embedded::Nats;
use kit::company::Company;
use kit::http::{Answer, http};
use kit::program::{Program, Verb, verb_with};
use kit::servers::fresh_database;
use kit::tables::{connect, reached};
use kit::wait::{blocking, until};
use kit::world::World;
use rollcall::projections::NAMES;
use serde_json::{Value, json};
use tempfile::TempDir;

/// What a program warns of that gives up lost events.
const GIVEN_UP: [&str; 6] = [
    "lost events are given up",
    "the log is taken as it is",
    "the read model is built anew",
    "the saved roster is removed",
    "the saved roster is not of this log",
    "what applications were told is not so any more",
];

/// What a verb needs that looks at servers without an `up`.
async fn look(line: &str, nats_url: &str, database_url: &str) -> Verb {
    verb_with(line, &[("NATS_URL", nats_url), ("DATABASE_URL", database_url)]).await
}

/// Starts `up` where it must refuse to, and tells what it said.
async fn refused(more: &str, data_dir: &Path, nats_url: &str, database_url: &str) -> String {
    let line = format!("up --listen 127.0.0.1:0 --data-dir {}{more}", data_dir.display());
    look(&line, nats_url, database_url).await.ended(1).stderr
}

pub(crate) async fn jetstream_of(nats_url: &str) -> jetstream::Context {
    jetstream::new(async_nats::connect(nats_url).await.expect("connect to NATS"))
}

#[tokio::test]
async fn a_deleted_log_is_no_first_start_and_can_be_given_up() {
    let mut world = World::new().await;
    let company = world.contoso().await;
    company.hire("Ada").await;
    company.ask("employees").await.answered(200);
    world.program.stop().await;
    let (nats, database) = (world.nats.url(), world.database_url.clone());
    jetstream_of(&nats).await.delete_stream("PROVISIONING").await.expect("delete the stream");

    let why = refused("", world.data_dir(), &nats, &database).await;
    for witness in ["ROLLCALL_MARK", "read model directory", "roster's snapshot"] {
        assert!(why.contains(witness), "{witness} is no evidence: {why}");
    }
    assert!(why.contains("there is no stream") && why.contains("--accept-lost-events"), "{why}");
    let verified = look("log verify", &nats, &database).await.ended(4).line();
    assert!(verified["lost"].as_str().is_some_and(|why| why.contains("no stream")), "{verified}");
    let status = look("status", &nats, &database).await.ended(3).line();
    assert!(status["stream"]["lost"].is_string(), "{status}");
    assert_eq!(status["projections"][0]["state"], "ahead-of-log");

    let environment = [("NATS_URL", nats.as_str()), ("DATABASE_URL", database.as_str())];
    let mut program = Program::up(world.data_dir(), &["--accept-lost-events"], &environment);
    for words in GIVEN_UP {
        program.expects(words);
    }
    program.line().await;
    assert!(program.said().contains("lost events are given up"), "it said nothing of it");
    let status = world.verb("status").await.ended(0).line();
    assert_eq!(status["stream"]["position"], 0, "{status}");
    assert_eq!(world.verb("tenant list").await.ended(0).listed("tenants").len(), 0);
    program.stop().await;
    // What was given up is missed no longer.
    world.start_again().await;
    world.verb("log verify").await.ended(0);
}

#[tokio::test]
async fn a_store_from_ten_events_earlier_is_refused_by_all_that_know_better() {
    let place = TempDir::new().expect("make a directory");
    let (store, aside) = (place.path().join("nats/store"), place.path().join("aside"));
    let dir = place.path().join("nats");
    let mut nats = blocking(move || Nats::start(&dir).expect("start nats-server")).await;
    let (nats_url, database) = (nats.url(), fresh_database().await);
    let data_dir = TempDir::new().expect("make a directory");
    let environment = [("NATS_URL", nats_url.as_str()), ("DATABASE_URL", database.as_str())];
    let mut program = Program::up(data_dir.path(), &[], &environment);
    let company = connected(&program.line().await, data_dir.path()).await;
    company.hire("Ada").await;
    program.stop().await;
    nats = blocking(move || {
        nats.kill9();
        copy(&store, &aside);
        nats.restart().expect("start nats-server again");
        nats
    })
    .await;
    let mut program = Program::up(data_dir.path(), &[], &environment);
    let mut company = company;
    company.moved_to(&url(&program.line().await));
    for number in 1..=10 {
        company.hire(&format!("Bob{number}")).await;
    }
    let tables = connect(&database).await;
    let end = look("status", &nats_url, &database).await.line();
    let end = end["stream"]["position"].as_u64().expect("a position");
    for projection in NAMES {
        reached(&tables, projection, end).await;
    }
    program.stop().await;
    let (store, aside) = (place.path().join("nats/store"), place.path().join("aside"));
    let _nats = blocking(move || {
        nats.kill9();
        fs::remove_dir_all(&store).expect("remove the store");
        copy(&aside, &store);
        nats.restart().expect("start nats-server again");
        nats
    })
    .await;

    let why = refused("", data_dir.path(), &nats_url, &database).await;
    // The mark came back with the store; what was built from the log did not.
    for witness in ["read model directory", "read model teams", "roster's snapshot"] {
        assert!(why.contains(witness), "{witness} is no evidence: {why}");
    }
    assert!(why.contains("10 are missing"), "{why}");
    look("log verify", &nats_url, &database).await.ended(4);
    let status = look("status", &nats_url, &database).await.ended(3).line();
    for projection in status["projections"].as_array().expect("projections") {
        assert_eq!(projection["state"], "ahead-of-log", "{status}");
    }
    // A projection alone refuses as well.
    let mut alone = Program::start(&["project", "teams"], &environment);
    assert_eq!(alone.ended().await.code(), Some(1), "{}", alone.said());
    assert!(alone.said().contains("read model teams knows event"), "{}", alone.said());

    let mut program = Program::up(data_dir.path(), &["--accept-lost-events"], &environment);
    for words in GIVEN_UP {
        program.expects(words);
    }
    company.moved_to(&url(&program.line().await));
    // A position of the history that is lost is answered from no other.
    company.ask_once(&company.api_token, "employees").await.answered(503);
    let issued = json!({ "api_token": company.api_token, "credential_id": "" });
    let url = url_of(&company);
    let company = Company::new(&url, "contoso", &company.secret_token, &issued);
    let people = company.ask("employees").await.answered(200).body;
    assert_eq!(people["employees"].as_array().map(Vec::len), Some(1), "{people}");
    company.hire("Bob1").await;
    look("log verify", &nats_url, &database).await.ended(0);
    look("status", &nats_url, &database).await.ended(0);
    program.stop().await;
}

/// A company on an `up` that belongs to no world.
async fn connected(welcome: &Value, data_dir: &Path) -> Company {
    let verb = async |line: &str| kit::program::verb(line, data_dir).await.ended(0);
    verb("tenant create contoso").await;
    let connected = verb("integration activate --tenant contoso --profile workplace").await.line();
    let issued = verb("token issue --tenant contoso --scope all").await.line();
    let secret = connected["secret_token"].as_str().expect("a secret token");
    Company::new(&url(welcome), "contoso", secret, &issued)
}

fn url_of(company: &Company) -> String {
    company.api_base_url.trim_end_matches("/api/v1/contoso").to_owned()
}

fn url(welcome: &Value) -> String {
    let token_url = welcome["token_url"].as_str().expect("the line has a token_url");
    token_url.trim_end_matches("/oauth/token").to_owned()
}

fn copy(from: &Path, to: &Path) {
    let copied = std::process::Command::new("cp").arg("-a").args([from, to]).status();
    assert!(copied.expect("there is a program cp").success());
}

#[tokio::test]
async fn a_start_that_waits_lives_and_says_what_for() {
    let nowhere = [("NATS_URL", "nats://127.0.0.1:1"), ("ROLLCALL_LOG", "json")];
    let mut program = Program::start(&["ingest", "--listen", "127.0.0.1:0"], &nowhere);
    let url = program.health_url().await;
    let asked = async |path: &str| Answer::to(http().get(format!("{url}{path}"))).await;
    asked("/health/live").await.answered(200);
    let waiting = asked("/health/ready").await.answered(503).body;
    assert_eq!(waiting["checks"], json!({ "start": "connecting to NATS" }));
    asked("/scim/v2/contoso/Users").await.answered(503);
    let ended = program.ended().await;
    assert_eq!(ended.code(), Some(1), "it waited for ever, or in vain and said nothing");
    until("it says why", async || program.said().contains("connect to NATS")).await;
}
