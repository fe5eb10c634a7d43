//! The subscribers in `deploy/examples`, each against the running program on servers of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use async_nats::ConnectOptions;
use async_nats::jetstream::{self, AckKind, Message, consumer::PullConsumer};
use futures_util::StreamExt as _;
use kit::company::Company;
use kit::program::{Program, verb};
use kit::python::{self, example};
use kit::servers::fresh_database;
use kit::service::free_port;
use kit::wait::{blocking, found, until};
use serde_json::Value;
use tempfile::TempDir;

use crate::tools::{file, node, node_package, packages, said};

/// An `up` whose nats-server dies with it, and its one tenant.
struct Place {
    program: Program,
    company: Company,
    nats_url: String,
    arguments: Vec<String>,
    database_url: String,
    data_dir: TempDir,
}

impl Place {
    async fn new() -> Self {
        let (data_dir, database_url) = (TempDir::new().expect("a folder"), fresh_database().await);
        let url = format!("127.0.0.1:{}", free_port());
        let arguments = ["up", "--json", "--listen", &url, "--data-dir"].map(str::to_owned);
        let data = data_dir.path().to_str().expect("a path of ours is text").to_owned();
        let arguments: Vec<String> = arguments.into_iter().chain([data]).collect();
        let (program, nats_url) = up(&arguments, &database_url).await;
        let run = async |line: &str| verb(line, data_dir.path()).await.ended(0).line();
        run("tenant create acme").await;
        let opened = run("integration activate --tenant acme --profile workplace").await;
        let token = run("token issue --tenant acme --scope all").await;
        let secret = opened["secret_token"].as_str().expect("a secret token");
        let company = Company::new(&format!("http://{url}"), "acme", secret, &token);
        Self { program, company, nats_url, arguments, database_url, data_dir }
    }

    /// Ends all of it, and starts it where it was.
    async fn start_again(&mut self) {
        self.program.stop().await;
        let nats_url;
        (self.program, nats_url) = up(&self.arguments, &self.database_url).await;
        assert_eq!(nats_url, self.nats_url, "nats-server comes back where it was");
    }

    async fn run(&self, line: &str) -> Value {
        verb(&format!("{line} --tenant acme"), self.data_dir.path()).await.ended(0).line()
    }

    /// Who is active, and the id of their Primary team, as the API tells.
    async fn active(&self) -> BTreeMap<String, Value> {
        let listed = self.company.ask("employees?standing=active&limit=500").await.answered(200);
        let all = listed.body["employees"].as_array().expect("a list").clone();
        let one = |person: Value| {
            let id = person["id"].as_str().expect("an id").to_owned();
            let team = person["primaryTeam"]["id"].clone();
            (id, serde_json::json!({ "name": person["userName"], "team": team }))
        };
        all.into_iter().map(one).collect()
    }
}

async fn up(arguments: &[String], database_url: &str) -> (Program, String) {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut program = Program::start(&arguments, &[("DATABASE_URL", database_url)]);
    let url = program.line().await["nats_url"].as_str().expect("a URL").to_owned();
    (program, url)
}

/// A subscriber in one of the languages.
struct Example {
    command: Vec<String>,
    environment: Vec<(&'static str, String)>,
    table: PathBuf,
    program: Program,
    /// All ids that it has told, in all its lives.
    told: Vec<String>,
}

impl Example {
    fn start(
        command: Vec<String>,
        mut environment: Vec<(&'static str, String)>,
        table: &Path,
    ) -> Self {
        environment.push(("TABLE", table.to_str().expect("a path of ours is text").to_owned()));
        let program = run(&command, &environment);
        Self { command, environment, table: table.to_owned(), program, told: Vec::new() }
    }

    fn name(&self) -> &str {
        self.table.file_stem().and_then(|name| name.to_str()).expect("a name")
    }

    fn saved(&self) -> Option<BTreeMap<String, Value>> {
        let saved = std::fs::read(&self.table).ok()?;
        let table: Value = serde_json::from_slice(&saved).expect("a table is whole at any time");
        serde_json::from_value(table["active"].clone()).ok()
    }

    /// Waits until its table is this one.
    async fn knows(&mut self, wanted: &BTreeMap<String, Value>) {
        let what = format!("{} knows who is active: {wanted:?}", self.name());
        until(&what, async || self.saved().as_ref() == Some(wanted)).await;
    }

    async fn hears_of(&mut self, about: &str, kind: &str) {
        loop {
            let line = self.program.line().await;
            self.told.push(line["id"].as_str().expect("an id").to_owned());
            if line["subject"] == about && line["type"] == format!("rollcall.employee.{kind}") {
                return;
            }
        }
    }

    async fn kill(&mut self) {
        self.program.kill9().await;
    }

    fn start_again(&mut self) {
        self.program = run(&self.command, &self.environment);
    }

    async fn says(&self, words: &str) {
        let what = format!("{} says that {words}", self.name());
        until(&what, async || self.program.said().contains(words)).await;
    }
}

fn run(command: &[String], environment: &[(&'static str, String)]) -> Program {
    let arguments: Vec<&str> = command[1..].iter().map(String::as_str).collect();
    let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, &**value)).collect();
    Program::start_build(Path::new(&command[0]), &arguments, &environment)
}

/// How each of them is run, with what its environment says besides.
async fn commands() -> Vec<(&'static str, Vec<String>, Option<(&'static str, String)>)> {
    blocking(|| {
        let text = |path: PathBuf| path.to_str().expect("a path of ours is text").to_owned();
        let nats_py = text(python::packages(&example("requirements.txt")));
        let of_python = vec!["python3".to_owned(), text(example("application.py"))];
        let node = node().get_program().to_str().expect("text").to_owned();
        vec![
            ("python", of_python, Some(("PYTHONPATH", nats_py))),
            ("typescript", vec![node, text(compiled())], None),
            ("rust", vec![text(built())], None),
        ]
    })
    .await
}

/// The one in TypeScript, as a program of Node.js.
fn compiled() -> PathBuf {
    let here = packages().join("subscriber");
    std::fs::create_dir_all(&here).expect("make a folder");
    std::fs::copy(example("subscriber.ts"), here.join("subscriber.ts")).expect("copy a file");
    let settings = std::fs::read_to_string(file("typescript/tsconfig.json")).expect("settings");
    let settings = settings.replace("use_client.ts", "subscriber.ts");
    std::fs::write(here.join("tsconfig.json"), settings).expect("write settings");
    said(node_package("typescript/bin/tsc").args(["--project", "."]).current_dir(&here));
    here.join("out/subscriber.js")
}

/// The one in Rust. Cargo builds it for a test of the whole workspace, but not for one of these alone.
fn built() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_rollcall"));
    let program = program.with_file_name("examples").join("subscriber");
    let age = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
    if age(&program) < age(&example("subscriber.rs")) {
        let mut cargo = Command::new(env!("CARGO"));
        // What Cargo tells this test is not for crates that are built: some would be built anew for it.
        for (name, _) in std::env::vars().filter(|(name, _)| is_of_a_package(name)) {
            cargo.env_remove(name);
        }
        said(cargo.args(["build", "--quiet", "--package", "rollcall", "--example", "subscriber"]));
    }
    program
}

fn is_of_a_package(variable: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|begin| variable.starts_with(begin))
}

/// What a subscriber comes in with.
fn login(added: &Value) -> (String, String) {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    (text(&added["nats"]["user"]), text(&added["secret"]))
}

/// The consumer of a subscriber, as this test uses it itself.
async fn consumer(place: &Place, added: &Value) -> PullConsumer {
    let (user, secret) = login(added);
    let options = ConnectOptions::with_user_and_password(user.clone(), secret);
    let client = options.custom_inbox_prefix(format!("_INBOX_{user}")).connect(&place.nats_url);
    let feed = jetstream::with_prefix(client.await.expect("it comes in"), "ROLLCALL.API");
    let find = async || feed.get_consumer_from_stream(&user, "FEED").await.ok();
    found("its consumer is there", find).await
}

async fn first(consumer: &PullConsumer) -> Message {
    let batch = consumer.batch().max_messages(1).expires(Duration::from_secs(50));
    let mut events = batch.messages().await.expect("it may fetch");
    events.next().await.expect("there is an event").expect("a message")
}

#[tokio::test]
async fn the_examples_on_nats_keep_the_right_table_through_kills_cuts_and_redelivery() {
    let (mut place, commands) = tokio::join!(Place::new(), commands());
    let ada = place.company.hire("Ada").await;
    let folder = TempDir::new().expect("make a folder");
    let (mut examples, mut held) = (Vec::new(), Vec::new());
    for (name, command, more) in commands {
        let add = format!("subscriber add {name} --door nats --facts employee.*");
        let added = place.run(&add).await;
        // An event that is delivered, and not acknowledged until later ones have been.
        let consumer = consumer(&place, &added).await;
        held.push((first(&consumer).await, consumer));
        let (user, secret) = login(&added);
        let mut environment = vec![
            ("NATS_URL", place.nats_url.clone()),
            ("NATS_USER", user),
            ("NATS_PASSWORD", secret),
        ];
        environment.extend(more);
        let table = folder.path().join(name).with_extension("json");
        examples.push((Example::start(command, environment, &table), added));
    }
    place.company.disable(&ada).await;
    let bob = place.company.hire("Bob").await;
    place.company.form("Sales", &[&bob]).await;
    for (example, _) in &mut examples {
        example.hears_of(&ada, "left").await;
        example.knows(&place.active().await).await;
    }

    // It comes again, behind the later one about the same person.
    for (event, consumer) in &mut held {
        event.ack_with(AckKind::Nak(None)).await.expect("it is given back");
        until("all is acknowledged", async || {
            consumer.get_info().await.is_ok_and(|info| info.num_ack_pending == 0)
        })
        .await;
    }
    for (example, _) in &mut examples {
        example.knows(&place.active().await).await;
        example.kill().await;
    }

    // What happened while they were away; then the servers go, and come back.
    let cleo = place.company.hire("Cleo").await;
    place.company.restore(&ada).await;
    for (example, _) in &mut examples {
        example.start_again();
        example.hears_of(&ada, "returned").await;
    }
    place.start_again().await;
    place.company.disable(&cleo).await;
    for (example, added) in &mut examples {
        example.hears_of(&cleo, "left").await;
        example.knows(&place.active().await).await;
        let ids: BTreeSet<&String> = example.told.iter().collect();
        assert_eq!(ids.len(), example.told.len(), "{} told twice", example.name());
        let secret = added["secret_id"].as_str().expect("an id");
        place.run(&format!("subscriber withdraw {} --secret {secret}", example.name())).await;
    }
    for (example, _) in &examples {
        example.says("the password is wrong or withdrawn").await;
    }
}

#[tokio::test]
async fn the_example_over_http_keeps_the_right_table_through_kills_and_cuts() {
    let mut place = Place::new().await;
    let folder = TempDir::new().expect("make a folder");
    let ada = place.company.hire("Ada").await;
    let bob = place.company.hire("Bob").await;
    place.company.form("Sales", &[&bob]).await;
    let token = place.run("token issue --scope events:read").await;
    let text = |name: &str| token[name].as_str().expect("a text").to_owned();
    let script = example("reader.py").to_str().expect("a path of ours is text").to_owned();
    let environment = vec![
        ("ROLLCALL_API", place.company.api_base_url.clone()),
        ("ROLLCALL_TOKEN", text("api_token")),
    ];
    let command = vec!["python3".to_owned(), script];
    let mut reader = Example::start(command, environment, &folder.path().join("reader.json"));
    reader.knows(&place.active().await).await;
    place.company.disable(&ada).await;
    reader.hears_of(&ada, "left").await;
    reader.knows(&place.active().await).await;
    reader.kill().await;
    let cleo = place.company.hire("Cleo").await;
    reader.start_again();
    reader.hears_of(&cleo, "joined").await;
    place.start_again().await;
    place.company.restore(&ada).await;
    reader.hears_of(&ada, "returned").await;
    reader.knows(&place.active().await).await;
    let id = text("credential_id");
    place.run(&format!("token revoke {id}")).await;
    // An event ends the wait of the question that is under way.
    place.company.hire("Dora").await;
    reader.says("was revoked").await;
}
