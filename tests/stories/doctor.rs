//! The doctor: what is wrong is told with what to do about it.

use embedded::Nats;
use kit::program::{Program, Verb, verb_with};
use kit::servers::fresh_database;
use kit::tables::connect;
use kit::wait::{blocking, until};
use kit::world::World;
use serde_json::{Value, json};

use crate::deployment::{nats_as_shipped, password, url_of};

const TOKEN: &str = "a2fe34a0ff0fe04802008d381fb18900e3df26459094ab64e1e53592a688aada";

/// `rollcall operate` on these servers.
fn operate(nats_url: &str, database_url: &str, more: &[(&str, &str)]) -> Program {
    let mut environment = vec![
        ("NATS_URL", nats_url),
        ("DATABASE_URL", database_url),
        ("ROLLCALL_OPERATOR_TOKEN", TOKEN),
        ("ROLLCALL_LOG", "json"),
    ];
    environment.extend(more);
    Program::start(&["operate", "--listen", "127.0.0.1:0"], &environment)
}

async fn doctor_of(operating: &Program) -> Verb {
    let url = operating.url().await;
    verb_with("doctor", &[("ROLLCALL_URL", &url), ("ROLLCALL_OPERATOR_TOKEN", TOKEN)]).await
}

/// A check of a diagnosis, by its name.
#[track_caller]
fn check<'d>(diagnosis: &'d Value, name: &str) -> &'d Value {
    let checks = diagnosis["checks"].as_array().expect("checks");
    let found = checks.iter().find(|check| check["name"] == name);
    found.unwrap_or_else(|| panic!("there is no check {name} in {diagnosis:#}"))
}

/// A check that is not well: its verdict, with words of what was found and of what to do.
#[track_caller]
fn told(diagnosis: &Value, name: &str, verdict: &str, found: &str, remedy: &str) {
    let check = check(diagnosis, name);
    assert_eq!(check["verdict"], verdict, "{check}");
    assert!(check["found"].as_str().is_some_and(|text| text.contains(found)), "{check}");
    assert!(check["remedy"].as_str().is_some_and(|text| text.contains(remedy)), "{check}");
}

#[tokio::test]
async fn the_doctor_tells_of_each_fault_what_it_found_and_what_to_do() {
    // Of a Postgres that others use, it would tell how many connections they have taken.
    let mut world = World::with_its_own_postgres().await;
    let company = world.contoso().await;
    company.hire("Ada").await;
    until("the log was verified", async || {
        world.verb("status").await.lines()[0]["stream"]["verified"].is_object()
    })
    .await;
    // All is well but for what this machine cannot tell, and for servers without users.
    let diagnosis = world.verb("doctor").await.ended(3).line();
    assert_eq!(diagnosis["schema"], "rollcall.doctor.v1");
    let checks = diagnosis["checks"].as_array().expect("checks");
    assert!(checks.len() >= 20, "{} checks", checks.len());
    for check in checks {
        let expected = match check["name"].as_str().expect("a name") {
            "nats.sync" | "nats.tls" | "nats.permissions" => "warn",
            // Tests are quicker without.
            "postgres.durability" => continue,
            _ => "ok",
        };
        assert_eq!(check["verdict"], expected, "{check}");
        assert_eq!(check["remedy"].is_null(), expected == "ok", "{check}");
    }

    // Nobody keeps the read models any more, and somebody has been at the settings.
    world.program.stop().await;
    let database = connect(&world.database_url).await;
    database
        .batch_execute(
            "UPDATE teams.checkpoint SET renewed_at = now() - interval '1 hour';
             ALTER TABLE directory.employees DISABLE ROW LEVEL SECURITY;
             DROP SCHEMA retention CASCADE",
        )
        .await
        .expect("make the faults");
    let jetstream = async_nats::jetstream::new(
        async_nats::connect(world.nats.url()).await.expect("connect to NATS"),
    );
    let stream = jetstream.get_stream("PROVISIONING").await.expect("the log");
    let config = async_nats::jetstream::stream::Config {
        discard: async_nats::jetstream::stream::DiscardPolicy::Old,
        ..stream.cached_info().config.clone()
    };
    let operating = operate(&world.nats.url(), &world.database_url, &[]);
    operating.url().await;
    jetstream.update_stream(config).await.expect("spoil the stream");
    let marks = jetstream.get_key_value("ROLLCALL_MARK").await.expect("the bucket");
    let old = json!({ "position": 1, "at": "2025-01-01T00:00:00Z" });
    marks.put("verified", old.to_string().into()).await.expect("age the verification");

    let diagnosis = doctor_of(&operating).await.ended(1).line();
    assert_eq!(diagnosis["verdict"], "fail");
    told(&diagnosis, "log.stream", "fail", "discards old events", "nats stream edit");
    told(&diagnosis, "log.verified", "warn", "verified 2025-01-01", "rollcall log verify");
    told(&diagnosis, "nats.permissions", "warn", "may purge the log", "nats-server.conf");
    told(&diagnosis, "nats.sync", "warn", "cannot be seen", "sync_interval: always");
    told(&diagnosis, "read-models.kept", "fail", "teams: no projector", "rollcall project");
    told(&diagnosis, "read-models.there", "fail", "retention", "builds what is missing");
    told(
        &diagnosis,
        "read-models.row-security",
        "fail",
        "directory.employees",
        "ENABLE ROW LEVEL SECURITY",
    );
    assert_eq!(check(&diagnosis, "journal.stream")["verdict"], "ok");
    assert_eq!(check(&diagnosis, "operators.token")["verdict"], "ok");
}

#[tokio::test]
async fn a_nats_server_that_syncs_later_than_it_acknowledges_is_refused_by_the_doctor() {
    let monitor = kit::service::free_port();
    let nats = blocking(move || {
        Nats::start_for_tests_with(|store| {
            format!(
                "http: \"127.0.0.1:{monitor}\"\nmax_payload: 8MB\njetstream {{ store_dir: {:?}, sync_interval: \"2m\" }}\n",
                store.to_str().expect("a path of ours is text")
            )
        })
        .expect("start nats-server")
    })
    .await;
    let database_url = fresh_database().await;
    let monitor = format!("http://127.0.0.1:{monitor}");
    let operating = operate(&nats.url(), &database_url, &[("NATS_MONITOR_URL", &monitor)]);
    let diagnosis = doctor_of(&operating).await.ended(1).line();
    told(&diagnosis, "nats.sync", "fail", "every 120 s", "sync_interval: always");
    told(&diagnosis, "log.verified", "warn", "never verified", "rollcall log verify");
}

#[tokio::test]
async fn with_the_user_that_is_shipped_the_doctor_finds_no_permission_too_many() {
    let nats = nats_as_shipped().await;
    let database_url = fresh_database().await;
    let operating = operate(&url_of(&nats, "operate"), &database_url, &[]);
    let diagnosis = doctor_of(&operating).await.line();
    let permissions = check(&diagnosis, "nats.permissions");
    assert_eq!(permissions["verdict"], "ok", "{permissions}");
    assert!(permissions["found"].as_str().is_some_and(|found| found.contains("operate")));
    assert_eq!(check(&diagnosis, "log.consumers")["verdict"], "ok");
    assert!(!diagnosis.to_string().contains(&password("operate")), "{diagnosis}");
}

#[tokio::test]
async fn when_nobody_answers_the_doctor_says_what_to_start() {
    let nowhere = [("ROLLCALL_URL", "http://127.0.0.1:9"), ("ROLLCALL_OPERATOR_TOKEN", TOKEN)];
    let diagnosis = verb_with("doctor", &nowhere).await.ended(1).line();
    told(&diagnosis, "api.reachable", "fail", "http://127.0.0.1:9", "rollcall operate");
}
