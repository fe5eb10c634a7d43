//! Few bytes that would become many.

use kit::entra;
use serde_json::{Value, json};

use crate::scale::scaled;
use crate::tally::Tally;
use crate::target::Target;

/// A user with so many e-mail addresses.
fn with_addresses(count: usize) -> Value {
    let mut user = entra::workplace_user("many@attacker.example", "Many", "object of Many");
    user["emails"] = (0..count).map(|n| json!({ "value": format!("{n}") })).collect();
    user
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_set_in_every_element_is_refused_before_it_is_copied() {
    let target = Target::start().await;
    let user = target.attacker.post("Users", &with_addresses(3000)).await.answered(201).id();
    let edit = entra::replace("emails.display", "x".repeat(900_000));
    let path = format!("Users/{user}");
    let request = target.scim("PATCH", &path, &edit);
    let attack = async || Tally::of([target.from(0).ask(&request).await]);
    target.under("one value for 3,000 addresses", attack).await.only(&["413"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_of_changes_of_one_large_user_stores_no_more_than_a_request_may() {
    let target = Target::start().await;
    let mut large = entra::workplace_user("large@attacker.example", "Large", "object of Large");
    large["nickName"] = "x".repeat(240_000).into();
    let user = target.attacker.post("Users", &large).await.answered(201).id();
    let operation = |n: usize| {
        let data = entra::replace("displayName", format!("{n}"));
        json!({ "method": "PATCH", "path": format!("/Users/{user}"), "data": data })
    };
    let operations: Vec<Value> =
        (0..scaled(if cfg!(debug_assertions) { 100 } else { 1000 })).map(operation).collect();
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": operations,
    });
    let request = target.scim("POST", "Bulk", &bulk);
    let attack = async || Tally::of([target.from(0).ask(&request).await]);
    target.under("a bulk of changes of one large user", attack).await.only(&["200", "413", "429"]);
    target.world.verb("log verify").await.ended(0);
}
