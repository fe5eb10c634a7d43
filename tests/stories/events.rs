//! The log, as applications and operators see it.

use kit::entra;
use kit::http::http;
use kit::positions::Positions;
use kit::wait::until;
use kit::world::World;
use reqwest::Method;
use serde_json::{Value, json};

use crate::wire::Wire;

#[tokio::test]
async fn an_application_gets_cloudevents_that_tell_who_caused_them_and_by_which_request() {
    let world = World::new().await;
    let company = world.contoso().await;
    let mut application = Wire::to(&world.nats.url()).await;
    application.subscribe("prov.contoso.user.>").await;
    let trace_parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let ada = entra::workplace_user("ada@contoso.example", "Ada", "object of Ada");
    let request = company.scim_request(Method::POST, "Users").bearer_auth(&company.secret_token);
    let request = request.header("x-request-id", "entra-1").header("traceparent", trace_parent);
    let made = company.send(request.body(ada.to_string())).await.answered(201);
    assert_eq!(made.header("x-request-id"), "entra-1");

    let event = application.next().await;
    assert_eq!(event.subject, format!("prov.contoso.user.{}.created", made.id()));
    for (header, value) in [
        ("ce-specversion", "1.0"),
        ("ce-source", "/rollcall/contoso"),
        ("ce-type", "rollcall.user.created"),
        ("ce-subject", &made.id()),
        ("ce-datacontenttype", "application/json"),
        ("ce-dataschema", "urn:rollcall:user.created:1"),
        ("ce-requestid", "entra-1"),
        ("ce-traceparent", trace_parent),
    ] {
        assert_eq!(event.header(header), value, "{header}");
    }
    let listed = world.verb("integration list --tenant contoso").await.ended(0);
    let listed = listed.listed("credentials");
    let secret = listed.iter().find(|credential| credential["purpose"] == "secret-token");
    let secret = secret.and_then(|credential| credential["credential_id"].as_str());
    assert_eq!(event.header("ce-actor"), format!("credential:{}", secret.expect("a secret")));
    for header in ["ce-id", "ce-time", "ce-digest", "ce-chain"] {
        assert!(!event.header(header).is_empty(), "{header}");
    }
    let body: Value = serde_json::from_slice(&event.body).expect("a body of JSON");
    assert_eq!(body["employeeId"], json!(made.id()));
    assert_eq!(body["profile"]["userName"], "ada@contoso.example", "the whole profile: {body}");

    // Operators see the same, but for texts: who looks at these leaves an act.
    let told = made.position().expect("a write has a position");
    let position = Positions::at(&world.nats.url()).await.read("contoso", told).to_string();
    let masked = world.result(&format!("events show {position}")).await;
    assert_eq!(masked["data"]["employeeId"], json!(made.id()));
    assert!(!masked.to_string().contains("ada@"), "{masked}");
    let shown = world.result(&format!("events show {position} --reveal")).await;
    let log = world.verb("operations log --act personal").await.ended(0).line();
    assert_eq!(log["acts"][0]["of"]["event"].to_string(), position, "{log}");
    assert_eq!(shown["id"], event.header("ce-id"));
    assert_eq!(shown["actor"], event.header("ce-actor"));
    assert_eq!(shown["request"], "entra-1");
    assert_eq!(shown["traceparent"], trace_parent);
    assert_eq!(shown["data"], body);
}

#[tokio::test]
async fn who_edits_through_the_api_is_the_actor_of_the_event() {
    let world = World::new().await;
    let company = world.contoso().await;
    company
        .command(Method::POST, "teams", Some(&json!({ "name": "Climbers" })))
        .await
        .answered(201);
    let events = world.events("contoso").await;
    let actors = |kind: &str| {
        let of_kind = events.iter().filter(|event| event["type"] == kind);
        of_kind.map(|event| event["actor"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(actors("team.created"), [json!(company.administrator)]);
    assert_eq!(actors("tenant.created"), [json!("operator")]);
}

#[tokio::test]
async fn what_is_said_twice_writes_no_event_and_leaves_the_version_alone() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    let sales = company.form("Sales", &[&ada]).await;
    let (user, group) = (format!("Users/{ada}"), format!("Groups/{sales}"));
    let before = [company.scim(&user).await.body, company.scim(&group).await.body];
    let events = world.events("contoso").await.len();

    let same = entra::patch([
        json!({ "op": "Replace", "path": "displayName", "value": "Ada" }),
        json!({ "op": "Add", "path": "active", "value": "True" }),
    ]);
    company.patch(&user, &same).await.answered(200);
    company.patch(&user, &entra::patch([])).await.answered(200);
    company.add(&sales, &ada).await;
    company.remove(&sales, &bob).await;
    company.patch(&group, &entra::replace("displayName", "Sales")).await.answered(204);
    assert_eq!(world.events("contoso").await.len(), events);
    assert_eq!([company.scim(&user).await.body, company.scim(&group).await.body], before);

    company.patch(&user, &entra::replace("displayName", "Ada King")).await.answered(200);
    let after = company.scim(&user).await.body;
    assert_ne!(after["meta"]["version"], before[0]["meta"]["version"]);
    assert_eq!(world.events("contoso").await.len(), events + 1);
}

#[tokio::test]
async fn log_verify_walks_from_the_first_event_to_the_last() {
    let world = World::new().await;
    let company = world.contoso().await;
    company.hire("Ada").await;
    let verified = world.result("log verify").await;
    assert_eq!(verified["verified"], true);
    let last = world.events("contoso").await.pop().expect("an event");
    assert_eq!(verified["position"], last["position"]);
    assert_eq!(verified["chain"], last["chain"]);
}

#[tokio::test]
async fn log_verify_names_the_position_of_a_strangers_message_and_writing_stops() {
    let mut world = World::new().await;
    for words in [
        "cannot follow the log",
        "cannot write to the log",
        "the projection has stopped",
        "applications are told nothing any more",
    ] {
        world.expects(words);
    }
    let company = world.contoso().await;
    let ada = company.hire("Ada").await;
    let good = world.events("contoso").await.len() as u64;
    let mut stranger = Wire::to(&world.nats.url()).await;
    stranger.publish(&format!("prov.contoso.user.{ada}.deactivated"), "{}").await;

    let damage = world.verb("log verify").await.ended(4).line();
    assert_eq!(damage["verified"], false);
    assert_eq!(damage["position"], good, "the last good event");
    let words = damage["damage"].as_str().unwrap_or_default();
    assert!(words.contains(&format!("event {}", good + 1)), "{words}");

    let bob = entra::workplace_user("bob@contoso.example", "Bob", "object of Bob");
    company.post("Users", &bob).await.refused(503, None);
    until("it is not ready any more", async || {
        let ready = http().get(format!("{}/health/ready", world.url()));
        kit::http::Answer::to(ready).await.status == 503
    })
    .await;
    // What was true before is read on.
    assert_eq!(company.scim(&format!("Users/{ada}")).await.answered(200).body["active"], true);
}
