//! What the command line and the environment say, and which of them counts.

use events::Scope;
use futures_util::future::join_all;
use kit::http::http;
use kit::program::{Program, rollcall, verb, verb_with};
use kit::servers::fresh_database;
use kit::world::World;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;

/// Nobody listens at any of these.
const ELSEWHERE: [(&str, &str); 4] = [
    ("ROLLCALL_URL", "http://127.0.0.1:9"),
    ("ROLLCALL_OPERATOR_TOKEN", "of another gateway"),
    ("NATS_URL", "nats://127.0.0.1:9"),
    ("DATABASE_URL", "postgres://nobody@127.0.0.1:9/none"),
];

#[tokio::test]
async fn a_token_may_do_what_was_asked_for_and_all_only_if_that_was_asked_for() {
    let world = World::new().await;
    world.company("contoso", "workplace").await;
    let issue =
        async |scopes: &str| world.verb(&format!("token issue --tenant contoso{scopes}")).await;
    let refused = issue("").await.ended(2);
    for scope in ["employees:read", "alerts:decide", "--scope all"] {
        assert!(refused.stderr.contains(scope), "{}", refused.stderr);
    }
    let unknown = issue(" --scope teams:rule").await.ended(2);
    assert!(unknown.stderr.contains("teams:rule"), "{}", unknown.stderr);
    let two = issue(" --scope teams:read,employees:read").await.ended(0).line();
    assert_eq!(two["scopes"], serde_json::json!(["employees:read", "teams:read"]));
    let all = issue(" --scope all").await.ended(0).line();
    assert_eq!(all["scopes"].as_array().map(Vec::len), Some(Scope::ALL.len()), "{all}");
}

#[tokio::test]
async fn verbs_go_where_a_local_up_listens_whatever_clients_are_told() {
    let nowhere = "https://rollcall.example.invalid";
    let world = World::set(vec![("ROLLCALL_PUBLIC_URL", nowhere.to_owned())]).await;
    assert_eq!(world.welcome["token_url"], format!("{nowhere}/oauth/token"));
    world.verb("tenant create contoso").await.ended(0);
    let activated = world.result("integration activate --tenant contoso --profile workplace").await;
    let told = activated["scim_base_url"].as_str().expect("a base URL");
    assert!(told.starts_with(nowhere), "what Entra is told is the public URL: {told}");
    world.verb("simulate entra --people 3 --groups 1 --cycles 1").await.ended(0);
}

#[tokio::test]
async fn what_is_said_beats_what_the_environment_says_also_as_another_option() {
    let world = World::new().await;
    world.verb("tenant create contoso").await.ended(0);
    let here = world.data_dir().to_str().expect("a path of ours is text");
    let lines = ["tenant list", "status", "log verify", "events list", "consumer list"];
    // All at once: those who find nobody elsewhere wait for them for seconds.
    join_all(lines.map(async |line| {
        verb_with(&format!("{line} --data-dir {here}"), &ELSEWHERE).await.ended(0);
        verb_with(line, &ELSEWHERE).await.ended(1);
    }))
    .await;
    let elsewhere = [("SCIM_BASE_URL", "http://127.0.0.1:9/scim"), ("SCIM_SECRET_TOKEN", "x")];
    let simulate = "simulate entra --people 2 --groups 1 --cycles 0";
    verb_with(&format!("{simulate} --data-dir {here}"), &elsewhere).await.ended(0);
    let both = format!("tenant list --data-dir {here} --url http://127.0.0.1:9");
    let both = verb_with(&both, &[]).await.ended(2).stderr;
    assert!(both.contains("--data-dir") && both.contains("--url"), "{both}");
}

#[tokio::test]
async fn what_is_said_and_of_no_use_is_wrong_usage() {
    let world = World::new().await;
    let here = world.data_dir().to_str().expect("a path of ours is text");
    let environment = [("ROLLCALL_DATA_DIR", here)];
    for (line, needed) in [
        ("tenant list --operator-token bogus", "--url"),
        ("tenant list --url http://127.0.0.1:9", "--operator-token"),
        ("status --nats-url nats://127.0.0.1:9", "--database-url"),
        ("events list --fact bogus", "deactivated"),
        ("events list --entity users", "user"),
    ] {
        let refused = verb_with(line, &environment).await.ended(2).stderr;
        assert!(refused.contains(needed), "{line}: {refused}");
    }
    verb_with("events list --fact created", &environment).await.ended(0);
}

#[tokio::test]
async fn an_empty_variable_says_nothing() {
    let world = World::new().await;
    let here = world.data_dir().to_str().expect("a path of ours is text");
    let empty = [
        "ROLLCALL_URL",
        "ROLLCALL_OPERATOR_TOKEN",
        "ROLLCALL_TLS_CA",
        "ROLLCALL_LOG",
        "NATS_URL",
        "DATABASE_URL",
        "SCIM_BASE_URL",
        "SCIM_SECRET_TOKEN",
        "ROLLCALL_API_BASE_URL",
        "RUST_LOG",
    ];
    let mut environment: Vec<(&str, &str)> = empty.iter().map(|name| (*name, "")).collect();
    environment.push(("ROLLCALL_DATA_DIR", here));
    for line in ["tenant list", "status", "log verify", "events list"] {
        verb_with(line, &environment).await.ended(0);
    }
    verb_with("simulate entra --people 2 --groups 1 --cycles 0", &environment).await.ended(0);
    let numbers =
        [("ROLLCALL_RATE", ""), ("ROLLCALL_MAX_BODY", ""), ("ROLLCALL_TRUSTED_PROXIES", "")];
    let needed = rollcall(&["ingest"], &[&numbers[..], &[("NATS_URL", "")]].concat());
    let needed = { needed }.output().await.expect("the program starts");
    let said = String::from_utf8_lossy(&needed.stderr);
    assert!(needed.status.code() == Some(2) && said.contains("--nats-url"), "{said}");
}

#[tokio::test]
async fn a_verb_lists_the_gateway_only_if_it_asks_it_and_the_log_only_if_it_reads_it() {
    for (line, listed, absent) in [
        ("status", ["--url", "--nats-url"], "--scim-base-url"),
        ("log verify", ["--nats-url", "--database-url"], "--url"),
        ("events list", ["--nats-url", "--json"], "--url"),
        ("consumer list", ["--nats-url", "--json"], "--operator-token"),
        ("tenant list", ["--url", "--operator-token"], "--nats-url"),
        ("simulate entra", ["--url", "--scim-base-url"], "--nats-url"),
    ] {
        let arguments: Vec<&str> = line.split(' ').chain(["--help"]).collect();
        let help = rollcall(&arguments, &[]).output().await.expect("the program starts");
        let help = String::from_utf8_lossy(&help.stdout).into_owned();
        let words: Vec<&str> = help.split_whitespace().collect();
        assert!(listed.iter().all(|option| words.contains(option)), "{line}: {help}");
        assert!(!words.contains(&absent), "{line} lists {absent}: {help}");
    }
}

#[tokio::test]
async fn what_verbs_put_into_urls_names_what_was_said_and_nothing_else() {
    let world = World::new().await;
    world.verb("tenant create contoso").await.ended(0);
    for (line, named, code) in [
        ("extension remove urn:x/../?a#%2F --tenant contoso", "urn:x/../?a#%2F", 1),
        ("guard show --tenant contoso/../contoso", "contoso/../contoso", 2),
        ("guard show --tenant ..", "..", 2),
        ("integration revoke ../clients --tenant contoso", "../clients", 2),
        ("alerts release ?x --tenant contoso", "?x", 2),
    ] {
        let refused = world.verb(line).await.ended(code);
        assert!(refused.stderr.contains(named), "{line}: {}", refused.stderr);
    }
}

#[tokio::test]
async fn a_log_that_could_not_be_held_against_the_read_models_ends_with_a_code_of_its_own() {
    let world = World::new().await;
    world.verb("tenant create contoso").await.ended(0);
    let here = world.data_dir().to_str().expect("a path of ours is text");
    let whole = verb("log verify", world.data_dir()).await.ended(0).line();
    assert_eq!(whole["read_models_compared"], true);
    let environment = [("ROLLCALL_DATA_DIR", here), ELSEWHERE[3]];
    let partly = verb_with("log verify", &environment).await.ended(3);
    assert_eq!(partly.line()["verified"], true);
    assert_eq!(partly.line()["read_models_compared"], false);
    assert!(partly.stderr.contains("could not be compared"), "{}", partly.stderr);
}

#[tokio::test]
async fn the_private_nats_server_stays_where_it_was_unless_somebody_else_is_there() {
    let data_dir = TempDir::new().expect("make a directory");
    let database_url = fresh_database().await;
    let environment = [("DATABASE_URL", database_url.as_str())];
    let start = async |more: &[&str]| {
        let mut program = Program::up(data_dir.path(), more, &environment);
        let url = program.line().await["nats_url"].as_str().expect("a NATS URL").to_owned();
        (program, url)
    };
    let (mut program, first) = start(&[]).await;
    program.stop().await;
    let (mut program, again) = start(&[]).await;
    assert_eq!(again, first, "applications would have to be told");
    program.stop().await;

    let taken = TcpListener::bind(first.trim_start_matches("nats://")).await.expect("its port");
    let (mut program, other) = start(&[]).await;
    assert_ne!(other, first);
    let port = first.rsplit(':').next().expect("a port");
    assert!(program.said().contains(&format!("port {port}")), "{}", program.said());
    program.stop().await;
    let asked = format!("127.0.0.1:{port}");
    let data = data_dir.path().to_str().expect("a path of ours is text");
    let refused = rollcall(&["up", "--data-dir", data, "--nats-listen", &asked], &environment);
    let refused = { refused }.output().await.expect("the program starts");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.status.code() == Some(1) && said.contains(port), "{said}");
    drop(taken);
    // Said on the command line, it also means that another log in the environment is not meant.
    let environment = [environment[0], ("NATS_URL", "nats://127.0.0.1:9")];
    let mut program = Program::up(data_dir.path(), &["--nats-listen", &asked], &environment);
    assert_eq!(program.line().await["nats_url"], first.as_str());
    program.stop().await;
}

#[tokio::test]
async fn a_read_api_that_waits_for_postgres_says_so() {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = silent.local_addr().expect("an address");
    let url = format!("postgres://nobody@{address}/none");
    let environment = [
        ("NATS_URL", "nats://127.0.0.1:9"),
        ("DATABASE_URL", url.as_str()),
        ("ROLLCALL_LOG", "json"),
    ];
    let api = Program::start(&["api", "--listen", "127.0.0.1:0"], &environment);
    let health = format!("{}/health/ready", api.health_url().await);
    let answer = http().get(health).send().await.expect("it answers while it waits");
    assert_eq!(answer.status(), 503);
    let why: Value = answer.json().await.expect("what it waits for");
    assert!(why.to_string().contains("Postgres"), "{why}");
}

#[tokio::test]
async fn the_next_step_that_a_verb_names_finds_the_same_data_directory() {
    let world = World::new().await;
    let here = world.data_dir().to_str().expect("a path of ours is text");
    let made = rollcall(&["tenant", "create", "acme", "--data-dir", here], &[]).output().await;
    let told = String::from_utf8(made.expect("the program starts").stdout).expect("a text");
    let next = format!("--tenant acme --profile workplace --data-dir '{here}'");
    assert!(told.contains(&next), "{told}");
}
