//! A log that somebody else changes, while the program runs and in the midst of what a snapshot
//! hides.

use kit::entra;
use kit::http::{Answer, http};
use kit::rebuild::rebuild;
use kit::tables::{connect, reached};
use kit::wait::until;
use kit::world::World;
use rollcall::projections::NAMES;
use serde_json::{Value, json};

use crate::continuity::jetstream_of;

/// What a program says whose log was changed by somebody else while it runs.
const STOPPED: [&str; 4] = [
    "cannot follow the log",
    "cannot write to the log",
    "the projection has stopped",
    "applications are told nothing any more",
];

async fn purge(nats_url: &str) {
    let stream = jetstream_of(nats_url).await.get_stream("PROVISIONING").await;
    stream.expect("there is a log").purge().await.expect("purge it");
}

/// What `/health/ready` says: the status and the checks.
async fn ready(world: &World) -> (u16, Value) {
    let asked = Answer::to(http().get(format!("{}/health/ready", world.url()))).await;
    (asked.status.as_u16(), asked.body["checks"].clone())
}

async fn is_not_ready(world: &World) {
    until("readiness ends", async || ready(world).await.0 == 503).await;
}

fn user(name: &str) -> Value {
    entra::workplace_user(&format!("{name}@contoso.example"), name, &format!("object of {name}"))
}

#[tokio::test]
async fn a_purge_of_a_running_log_ends_writing_and_is_told_by_all() {
    let mut world = World::new().await;
    for words in STOPPED {
        world.expects(words);
    }
    world.expects("writing to the log has stopped");
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    purge(&world.nats.url()).await;
    until("the loss is noticed, though nobody writes", async || {
        let (status, checks) = ready(&world).await;
        status == 503 && checks["history"].as_str().is_some_and(|why| why.contains("are missing"))
    })
    .await;
    let refused = company.post("Users", &user("bob")).await.refused(503, None);
    assert!(refused.text.contains("lost events"), "{}", refused.text);
    company.scim(&format!("Users/{ada}")).await.answered(200);
    let status = world.verb("status").await.ended(3).line();
    assert!(status["stream"]["lost"].is_string(), "{status}");
    let verified = world.verb("log verify").await.ended(4).line();
    assert_eq!(verified["gaps"][0]["first"], 1, "{verified}");
    until("the projections say so, and do not catch up for ever", async || {
        let (_, checks) = ready(&world).await;
        checks["teams"].as_str().is_some_and(|why| why.contains("history is broken"))
    })
    .await;
}

#[tokio::test]
async fn a_message_of_somebody_else_ends_writing_and_is_told_by_all() {
    let mut world = World::new().await;
    for words in STOPPED {
        world.expects(words);
    }
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let jetstream = jetstream_of(&world.nats.url()).await;
    let sent = jetstream.publish("prov.contoso.user.x.created", "{}".into()).await;
    sent.expect("publish").await.expect("the stream takes it");
    is_not_ready(&world).await;
    company.post("Users", &user("bob")).await.refused(503, None);
    company.scim(&format!("Users/{ada}")).await.answered(200);
    world.verb("status").await.ended(3);
    let verified = world.verb("log verify").await.ended(4).line();
    let good = verified["position"].as_u64().expect("the last event that is sound");
    assert!(verified["damage"].is_string(), "{verified}");

    // As deploy/README.md tells: stop, copy what is sound into a stream made anew, start.
    world.program.stop().await;
    rebuild(&world.nats.url(), good, |_| {}).await;
    world.start_again().await;
    let mut company = company;
    company.moved_to(&world.url());
    company.hire("Bob").await;
    world.verb("log verify").await.ended(0);
    world.verb("status").await.ended(0);
}

#[tokio::test]
async fn damage_that_the_snapshot_hides_is_found_and_told_while_the_gateway_goes_on() {
    let mut world = World::new().await;
    world.expects("THE LOG IS DAMAGED");
    let company = world.contoso().await;
    for number in 1..=8 {
        company.hire(&format!("Person{number}")).await;
    }
    let end = jetstream_of(&world.nats.url()).await;
    let end = end.get_stream("PROVISIONING").await.expect("there is a log");
    let end = end.cached_info().state.last_sequence;
    // A read model that has yet to read what is damaged stops the start, and rightly so.
    let database = connect(&world.database_url).await;
    for projection in NAMES {
        reached(&database, projection, end).await;
    }
    world.program.stop().await;
    rebuild(&world.nats.url(), end, |message| {
        if message.sequence == 5 {
            message.payload = message.payload.to_ascii_uppercase().into();
        }
    })
    .await;
    world.start_again().await;
    let mut company = company;
    company.moved_to(&world.url());
    until("the damage is found", async || {
        let metrics = Answer::to(http().get(format!("{}/metrics", world.url()))).await.text;
        metrics.contains("\nrollcall_log_damaged 1\n")
            && metrics.contains("\nrollcall_log_verified_position 4\n")
    })
    .await;
    assert_eq!(ready(&world).await.0, 200, "leavers must still be let go");
    company.hire("Ada").await;
    assert!(world.program.said().contains("THE LOG IS DAMAGED"));
    until("status tells", async || {
        let status = world.verb("status").await.line();
        let damage = &status["stream"]["verified"]["damage"];
        damage.as_str().is_some_and(|damage| damage.contains("event 5"))
    })
    .await;
    world.verb("status").await.ended(3);
    let verified = world.verb("log verify").await.ended(4).line();
    assert_eq!(verified["position"], 4, "{verified}");
}

#[tokio::test]
async fn a_gap_made_by_hand_is_reported_with_its_positions() {
    let mut world = World::new().await;
    for words in STOPPED {
        world.expects(words);
    }
    world.expects("writing to the log has stopped");
    world.expects("THE LOG IS DAMAGED");
    let company = world.contoso().await;
    company.hire("Ada").await;
    company.hire("Bob").await;
    world.verb("log verify").await.ended(0);
    let stream = jetstream_of(&world.nats.url()).await.get_stream("PROVISIONING").await;
    let stream = stream.expect("there is a log");
    for seq in [3, 4] {
        stream.delete_message(seq).await.expect("delete a message");
    }
    let verified = world.verb("log verify").await.ended(4).line();
    assert_eq!(verified["gaps"], json!([{ "first": 3, "last": 4 }]), "{verified}");
    assert!(
        verified["lost"].as_str().is_some_and(|why| why.contains("2 are missing")),
        "{verified}"
    );
}
