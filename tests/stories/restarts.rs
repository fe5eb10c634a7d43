//! The program stops, is killed, and starts again.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use kit::company::Company;
use kit::entra;
use kit::http::{Answer, http};
use kit::program::{Program, verb};
use kit::wait::until;
use kit::world::World;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_postgres::NoTls;

#[tokio::test]
async fn a_stopped_program_keeps_data_and_credentials_for_the_next_start() {
    let mut world = World::new().await;
    let mut company = world.contoso().await;
    let ada = company.hire("Ada").await;
    company.form("Sales", &[&ada]).await;
    let before = company.scim(&format!("Users/{ada}")).await.answered(200).body;
    let stopped = world.program.stop().await;
    assert_eq!(stopped.code(), Some(0), "SIGTERM is no failure");
    let tenants = world.verb("tenant list").await.ended(1);
    assert!(tenants.stderr.contains("no `rollcall up` runs"), "{}", tenants.stderr);

    world.start_again().await;
    company.moved_to(&world.url());
    let mut after = company.scim(&format!("Users/{ada}")).await.answered(200).body;
    assert!(after["meta"]["location"].as_str().is_some_and(|l| l.starts_with(&world.url())));
    after["meta"]["location"] = before["meta"]["location"].clone();
    after["groups"] = before["groups"].clone();
    assert_eq!(after, before);
    assert_eq!(company.teams_of(&ada).await, ["Sales primary synced"]);
    company.hire("Bob").await;
    world.verb("log verify").await.ended(0);
}

/// Whether the private servers answer: nats-server and Postgres.
async fn servers_answer(welcome: &Value) -> [bool; 2] {
    let text = |name: &str| welcome[name].as_str().expect("the line has it").to_owned();
    let nats = text("nats_url");
    let nats = TcpStream::connect(nats.trim_start_matches("nats://")).await.is_ok();
    let postgres = tokio_postgres::connect(&text("database_url"), NoTls).await.is_ok();
    [nats, postgres]
}

/// A company of a program that has no world around it.
async fn company(data_dir: &Path, welcome: &Value) -> Company {
    let run = async |line: &str| verb(line, data_dir).await.ended(0).line();
    run("tenant create contoso").await;
    let activated = run("integration activate --tenant contoso --profile workplace").await;
    let issued = run("token issue --tenant contoso --scope all").await;
    let secret_token = activated["secret_token"].as_str().expect("a secret");
    Company::new(&url(welcome), "contoso", secret_token, &issued)
}

fn url(welcome: &Value) -> String {
    let token_url = welcome["token_url"].as_str().expect("the line has a token_url");
    token_url.trim_end_matches("/oauth/token").to_owned()
}

#[tokio::test]
async fn a_killed_program_takes_its_private_servers_along_and_loses_nothing_acknowledged() {
    let data_dir = TempDir::new().expect("make a directory");
    let mut program = Program::up(data_dir.path(), &[], &[]);
    let welcome = program.line().await;
    let mut company = company(data_dir.path(), &welcome).await;
    assert_eq!(servers_answer(&welcome).await, [true, true]);

    let (acknowledged, killed) = (Mutex::new(Vec::new()), AtomicBool::new(false));
    let write = async |writer: usize| {
        for number in 0.. {
            let name = format!("Person{writer}x{number}");
            let login = format!("{name}@contoso.example");
            let user = entra::workplace_user(&login, &name, &format!("object of {name}"));
            let request = company.scim_request(reqwest::Method::POST, "Users");
            let request = request.bearer_auth(&company.secret_token).body(user.to_string());
            let Ok(answer) = request.send().await else { break };
            if answer.status() == 201 {
                acknowledged.lock().expect("no writer panics").push(login);
            } else if killed.load(Ordering::SeqCst) {
                break;
            }
        }
    };
    let kill = async {
        until("a hundred writes are acknowledged", async || {
            acknowledged.lock().expect("no writer panics").len() >= 100
        })
        .await;
        killed.store(true, Ordering::SeqCst);
        program.kill9().await;
    };
    tokio::join!(write(0), write(1), write(2), write(3), kill);
    until("the private servers are gone", async || {
        servers_answer(&welcome).await == [false, false]
    })
    .await;

    let mut program = Program::up(data_dir.path(), &[], &[]);
    company.moved_to(&url(&program.line().await));
    let acknowledged = acknowledged.into_inner().expect("no writer panics");
    for login in &acknowledged {
        let found = company.find("Users", &format!(r#"userName eq "{login}""#)).await;
        assert_eq!(found.body["totalResults"], 1, "{login} was acknowledged, and is lost");
    }
    let employees = company.ask("employees?limit=500").await.answered(200).body;
    let employees = employees["employees"].as_array().map_or(0, Vec::len);
    assert!(employees >= acknowledged.len(), "{employees} of {}", acknowledged.len());
    program.stop().await;
}

#[tokio::test]
async fn the_demo_prints_one_line_with_all_keys_and_the_same_again_at_the_next_start() {
    let data_dir = TempDir::new().expect("make a directory");
    let mut program = Program::up(data_dir.path(), &["--demo"], &[]);
    let first = program.line().await;
    let mut keys: Vec<&str> =
        first.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "api_base_url",
            "api_token",
            "client_id",
            "client_secret",
            "database_url",
            "nats_url",
            "portal_link",
            "portal_url",
            "schema",
            "scim_base_url",
            "secret_token",
            "tenant",
            "token_url",
        ]
    );
    assert_demo_works(&first).await;

    let second = verb("up --listen 127.0.0.1:0", data_dir.path()).await.ended(1);
    assert!(second.stderr.contains("another `rollcall up` runs on"), "{}", second.stderr);
    assert_eq!(second.stdout, "");

    let stopped = program.stop().await;
    assert_eq!(stopped.code(), Some(0));
    assert_eq!(servers_answer(&first).await, [false, false], "stopped with the program");
    let mut program = Program::up(data_dir.path(), &["--demo"], &[]);
    let again = program.line().await;
    for credential in ["tenant", "secret_token", "client_id", "client_secret", "api_token"] {
        assert_eq!(again[credential], first[credential], "{credential}");
    }
    assert_ne!(again["portal_link"], first["portal_link"], "a link is good once");
    assert_demo_works(&again).await;

    let credentials = verb("integration list --tenant demo", data_dir.path()).await.ended(0);
    let credentials = credentials.listed("credentials");
    let secret = credentials.iter().find(|one| one["purpose"] == "secret-token");
    let id = secret.expect("a secret token")["credential_id"].as_str().expect("an id");
    verb(&format!("integration revoke {id} --tenant demo"), data_dir.path()).await.ended(0);
    program.stop().await;
    let mut program = Program::up(data_dir.path(), &["--demo"], &[]);
    let revoked = program.line().await;
    assert_eq!(revoked["secret_token"], Value::Null, "what was revoked is not shown as live");
    assert_eq!(revoked["api_token"], first["api_token"]);
    program.stop().await;
}

/// Every URL and credential of the line opens what it should, and there is something to see.
async fn assert_demo_works(line: &Value) {
    let text = |name: &str| line[name].as_str().expect("a text");
    let users = http().get(format!("{}/Users", text("scim_base_url")));
    let users = Answer::to(users.bearer_auth(text("secret_token"))).await.answered(200);
    assert!(users.body["totalResults"].as_u64() > Some(50), "{}", users.text);
    let granted = http().post(text("token_url")).form(&[
        ("grant_type", "client_credentials"),
        ("client_id", text("client_id")),
        ("client_secret", text("client_secret")),
    ]);
    let granted = Answer::to(granted).await.answered(200);
    let token = granted.body["access_token"].as_str().expect("a token");
    let groups = http().get(format!("{}/Groups", text("scim_base_url")));
    Answer::to(groups.bearer_auth(token)).await.answered(200);
    for list in ["employees", "teams", "leavers?upcoming=true"] {
        let name = list.split('?').next().unwrap_or_default();
        until(&format!("the demo has {name}"), async || {
            let asked = http().get(format!("{}/{list}", text("api_base_url")));
            let answer = Answer::to(asked.bearer_auth(text("api_token"))).await;
            answer.status == 200 && answer.body[name] != json!([])
        })
        .await;
    }
}
