//! A whole company's life, as the simulated Entra plays it.

use kit::world::World;

async fn no_difference(mapping: &str, dialect: &str, auth: &str) {
    let world = World::new().await;
    let company = "--people 60 --groups 6 --cycles 3";
    let manner = format!("--mapping {mapping} --dialect {dialect} --auth {auth}");
    let played = world.result(&format!("simulate entra {company} {manner}")).await;
    assert_eq!(played["compared"], true, "{played}");
    assert_eq!(played["differences"], serde_json::json!([]), "{played}");
    assert_eq!(played["cycles"].as_array().map(Vec::len), Some(4), "{played}");
    assert_eq!(played["cycles"][0]["people"]["created"], 60, "{played}");
    world.verb("log verify").await.ended(0);
}

#[tokio::test]
async fn the_default_dialect_with_a_secret_token_leaves_no_difference() {
    no_difference("workplace", "default", "secret-token").await;
}

#[tokio::test]
async fn the_default_dialect_with_client_credentials_leaves_no_difference() {
    no_difference("workplace", "default", "client-credentials").await;
}

#[tokio::test]
async fn the_flagged_dialect_with_a_secret_token_leaves_no_difference() {
    no_difference("workplace", "flagged", "secret-token").await;
}

#[tokio::test]
async fn the_flagged_dialect_with_client_credentials_leaves_no_difference() {
    no_difference("workplace", "flagged", "client-credentials").await;
}

#[tokio::test]
async fn the_benefits_mapping_leaves_no_difference_in_the_default_dialect() {
    no_difference("benefits", "default", "client-credentials").await;
}

#[tokio::test]
async fn the_benefits_mapping_leaves_no_difference_in_the_flagged_dialect() {
    no_difference("benefits", "flagged", "secret-token").await;
}
