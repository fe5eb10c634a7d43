//! Administrators of the portal, as operators see to them.

use kit::http::{Answer, http};
use kit::world::{World, verb_of};
use serde_json::{Value, json};

async fn invited(world: &World, line: &str) -> Value {
    let invited = world.result(&format!("admin invite {line} --tenant acme")).await;
    assert_eq!(invited["schema"], "rollcall.administrator-invited.v1");
    invited
}

async fn listed(world: &World) -> Vec<Value> {
    world.verb("admin list --tenant acme").await.ended(0).listed("administrators")
}

#[tokio::test]
async fn an_administrator_is_invited_given_other_roles_and_removed_by_address_or_id() {
    let world = World::new().await;
    world.verb("tenant create acme").await.ended(0);
    let ada = invited(&world, "Ada@acme.example --name Ada --role owner").await;
    let link = ada["sign_in_url"].as_str().expect("a link");
    assert!(link.contains("/sign-in/link/rcl_"), "{link}");
    let bob = invited(&world, "bob@acme.example --role team-editor,operator").await;
    let known = listed(&world).await;
    assert_eq!(known[0]["email"], "Ada@acme.example");
    assert_eq!(known[1]["roles"], json!(["team-editor", "operator"]));
    assert!(!json!(known).to_string().contains("rcl_"), "a link is shown once: {known:?}");

    let changed = world.result("admin roles BOB@acme.example --role viewer --tenant acme").await;
    assert_eq!(changed["roles"], json!(["viewer"]));
    let newer = world.result("admin link ada@acme.example --tenant acme").await;
    assert_ne!(newer["sign_in_url"], ada["sign_in_url"]);
    let id = bob["administrator_id"].as_str().expect("an id");
    world.verb(&format!("admin remove {id} --tenant acme")).await.ended(0);
    assert_eq!(listed(&world).await.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_of_an_administrator_is_refused_with_the_reason() {
    let world = World::new().await;
    world.verb("tenant create acme").await.ended(0);
    invited(&world, "ada@acme.example --role owner").await;
    for (line, code, reason) in [
        ("invite ADA@acme.example --role viewer", 1, "already"),
        ("invite ada --role viewer", 2, "such as ada@example.com"),
        ("invite eve@acme.example --role admin", 2, "integration-manager"),
        ("invite eve@acme.example", 2, "--role"),
        ("remove ada@acme.example", 1, "last owner"),
        ("roles ada@acme.example --role viewer", 1, "last owner"),
        ("link eve@acme.example", 1, "admin list"),
    ] {
        let refused = world.verb(&format!("admin {line} --tenant acme")).await.ended(code);
        assert!(refused.stderr.contains(reason), "{line}: {}", refused.stderr);
    }
}

#[tokio::test]
async fn only_operators_who_manage_tenants_see_to_administrators_over_the_network() {
    let world = World::new().await;
    let company = world.company("acme", "workplace").await;
    let added = world.result("operator add ann --role ops:read").await;
    let reader = added["operator_token"].as_str().expect("a token").to_owned();
    verb_of(&world, &reader, "admin list --tenant acme").await.ended(6);
    let url = format!("{}/operator/v1/tenants/acme/administrators", world.url());
    for token in [&company.api_token, &company.secret_token] {
        Answer::to(http().get(&url).bearer_auth(token)).await.answered(401);
    }
    Answer::to(http().get(&url)).await.answered(401);
}

#[tokio::test]
async fn who_administers_is_in_the_log_and_neither_in_the_feed_nor_in_what_is_shown_unasked() {
    let world = World::new().await;
    world.verb("tenant create acme").await.ended(0);
    invited(&world, "ada@acme.example --role owner").await;
    world.verb("admin link ada@acme.example --tenant acme").await.ended(0);
    let log = world.verb("events list --tenant acme --entity administrator").await.ended(0);
    let told = log.stdout;
    assert!(told.contains("administrator.invited"), "{told}");
    assert!(told.contains("administrator.link-issued"), "{told}");
    assert!(!told.contains("ada@") && !told.contains("rcl_"), "{told}");
}
