//! Many who share what is usually one person's.

use std::sync::atomic::{AtomicUsize, Ordering};

use kit::entra;
use serde_json::Value;

use crate::scale::scaled;
use crate::setup::{bulk, posted};
use crate::tally::Tally;
use crate::target::Target;

fn user(number: usize) -> Value {
    entra::workplace_user(&format!("p{number}@attacker.example"), "P", "the one object of all")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_external_id_that_thousands_share_holds_nobody_up() {
    let target = Target::start().await;
    let there = scaled(20_000);
    target.users(there, user).await;
    let new = AtomicUsize::new(there);
    let find = "Users?count=1&filter=externalId%20eq%20%22the%20one%20object%20of%20all%22";
    let find = target.scim("GET", find, &Value::Null);
    let attack = async || {
        // Each creation looks for a former person with this external id.
        let from = new.fetch_add(1000, Ordering::Relaxed);
        let operations: Vec<Value> =
            (from..from + scaled(1000)).map(|n| posted(&user(n), n)).collect();
        let create = target.scim("POST", "Bulk", &bulk(&operations));
        let (one, other) = tokio::join!(target.from(0).ask(&create), target.from(1).ask(&find));
        Tally::of([one, other])
    };
    target.under("an external id that 20,000 share", attack).await.only(&["200", "413", "429"]);
}
