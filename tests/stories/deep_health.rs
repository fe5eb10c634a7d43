//! The deep look at health: an event goes the whole way.

use kit::http::{Answer, http};
use kit::program::Program;
use kit::tables::connect;
use kit::wait::{found, until};
use kit::world::World;
use rollcall::projections::NAMES;
use serde_json::Value;

async fn deep(url: &str) -> Answer {
    Answer::to(http().get(format!("{url}/health/deep"))).await
}

/// What a look tells that found all applied. On a slow machine that may take more than one.
async fn well(url: &str) -> Value {
    found("all is applied", async || {
        let looked = deep(url).await;
        (looked.status == 200).then_some(looked.body)
    })
    .await
}

#[tokio::test]
async fn a_canary_is_written_once_and_seen_applied_by_every_projection() {
    let world = World::new().await;
    let company = world.contoso().await;
    // The log has just had events, so that none has to be written.
    company.hire("Ada").await;
    let url = world.url();
    let looked = well(&url).await;
    assert!(looked["canary_ms"].is_null(), "{looked}");
    let seen = looked["projections"].as_array().expect("projections");
    assert_eq!(seen.len(), NAMES.len());
    for seen in seen {
        assert!(seen["applied"] == true && seen["ms"].is_number(), "{seen}");
        assert!(seen["heartbeat_age"].is_number(), "{seen}");
    }
    // Whoever asks often gets the same look, which counts for ten seconds.
    until("a look is shared", async || {
        let (one, other) = tokio::join!(deep(&url), deep(&url));
        one.answered(200).body["at"] == other.answered(200).body["at"]
    })
    .await;
    assert!(!looked.to_string().contains("contoso"), "{looked}");
}

#[tokio::test]
async fn a_quiet_log_gets_a_canary_and_only_one() {
    let world = World::new().await;
    // Nothing has happened yet.
    let looked = deep(&world.url()).await.body;
    assert!(looked["canary_ms"].is_number(), "{looked}");
    let position = looked["position"].as_u64().expect("a position");
    until("another look was made", async || {
        let again = deep(&world.url()).await;
        let applied = again.status == 200;
        let again = again.body;
        applied && again["at"] != looked["at"] && {
            assert_eq!(again["position"], position, "another canary was written");
            assert!(again["canary_ms"].is_null(), "{again}");
            true
        }
    })
    .await;
    world.verb("log verify").await.ended(0);
}

#[tokio::test]
async fn a_projection_that_does_nothing_any_more_is_seen_from_outside() {
    let mut world = World::new().await;
    world.contoso().await.hire("Ada").await;
    well(&world.url()).await;
    world.program.stop().await;
    // The log goes on, and nobody applies it.
    let database = connect(&world.database_url).await;
    database.batch_execute("UPDATE teams.checkpoint SET seq = seq - 1").await.expect("set it back");
    let (nats_url, database_url) = (world.nats.url(), world.database_url.clone());
    let environment = [
        ("NATS_URL", nats_url.as_str()),
        ("DATABASE_URL", database_url.as_str()),
        ("ROLLCALL_LOG", "json"),
    ];
    let operating = Program::start(&["operate", "--listen", "127.0.0.1:0"], &environment);
    let url = operating.url().await;
    let looked = deep(&url).await.answered(503).body;
    let of = |name: &str| {
        let seen = looked["projections"].as_array().into_iter().flatten();
        seen.clone().find(|seen| seen["projection"] == name).cloned().unwrap_or(Value::Null)
    };
    assert_eq!(of("teams")["applied"], false, "{looked}");
    assert_eq!(of("directory")["applied"], true, "{looked}");
}
