//! The nats-server of an `up`, which lets in whoever has a password and nobody else.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use async_nats::jetstream::{self, consumer::PullConsumer};
use async_nats::{ConnectErrorKind, ConnectOptions};
use embedded::Nats;
use futures_util::StreamExt as _;
use kit::http::Answer;
use kit::program::{Program, verb};
use kit::servers::fresh_database;
use kit::wait::{blocking, until};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tempfile::TempDir;

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("{value} has no {name}"))
}

/// An `up` on a private nats-server, and the URL that it tells of that.
async fn up(data_dir: &Path, database_url: &str) -> (Program, String) {
    let mut program = Program::up(data_dir, &[], &[("DATABASE_URL", database_url)]);
    let url = text(&program.line().await, "nats_url").to_owned();
    (program, url)
}

#[tokio::test]
async fn the_private_nats_server_lets_in_nobody_without_a_password_which_is_shown_nowhere() {
    let (data_dir, database_url) = (TempDir::new().expect("a directory"), fresh_database().await);
    let (mut program, url) = up(data_dir.path(), &database_url).await;
    for options in [
        ConnectOptions::new(),
        ConnectOptions::with_user_and_password("rollcall".to_owned(), "guess".to_owned()),
    ] {
        let refused = options.connect(&url).await.expect_err("nobody comes in by guessing");
        assert_eq!(refused.kind(), ConnectErrorKind::AuthorizationViolation);
    }
    let keys = std::fs::read_to_string(data_dir.path().join("nats-keys.json")).expect("the keys");
    let keys: Value = serde_json::from_str(&keys).expect("JSON");
    for name in ["nats-keys.json", "nats/nats.conf", "up.json"] {
        let mode = data_dir.path().join(name).metadata().expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    // The verbs find it in the data directory.
    verb("tenant create acme", data_dir.path()).await.ended(0);
    verb("log verify", data_dir.path()).await.ended(0);
    let status = verb("status", data_dir.path()).await.ended(0);
    for secret in [text(&keys, "password"), text(&keys, "issuer")] {
        assert!(!program.said().contains(secret) && !status.stdout.contains(secret));
        assert!(!url.contains(secret));
    }
    program.stop().await;
}

#[tokio::test]
async fn a_subscriber_of_an_up_comes_in_and_is_cut_off_like_any_other() {
    let (data_dir, database_url) = (TempDir::new().expect("a directory"), fresh_database().await);
    let (mut program, url) = up(data_dir.path(), &database_url).await;
    let run = async |line: &str| verb(line, data_dir.path()).await.ended(0).line();
    run("tenant create acme").await;
    let opened = run("integration activate --tenant acme --profile workplace").await;
    let add = "subscriber add kitchen --tenant acme --door nats --facts employee.*";
    let added = run(add).await;
    let user = text(&added["nats"], "user").to_owned();
    let enter = async || {
        ConnectOptions::with_user_and_password(user.clone(), text(&added, "secret").to_owned())
            .custom_inbox_prefix(text(&added["nats"], "inbox_prefix"))
            .connect(&url)
            .await
    };
    let client = enter().await.expect("it comes in");
    let feed = jetstream::with_prefix(client.clone(), text(&added["nats"], "api_prefix"));
    let consumer: tokio::sync::OnceCell<PullConsumer> = tokio::sync::OnceCell::new();
    until("it has its consumer", async || {
        let found = feed.get_consumer_from_stream(&user, "FEED").await;
        found.is_ok_and(|found| consumer.set(found).is_ok())
    })
    .await;
    let consumer = consumer.get().expect("it was found");
    let ada = kit::entra::workplace_user("ada@acme.example", "Ada", "1");
    let users = format!("{}/Users", text(&opened, "scim_base_url"));
    let sent = kit::http::http().post(users).bearer_auth(text(&opened, "secret_token"));
    assert_eq!(sent.json(&ada).send().await.expect("an answer").status().as_u16(), 201);
    let batch = consumer.batch().max_messages(1).expires(Duration::from_secs(50));
    let mut events = batch.messages().await.expect("it may fetch");
    let event = events.next().await.expect("Ada is told of").expect("a message");
    assert!(event.subject.ends_with(".joined"), "{}", event.subject);

    // It has itself sent what it had before.
    let token = run("token issue --tenant acme --scope events:replay").await;
    let replays = format!("{}/subscribers/kitchen/replays", text(&token, "api_base_url"));
    let as_kitchen = |request: RequestBuilder| request.bearer_auth(text(&token, "api_token"));
    let start = as_kitchen(kit::http::http().post(&replays)).json(&json!({ "from": "beginning" }));
    Answer::to(start).await.answered(201);
    let stands = async |state: &str, accepted: Option<u64>| {
        let listed = Answer::to(as_kitchen(kit::http::http().get(&replays))).await.answered(200);
        let replay = &listed.body["replays"][0];
        replay["state"] == state && replay["accepted"].as_u64() == accepted
    };
    until("it is there to be fetched", async || stands("running", Some(0)).await).await;
    let again: PullConsumer = feed
        .get_consumer_from_stream(text(&added["nats"], "replay_consumer"), "FEED")
        .await
        .expect("the subscriber may use it");
    let mut events = again
        .batch()
        .max_messages(1)
        .expires(Duration::from_secs(50))
        .messages()
        .await
        .expect("it may fetch");
    let repeated = events.next().await.expect("Ada is told of").expect("a message");
    assert_eq!((&repeated.subject, &repeated.payload), (&event.subject, &event.payload));
    repeated.double_ack().await.expect("it may acknowledge");
    until("it is at its end", async || stands("done", None).await).await;

    let secret = text(&added, "secret_id");
    verb(&format!("subscriber withdraw kitchen --tenant acme --secret {secret}"), data_dir.path())
        .await
        .ended(0);
    until("it is cut off", async || {
        client.connection_state() != async_nats::connection::State::Connected
    })
    .await;
    assert!(enter().await.is_err());
    program.stop().await;
}

#[tokio::test]
async fn a_log_from_before_there_were_passwords_goes_on() {
    let (data_dir, database_url) = (TempDir::new().expect("a directory"), fresh_database().await);
    let dir = data_dir.path().join("nats");
    let nats = blocking(move || Nats::start(&dir).expect("start nats-server")).await;
    let nats_url = nats.url();
    let environment = [("DATABASE_URL", database_url.as_str()), ("NATS_URL", &nats_url)];
    let mut before = Program::up(data_dir.path(), &[], &environment);
    before.line().await;
    verb("tenant create acme", data_dir.path()).await.ended(0);
    before.stop().await;
    blocking(move || nats.stop()).await;

    let (mut now, _) = up(data_dir.path(), &database_url).await;
    let tenants = verb("tenant list", data_dir.path()).await.ended(0).listed("tenants");
    assert_eq!(tenants.len(), 1, "{tenants:?}");
    verb("log verify", data_dir.path()).await.ended(0);
    now.stop().await;
}
