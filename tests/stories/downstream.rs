//! What an application downstream sees that reads as `deploy/` says.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Stdio;

use kit::entra;
use kit::python::{self, example};
use kit::wait::{DEADLINE, blocking, found};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::deployment::{Deployment, password};

const RACES: usize = 100;

/// `deploy/examples/application.py`, running.
struct Application {
    _child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    place: TempDir,
}

/// Where nats-py is, of the version that the example asks for.
fn nats_py() -> PathBuf {
    python::packages(&example("requirements.txt"))
}

/// A subscriber's user, and its password.
struct Login {
    user: String,
    password: String,
}

/// Has an operator add a subscriber, and waits until it can fetch.
async fn subscriber(deployment: &Deployment, line: &str) -> Login {
    let add = format!("subscriber add {line} --door nats");
    let added = deployment.verb_as("operator", &add).await.ended(0).line();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    Login { user: text(&added["nats"]["user"]), password: text(&added["secret"]) }
}

impl Application {
    async fn on(deployment: &Deployment, login: &Login) -> Self {
        let packages = blocking(nats_py).await;
        let place = TempDir::new().expect("make a directory");
        let mut child = Command::new("python3")
            .arg(example("application.py"))
            .env("TABLE", place.path().join("table.json"))
            .env("PYTHONPATH", packages)
            .env("NATS_URL", deployment.nats.url())
            .env("NATS_USER", &login.user)
            .env("NATS_PASSWORD", &login.password)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("python3 is there, as README asks");
        let stdout = child.stdout.take().expect("its standard output is ours");
        Self { _child: child, lines: BufReader::new(stdout).lines(), place }
    }

    async fn next(&mut self) -> Value {
        let line = tokio::time::timeout(DEADLINE, self.lines.next_line()).await;
        let line = line.expect("the application hears of nothing any more");
        let line = line.expect("its output is text").expect("the application goes on");
        serde_json::from_str(&line).expect("it prints JSON")
    }

    /// The names of so many active people, once it has saved these.
    async fn names(&self, count: usize) -> BTreeSet<String> {
        let read = async || {
            let saved = std::fs::read(self.place.path().join("table.json")).ok()?;
            let table: Value = serde_json::from_slice(&saved).expect("the table is whole");
            let active = table["active"].as_object()?.values();
            let names = active.map(|one| one["name"].as_str().expect("a name").to_owned());
            Some(names.collect()).filter(|names: &BTreeSet<String>| names.len() == count)
        };
        found("everybody is in the table", read).await
    }

    /// The next so many that it prints.
    async fn take(&mut self, count: usize) -> Vec<Value> {
        let mut heard = Vec::new();
        while heard.len() < count {
            heard.push(self.next().await);
        }
        heard
    }
}

/// The tenant's own numbers of events.
fn numbers(events: &[Value]) -> Vec<u64> {
    let number = |event: &Value| event["sequence"].as_str().and_then(|text| text.parse().ok());
    events.iter().map(|event| number(event).expect("a number")).collect()
}

#[tokio::test]
async fn while_two_gateways_race_for_names_a_subscriber_hears_each_person_once_and_misses_nothing()
{
    let deployment = Deployment::with(2).await;
    let [one, other] = &deployment.companies("acme").await[..] else { panic!("two gateways") };
    let login = subscriber(&deployment, "kitchen --tenant acme --facts employee.*").await;
    let mut application = Application::on(&deployment, &login).await;
    for race in 0..RACES {
        let user = |side: &str| {
            let login = format!("bob{race}@acme.example");
            entra::workplace_user(&login, "Bob", &format!("object of {side} Bob {race}"))
        };
        let (left, right) = (user("one"), user("the other"));
        let (left, right) = tokio::join!(one.post("Users", &left), other.post("Users", &right));
        let mut statuses = [left.status.as_u16(), right.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{} and {}", left.text, right.text);
    }
    let events = application.take(RACES).await;
    assert!(events.iter().all(|event| event["type"] == "rollcall.employee.joined"), "{events:?}");
    let expected: Vec<u64> = (1..=RACES as u64).collect();
    assert_eq!(numbers(&events), expected);
    application.names(RACES).await;

    // What it acknowledged does not come again; what comes later does.
    drop(application);
    let mut again = Application::on(&deployment, &login).await;
    one.hire("Ada").await;
    let ada = again.next().await;
    assert_eq!(numbers(&[ada]), [RACES as u64 + 1], "from where the first left off");
}

#[tokio::test]
async fn a_subscriber_begins_behind_the_number_that_it_has() {
    let deployment = Deployment::with(1).await;
    let company = deployment.companies("acme").await.remove(0);
    company.hire("Ada").await;
    company.hire("Bob").await;
    let all = subscriber(&deployment, "all --tenant acme").await;
    let mut all = Application::on(&deployment, &all).await;
    assert_eq!(numbers(&all.take(2).await), [1, 2]);
    let later = subscriber(&deployment, "later --tenant acme --after 1").await;
    let mut later = Application::on(&deployment, &later).await;
    assert_eq!(numbers(&later.take(1).await), [2]);
}

#[tokio::test]
async fn who_reads_the_log_itself_is_shown_and_can_be_ended() {
    let deployment = Deployment::with(1).await;
    deployment.companies("acme").await;
    let verb = async |user: &str, line: &str, code: i32| {
        deployment.verb_as(user, &format!("consumer {line}")).await.ended(code)
    };
    assert!(verb("operator", "list", 0).await.listed("consumers").is_empty());
    let options = async_nats::ConnectOptions::new()
        .user_and_password("operator".to_owned(), password("operator"));
    let client = options.connect(deployment.nats.url()).await.expect("the operator comes in");
    let config = async_nats::jetstream::consumer::pull::Config {
        durable_name: Some("acme-app".to_owned()),
        filter_subject: "prov.acme.user.>".to_owned(),
        ..Default::default()
    };
    let jetstream = async_nats::jetstream::new(client);
    jetstream.create_consumer_on_stream(config, "PROVISIONING").await.expect("the operator may");

    let listed = verb("operator", "list", 3).await.listed("consumers");
    assert_eq!(listed[0]["consumer"], json!("acme-app"), "{listed:?}");
    let unknown = verb("operator", "delete other", 1).await;
    assert!(unknown.stderr.contains("there is no consumer other"), "{}", unknown.stderr);
    // A service's user may not.
    let refused = verb("project", "delete acme-app", 1).await;
    assert!(refused.stderr.contains("operator's NATS user"), "{}", refused.stderr);
    verb("operator", "delete acme-app", 0).await;
    assert!(verb("operator", "list", 0).await.listed("consumers").is_empty());
}
