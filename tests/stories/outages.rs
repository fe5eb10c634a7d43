//! The log or the database goes away, and comes back.

use std::time::{Duration, Instant};

use embedded::Postgres;
use kit::alarms::{WITHOUT_NATS, WITHOUT_POSTGRES};
use kit::entra;
use kit::http::http;
use kit::program::Program;
use kit::wait::until;
use kit::world::World;

/// Entra's own patience is not published; its administrators' is short. The gateway waits for 5 s;
/// the rest is for a busy machine.
const FEW_SECONDS: Duration = Duration::from_secs(30);

#[tokio::test]
async fn without_the_log_writes_wait_for_better_times_and_reads_go_on() {
    let mut world = World::new().await;
    for words in WITHOUT_NATS {
        world.expects(words);
    }
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    world.nats.kill9();

    let bob = entra::workplace_user("bob@contoso.example", "Bob", "object of Bob");
    let asked = Instant::now();
    let refused = company.post("Users", &bob).await.refused(503, None);
    assert!(asked.elapsed() < FEW_SECONDS, "the answer took {:?}", asked.elapsed());
    assert!(refused.header("retry-after").parse::<u32>().is_ok(), "no Retry-After");
    company.scim(&format!("Users/{ada}")).await.answered(200);
    assert_eq!(company.scim("Users").await.answered(200).body["totalResults"], 1);
    company.ask(&format!("employees/{ada}")).await.answered(200);
    let again = Instant::now();
    company.patch(&format!("Users/{ada}"), &entra::disable()).await.refused(503, None);
    assert!(again.elapsed() < FEW_SECONDS, "the answer took {:?}", again.elapsed());

    world.nats.restart().expect("nats-server starts again");
    // Who is asked whether it is ready gets no writes until it is.
    until("it is ready again, though nobody has written", async || {
        let asked = http().get(format!("{}/health/ready", world.url())).send().await;
        asked.is_ok_and(|answer| answer.status().is_success())
    })
    .await;
    // A 409 would tell of a write that was acknowledged to nobody, yet done: Entra would find it.
    until("writes are taken again", async || {
        let status = company.post("Users", &bob).await.status.as_u16();
        assert!([201, 409, 503].contains(&status), "{status}");
        status != 503
    })
    .await;
    company.disable(&ada).await;
    assert_eq!(company.employee(&ada).await["standing"], "former");
    let found = company.find("Users", r#"userName eq "bob@contoso.example""#).await;
    assert_eq!(found.body["totalResults"], 1);
    world.verb("log verify").await.ended(0);
}

#[tokio::test]
async fn without_postgres_scim_goes_on_and_the_read_api_catches_up_later() {
    let mut world = World::with_its_own_postgres().await;
    for words in WITHOUT_POSTGRES {
        world.expects(words);
    }
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    // The token is known to the read model.
    company.employee(&ada).await;
    let postgres = world.postgres.as_mut().expect("this world has one");
    postgres.kill9();

    let bob = company.hire("Bob").await;
    company.scim(&format!("Users/{bob}")).await.answered(200);
    let refused = company.ask_once(&company.api_token, "employees").await.answered(503);
    assert!(refused.header("retry-after").parse::<u32>().is_ok(), "no Retry-After");
    assert_eq!(refused.header("content-type"), "application/problem+json");
    company.disable(&bob).await;

    postgres.restart().expect("Postgres starts again");
    until("the read API has caught up", async || {
        company.ask(&format!("employees/{bob}")).await.status.is_success()
    })
    .await;
    assert_eq!(company.employee(&bob).await["standing"], "former");
}

/// A Postgres whose processes are stopped (SIGSTOP): its connections stand, and nobody answers.
/// Dropped, it goes on.
struct Frozen(Vec<String>);

impl Frozen {
    fn new(postgres: &Postgres) -> Self {
        let pid = postgres.pid().to_string();
        // First the one that starts all others.
        signal("-STOP", std::slice::from_ref(&pid));
        let found = std::process::Command::new("pgrep").args(["-P", &pid]).output();
        let found = found.expect("there is a program pgrep").stdout;
        let children = String::from_utf8(found).expect("numbers");
        let mut pids = vec![pid];
        pids.extend(children.lines().map(str::to_owned));
        assert!(pids.len() > 3, "Postgres has processes besides its first: {pids:?}");
        signal("-STOP", &pids);
        Self(pids)
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        self.0.reverse();
        signal("-CONT", &self.0);
    }
}

fn signal(which: &str, pids: &[String]) {
    // One of them may have ended meanwhile.
    std::process::Command::new("kill").arg(which).args(pids).status().expect("a program kill");
}

async fn readiness(url: &str) -> (u16, String) {
    let answer = http().get(format!("{url}/health/ready")).send().await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("a text"))
}

#[tokio::test]
async fn a_postgres_that_hangs_is_503_at_once_and_ends_readiness_until_it_goes_on() {
    let mut world = World::with_its_own_postgres().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    company.ask("employees").await.answered(200);
    let (nats_url, database_url) = (world.nats.url(), world.database_url.clone());
    let environment = [
        ("NATS_URL", nats_url.as_str()),
        ("DATABASE_URL", database_url.as_str()),
        ("ROLLCALL_LOG", "json"),
    ];
    let anywhere = ["--listen", "127.0.0.1:0"];
    let mut api = Program::start(&[&["api"], &anywhere[..]].concat(), &environment);
    let mut teams = Program::start(&[&["project", "teams"], &anywhere[..]].concat(), &environment);
    for words in WITHOUT_POSTGRES {
        world.expects(words);
        api.expects(words);
        teams.expects(words);
    }
    let urls = [world.url(), api.url().await, teams.url().await];
    for url in &urls {
        until("every process is ready", async || readiness(url).await.0 == 200).await;
    }

    let frozen = Frozen::new(world.postgres.as_ref().expect("this world has one"));
    // These wait for Postgres when it falls silent.
    let waiting = (0..20).map(|_| company.ask_once(&company.api_token, "employees"));
    for refused in futures_util::future::join_all(waiting).await {
        refused.answered(503);
    }
    for url in &urls {
        until("no process is ready", async || readiness(url).await.0 == 503).await;
        let told = readiness(url).await.1;
        assert!(told.contains("Postgres does not answer"), "{told}");
    }
    // These need not wait to know. Far more than can be answered one after the other by waiting.
    let asked = Instant::now();
    for _ in 0..100 {
        let refused = company.ask_once(&company.api_token, "employees").await.answered(503);
        assert!(refused.header("retry-after").parse::<u32>().is_ok(), "no Retry-After");
        assert!(refused.text.contains("Postgres does not answer"), "{}", refused.text);
    }
    assert!(asked.elapsed() < FEW_SECONDS, "a hundred answers took {:?}", asked.elapsed());
    let bob = company.hire("Bob").await;
    company.scim(&format!("Users/{bob}")).await.answered(200);

    drop(frozen);
    for url in &urls {
        until("every process is ready again", async || readiness(url).await.0 == 200).await;
    }
    company.disable(&ada).await;
    assert_eq!(company.employee(&ada).await["standing"], "former");
    assert_eq!(company.employee(&bob).await["standing"], "active");
}

#[tokio::test]
async fn the_read_api_is_ready_only_while_every_read_model_can_be_read() {
    let mut world = World::with_its_own_postgres().await;
    let company = world.contoso().await;
    company.hire("Ada").await;
    let (nats_url, database_url) = (world.nats.url(), world.database_url.clone());
    let environment = [
        ("NATS_URL", nats_url.as_str()),
        ("DATABASE_URL", database_url.as_str()),
        ("ROLLCALL_LOG", "json"),
    ];
    let mut api = Program::start(&["api", "--listen", "127.0.0.1:0"], &environment);
    for words in WITHOUT_POSTGRES {
        world.expects(words);
        api.expects(words);
    }
    let url = api.url().await;
    until("it is ready", async || readiness(&url).await.0 == 200).await;

    let postgres = world.postgres.as_mut().expect("this world has one");
    postgres.kill9();
    until("it is not ready without Postgres", async || readiness(&url).await.0 == 503).await;
    postgres.restart().expect("Postgres starts again");
    until("it is ready again", async || readiness(&url).await.0 == 200).await;

    // Nobody builds a read model again that somebody drops while nothing happens.
    api.expects("a read model is gone");
    world.program.stop().await;
    let client = kit::tables::connect(&database_url).await;
    for projection in ["directory", "teams", "retention"] {
        client.batch_execute(&format!("ALTER SCHEMA {projection} RENAME TO away")).await.unwrap();
        until("it is not ready", async || {
            let (status, told) = readiness(&url).await;
            status == 503 && told.contains(projection)
        })
        .await;
        client.batch_execute(&format!("ALTER SCHEMA away RENAME TO {projection}")).await.unwrap();
        until("it is ready again", async || readiness(&url).await.0 == 200).await;
    }
}
