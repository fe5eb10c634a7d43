//! Two streams in one account, each with tenants, projections, deliveries and a database of its own.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use async_nats::ConnectOptions;
use async_nats::jetstream::{self, consumer::PullConsumer};
use embedded::Nats;
use futures_util::StreamExt as _;
use kit::company::Company;
use kit::http::http;
use kit::program::{Program, Verb, verb_with};
use kit::servers::fresh_database;
use kit::wait::{blocking, found, until};
use reqwest::StatusCode;
use rollcall::projections::NAMES;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::deployment::{self, OPERATOR_TOKEN, issuer, nats_with, ready, url_of};

/// The one address for all streams.
const FRONT: &str = "https://rollcall.example";

/// The settings that are shipped, with one more stream.
fn settings_with(stream: &str) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/add_stream.py");
    let mut python = Command::new("python3");
    python.arg(script).arg(stream).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut running = python.spawn().expect("python3 is there, as README asks");
    let mut stdin = running.stdin.take().expect("its standard input is ours");
    stdin.write_all(deployment::SETTINGS.as_bytes()).expect("it reads");
    drop(stdin);
    let done = running.wait_with_output().expect("it ends");
    assert!(done.status.success(), "{done:?}");
    String::from_utf8(done.stdout).expect("settings are text")
}

/// A process of one stream.
fn start(nats: &Nats, stream: &str, database_url: &str, (line, user): (&str, &str)) -> Program {
    let (nats_url, seed) = (url_of(nats, user), issuer().seed());
    let environment = [
        ("NATS_URL", nats_url.as_str()),
        ("DATABASE_URL", database_url),
        ("ROLLCALL_STREAM", stream),
        ("ROLLCALL_OPERATOR_TOKEN", OPERATOR_TOKEN),
        ("ROLLCALL_LOG", "json"),
        ("ROLLCALL_SUBSCRIBER_ISSUER", seed.as_str()),
    ];
    let arguments: Vec<&str> = line.split(' ').chain(["--listen", "127.0.0.1:0"]).collect();
    Program::start(&arguments, &environment)
}

async fn verb(url: &str, line: &str) -> Verb {
    let data_dir = TempDir::new().expect("make a directory");
    let environment = [
        ("ROLLCALL_DATA_DIR", data_dir.path().to_str().expect("a path of ours is text")),
        ("ROLLCALL_URL", url),
        ("ROLLCALL_OPERATOR_TOKEN", OPERATOR_TOKEN),
    ];
    verb_with(line, &environment).await
}

/// All that works for one stream.
struct Cell {
    _programs: Vec<Program>,
    ingest: String,
    api: String,
    deliver: String,
}

impl Cell {
    async fn of(nats: &Nats, stream: &str, database_url: &str) -> Self {
        let line = format!(
            "ingest --placement --consistent-reads --rate 0 --public-url {FRONT}/{}",
            stream.to_lowercase()
        );
        let mut programs = vec![start(nats, stream, database_url, (&line, "ingest"))];
        ready(&programs[0].url().await).await;
        let projects = NAMES.map(|name| format!("project {name}"));
        programs.extend(
            projects.iter().map(|line| start(nats, stream, database_url, (line, "project"))),
        );
        let api = ("api --placement --consistent-reads --rate 0", "project");
        programs.push(start(nats, stream, database_url, api));
        programs.push(start(nats, stream, database_url, ("deliver --placement", "deliver")));
        let mut urls = Vec::new();
        for program in &programs {
            urls.push(program.url().await);
            ready(&urls[urls.len() - 1]).await;
        }
        let deliver = urls.pop().expect("it was started");
        let api = urls.pop().expect("it was started");
        Self { ingest: urls.remove(0), api, deliver, _programs: programs }
    }

    async fn run(&self, line: &str) -> Value {
        verb(&self.ingest, line).await.ended(0).line()
    }

    async fn company(&self, slug: &str) -> Company {
        let activate = format!("integration activate --tenant {slug} --profile workplace");
        let opened = self.run(&activate).await;
        let issued = self.run(&format!("token issue --tenant {slug} --scope all")).await;
        let secret = opened["secret_token"].as_str().expect("a secret token");
        let mut company = Company::new(&self.ingest, slug, secret, &issued);
        company.api_base_url = format!("{}/api/v1/{slug}", self.api);
        company
    }

    /// Insists that no process of this cell answers for a company of the other, and that each says where
    /// it is.
    async fn knows_that_elsewhere(&self, company: &Company, stream: &str) {
        let slug = &company.slug;
        let doors = [
            (format!("{}/scim/v2/{slug}/Users", self.ingest), &company.secret_token),
            (format!("{}/api/v1/{slug}/employees", self.api), &company.api_token),
            (format!("{}/api/v1/{slug}/events", self.deliver), &company.api_token),
        ];
        for (url, token) in doors {
            let ask = async || {
                let answer = http().get(&url).bearer_auth(token).send().await.expect("an answer");
                Some(answer).filter(|it| it.status() == StatusCode::MISDIRECTED_REQUEST)
            };
            let answer = found(&format!("{url} is misdirected"), ask).await;
            let body: Value = answer.json().await.expect("JSON");
            assert!(body["detail"].as_str().is_some_and(|it| it.contains(stream)), "{body}");
            if url.contains("/scim/") {
                let error = "urn:ietf:params:scim:api:messages:2.0:Error";
                assert_eq!((&body["schemas"], &body["status"]), (&json!([error]), &json!("421")));
            }
        }
        let issue = format!("token issue --tenant {slug} --scope all");
        let refused = verb(&self.ingest, &issue).await.ended(1);
        assert!(refused.stderr.contains(stream), "{}", refused.stderr);
    }
}

/// A subscriber on NATS, and what it reads.
struct Subscriber {
    client: async_nats::Client,
    consumer: PullConsumer,
    secret_id: String,
}

impl Subscriber {
    async fn of(cell: &Cell, nats: &Nats, slug: &str) -> Self {
        let add = format!("subscriber add kitchen --tenant {slug} --door nats --facts employee.*");
        let added = cell.run(&add).await;
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let (user, stream) = (text(&added["nats"]["user"]), text(&added["nats"]["stream"]));
        let enter = async || {
            ConnectOptions::with_user_and_password(user.clone(), text(&added["secret"]))
                .custom_inbox_prefix(format!("_INBOX_{user}"))
                .connect(nats.url())
                .await
                .ok()
        };
        let client = found("it comes in", enter).await;
        let feed = jetstream::with_prefix(client.clone(), "ROLLCALL.API");
        let find = async || feed.get_consumer_from_stream(&user, &stream).await.ok();
        let consumer = found("it has its consumer", find).await;
        Self { client, consumer, secret_id: text(&added["secret_id"]) }
    }

    /// The subject of the next event.
    async fn next(&self) -> String {
        let batch = self.consumer.batch().max_messages(1).expires(Duration::from_secs(50));
        let mut events = batch.messages().await.expect("it may fetch");
        let event = events.next().await.expect("there is an event").expect("a message");
        event.ack().await.expect("it is acknowledged");
        event.subject.to_string()
    }
}

#[tokio::test]
async fn tenants_of_two_streams_are_served_side_by_side_each_by_the_processes_of_its_own() {
    let settings = blocking(|| settings_with("EAST")).await;
    let nats = nats_with(&settings).await;
    let (of_first, of_east) = (fresh_database().await, fresh_database().await);

    // A deployment of one stream, as it was before there were two.
    let mut before = start(&nats, "PROVISIONING", &of_first, ("ingest", "ingest"));
    let url = before.url().await;
    ready(&url).await;
    verb(&url, "tenant create acme").await.ended(0);
    before.stop().await;
    // A second one does not begin before the first has said whom it holds.
    let mut early = start(&nats, "EAST", &of_east, ("ingest --placement", "ingest"));
    assert_eq!(early.ended().await.code(), Some(1));
    assert!(early.said().contains("with --placement first"), "{}", early.said());
    early.expects("");

    let first = Cell::of(&nats, "PROVISIONING", &of_first).await;
    let east = Cell::of(&nats, "EAST", &of_east).await;
    let refused = async |url: &str, line: &str, said: &str| {
        let refused = verb(url, line).await.ended(1);
        assert!(refused.stderr.contains(said), "{}", refused.stderr);
    };
    refused(&east.ingest, "tenant create acme", "is on the stream PROVISIONING").await;
    refused(&first.ingest, "tenant create globex --stream EAST", "ask one of EAST").await;
    let made = east.run("tenant create globex --stream EAST").await;
    let told = "https://rollcall.example/east/scim/v2/globex";
    assert_eq!(made["scim_base_url"], told, "what is told has the path of the stream");
    refused(&first.ingest, "tenant create globex", "is on the stream EAST").await;

    let (acme, globex) = (first.company("acme").await, east.company("globex").await);
    first.knows_that_elsewhere(&globex, "EAST").await;
    east.knows_that_elsewhere(&acme, "PROVISIONING").await;
    for company in [&acme, &globex] {
        let ada = company.hire("Ada").await;
        company.form("Sales", &[&ada]).await;
        assert_eq!(company.teams_of(&ada).await, ["Sales primary synced"]);
    }

    let of_acme = Subscriber::of(&first, &nats, "acme").await;
    let of_globex = Subscriber::of(&east, &nats, "globex").await;
    assert!(of_acme.next().await.starts_with("feed.acme.employee."));
    assert!(of_globex.next().await.starts_with("EAST.feed.globex.employee."));
    // Whoever is cut off on one stream, those of the other stay.
    let withdraw =
        format!("subscriber withdraw kitchen --tenant acme --secret {}", of_acme.secret_id);
    verb(&first.ingest, &withdraw).await.ended(0);
    until("acme's is cut off", async || {
        of_acme.client.connection_state() != async_nats::connection::State::Connected
    })
    .await;
    assert_eq!(
        of_globex.client.statistics().connects.load(std::sync::atomic::Ordering::Relaxed),
        1
    );
    assert!(of_globex.next().await.ends_with(".changed"));
}
