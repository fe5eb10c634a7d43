//! The operators' verbs.

use std::process::Stdio;

use kit::entra;
use kit::http::{Answer, http};
use kit::program::{Program, rollcall};
use kit::wait::{DEADLINE, found, until};
use kit::world::World;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;

#[tokio::test]
async fn status_shows_how_far_the_log_and_the_projections_are() {
    let world = World::new().await;
    let company = world.contoso().await;
    company.hire("Ada").await;
    let end = world.events("contoso").await.pop().expect("an event")["position"].clone();
    let status = found("all projections are at the end", async || {
        let status = world.result("status").await;
        let at_end = |shown: &Value| shown["position"] == end;
        status["projections"].as_array()?.iter().all(at_end).then(|| status.clone())
    })
    .await;
    assert_eq!(status["stream"]["position"], end);
    let projections = status["projections"].as_array().expect("projections");
    let names: Vec<&Value> = projections.iter().map(|shown| &shown["projection"]).collect();
    assert_eq!(names, rollcall::projections::NAMES);
    for shown in projections {
        assert_eq!(shown["position"], end, "{shown}");
        assert_eq!(shown["state"], "current", "{shown}");
        assert_eq!(shown["lag_events"], 0, "{shown}");
        assert_eq!(shown["lag_seconds"], 0.0, "{shown}");
    }
}

#[tokio::test]
async fn a_watched_status_is_shown_again_as_things_change_until_it_is_interrupted() {
    let world = World::new().await;
    let company = world.contoso().await;
    let data_dir = world.data_dir().to_str().expect("a path of ours is text");
    let environment = [("ROLLCALL_DATA_DIR", data_dir)];
    let watch = ["status", "--watch", "--interval", "1"];
    let mut json = Program::start(&[&watch[..], &["--json"]].concat(), &environment);
    let mut text = Program::start(&watch, &environment);
    let first = json.line().await["stream"]["position"].as_u64().expect("a position");
    let head = text.text().await;
    assert!(head.contains(&format!("position {first} ")), "{head}");
    company.hire("Ada").await;
    let end = world.events("contoso").await.pop().expect("an event")["position"].clone();
    // A frame that was made in between shows the former end.
    while json.line().await["stream"]["position"] != end {}
    while !text.text().await.contains(&format!("position {end} ")) {}
    for mut watching in [json, text] {
        assert_eq!(watching.interrupt().await.code(), Some(0), "{}", watching.said());
    }
}

#[tokio::test]
async fn a_watched_status_ends_when_nobody_reads_it_any_more() {
    let world = World::new().await;
    let data_dir = world.data_dir().to_str().expect("a path of ours is text");
    let environment = [("ROLLCALL_DATA_DIR", data_dir)];
    let watch = ["status", "--watch", "--interval", "1"];
    let mut watching = rollcall(&watch, &environment);
    let mut watching = watching.stdout(Stdio::piped()).spawn().expect("the program starts");
    let mut printed = watching.stdout.take().expect("a pipe");
    printed.read_u8().await.expect("it prints something");
    drop(printed);
    let ended = tokio::time::timeout(DEADLINE, watching.wait()).await.expect("it ends");
    assert_eq!(ended.expect("it ends by itself").code(), Some(0));
}

#[tokio::test]
async fn what_clients_send_and_nobody_keeps_is_shown_by_name_and_outlives_the_program() {
    let mut world = World::new().await;
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let sent = entra::replace("shoeSize", "forty-four");
    company.patch(&format!("Users/{ada}"), &sent).await.answered(200);
    until("the status tells of it", async || {
        let status = world.result("status").await;
        let told = &status["attributes_not_kept"][0];
        told["tenant"] == "contoso" && told["attribute"] == "shoeSize" && told["times"] == 1
    })
    .await;
    let metrics = Answer::to(http().get(format!("{}/metrics", world.url()))).await.text;
    let sample = "\nrollcall_attributes_not_kept{attribute=\"shoeSize\"} 1\n";
    assert!(metrics.contains(sample) && !metrics.contains("contoso"), "{metrics}");
    world.program.stop().await;
    world.start_again().await;
    assert_eq!(world.result("status").await["attributes_not_kept"][0]["attribute"], "shoeSize");
}

#[tokio::test]
async fn events_are_listed_by_entity_fact_person_and_position() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    company.form("Sales", &[&ada]).await;
    company.disable(&bob).await;
    let all = world.events("contoso").await;
    let listed = async |filter: &str| {
        let events = world.verb(&format!("events list {filter}")).await.ended(0).lines();
        events.iter().map(|event| event["type"].clone()).collect::<Vec<_>>()
    };
    let users = ["user.created", "user.created", "user.deactivated"];
    assert_eq!(listed("--entity user").await, users);
    assert_eq!(listed("--entity group --fact created").await, ["group.created"]);
    assert_eq!(listed(&format!("--id {bob}")).await, ["user.created", "user.deactivated"]);
    assert_eq!(listed("--tenant nobody").await, Vec::<Value>::new());
    let last = &all[all.len() - 1];
    let from = last["position"].as_u64().expect("a position") - 1;
    assert_eq!(listed(&format!("--from {from}")).await.len(), 2);
    assert_eq!(listed("--limit 2").await.len(), 2);
    let since = last["time"].as_str().expect("a time");
    assert_eq!(listed(&format!("--since {since}")).await, ["user.deactivated"]);
}

#[tokio::test]
async fn a_tail_shows_events_as_they_happen() {
    let world = World::new().await;
    let company = world.contoso().await;
    let data_dir = world.data_dir().to_str().expect("a path of ours is text");
    let end = world.events("contoso").await.len() as u64;
    let from = (end + 1).to_string();
    let arguments = ["events", "tail", "--json", "--from", &from, "--data-dir", data_dir];
    let mut tail = Program::start(&arguments, &[]);
    for name in ["Ada", "Bob"] {
        let hired = company.hire(name).await;
        let event = tail.line().await;
        assert_eq!(event["type"], "user.created");
        assert_eq!(event["data"]["employeeId"], json!(hired));
    }
}

#[tokio::test]
async fn a_tenant_is_made_once_and_its_slug_is_plain() {
    let world = World::new().await;
    world.result("tenant create contoso").await;
    let again = world.verb("tenant create contoso").await.ended(1);
    assert!(again.stderr.contains("contoso"), "{}", again.stderr);
    let odd = world.verb("tenant create Contoso_GmbH").await.ended(2);
    assert!(odd.stderr.contains("Contoso_GmbH"), "{}", odd.stderr);
    let tenants = world.verb("tenant list").await.ended(0).listed("tenants");
    let known: Vec<&Value> = tenants.iter().map(|tenant| &tenant["tenant"]).collect();
    assert_eq!(known, ["contoso"]);
}
