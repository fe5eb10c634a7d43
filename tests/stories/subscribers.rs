//! Subscribers of a tenant's feed, as operators add and keep them.

use kit::world::World;
use serde_json::{Value, json};

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{value} has no {name}")).to_owned()
}

#[tokio::test]
async fn a_subscribers_secret_is_shown_once_and_how_it_comes_in_always() {
    let world = World::new().await;
    world.contoso().await;
    let add = "subscriber add kitchen --tenant contoso --door nats --facts employee.*,team.changed";
    let added = world.result(add).await;
    let secret = text(&added, "secret");
    assert!(secret.starts_with("rcn_"), "{added}");
    let shown = world.result("subscriber show kitchen --tenant contoso").await;
    assert!(!shown.to_string().contains(&secret), "{shown}");
    assert_eq!(shown["facts"], json!(["employee.*", "team.changed"]));
    assert_eq!(shown["nats"]["user"], "contoso_kitchen");
    assert_eq!(shown["nats"], added["nats"]);
    let by_id = text(&added, "subscriber_id");
    let by_id = world.result(&format!("subscriber show {by_id} --tenant contoso")).await;
    assert_eq!(by_id["name"], "kitchen");
    assert!(!world.program.said().contains(&secret));
}

#[tokio::test]
async fn a_subscriber_is_changed_rotated_disabled_enabled_and_removed() {
    let world = World::new().await;
    world.contoso().await;
    let verb =
        async |line: &str| world.result(&format!("subscriber {line} --tenant contoso")).await;
    let added = verb("add doors --door webhook --webhook-url https://doors.example/hook").await;
    assert!(text(&added, "secret").starts_with("whsec_"), "{added}");
    let changed =
        verb("change doors --facts team.deleted --webhook-url https://new.example/").await;
    assert_eq!(
        (&changed["facts"], &changed["url"]),
        (&json!(["team.deleted"]), &json!("https://new.example/"))
    );
    assert_eq!(verb("change doors --facts all").await["facts"], json!([]));

    let rotated = verb("rotate doors").await;
    assert_ne!(rotated["secret"], added["secret"]);
    assert_eq!(rotated["secrets"].as_array().map(Vec::len), Some(2));
    verb(&format!("withdraw doors --secret {}", text(&added, "secret_id"))).await;
    let left = verb("show doors").await["secrets"].clone();
    assert_eq!(left[0]["secret_id"], rotated["secret_id"]);

    let disabled = verb("disable doors --reason maintenance").await["disabled"].clone();
    assert_eq!(
        (&disabled["reason"], &disabled["by_itself"]),
        (&json!("maintenance"), &json!(false))
    );
    assert_eq!(verb("enable doors").await["disabled"], Value::Null);
    verb("remove doors").await;
    let listed = world.verb("subscriber list --tenant contoso").await.ended(0);
    assert!(listed.listed("subscribers").is_empty());

    // Each of these is a fact of the tenant, with who did it; none is for applications.
    let events = world.events("contoso").await;
    let kinds = events.iter().map(|event| text(event, "type"));
    let kinds: Vec<String> = kinds.filter(|kind| kind.starts_with("subscriber.")).collect();
    assert_eq!(
        kinds,
        [
            "subscriber.added",
            "subscriber.secret-issued",
            "subscriber.changed",
            "subscriber.changed",
            "subscriber.secret-issued",
            "subscriber.secret-withdrawn",
            "subscriber.disabled",
            "subscriber.enabled",
            "subscriber.removed",
        ]
    );
}

#[tokio::test]
async fn what_cannot_be_a_subscriber_is_refused_and_told_what_can() {
    let world = World::new().await;
    world.contoso().await;
    let refused = async |line: &str, code: i32, said: &str| {
        let verb = world.verb(&format!("subscriber {line} --tenant contoso")).await.ended(code);
        assert!(verb.stderr.contains(said), "{line}: {}", verb.stderr);
    };
    refused("add kitchen --door nats --facts employee.gone", 2, "employee.left").await;
    refused("add 1st --door nats", 2, "begin with a letter").await;
    refused("add kitchen --door webhook", 2, "needs --webhook-url").await;
    refused("add kitchen --door webhook --webhook-url ftp://x/", 2, "begins with https://").await;
    refused("show kitchen", 1, "there is no subscriber kitchen").await;
    world.result("subscriber add kitchen --tenant contoso --door nats").await;
    refused("add kitchen --door nats", 1, "there is a subscriber kitchen already").await;
    refused("change kitchen --webhook-url https://x.example/", 1, "has no webhook").await;
    refused("add kitchen2 --tenant nobody --door nats", 2, "cannot be used multiple times").await;
}
