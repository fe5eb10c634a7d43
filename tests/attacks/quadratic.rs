//! Requests whose work would grow faster than they do.

use kit::entra;
use serde_json::{Value, json};

use crate::client::request;
use crate::scale::scaled;
use crate::setup::short;
use crate::tally::Tally;
use crate::target::Target;

/// What a request that asks for much may hear: it is done, refused for its size or its work, or done
/// already by the other one.
const ALLOWED: [&str; 6] = ["200", "201", "204", "400", "409", "413"];

/// The nth operation of a PATCH.
type Edit<'a> = &'a dyn Fn(usize) -> Value;

/// The same request from two addresses at once, one for each processor.
async fn twice(target: &Target, request: &[u8]) -> Tally {
    let (one, other) = tokio::join!(target.from(0).ask(request), target.from(1).ask(request));
    Tally::of([one, other])
}

/// So many short names, each with a value.
fn keys(count: usize) -> Value {
    Value::Object((0..count).map(|n| (short(n), Value::from(1))).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_names_hold_nobody_up() {
    let target = Target::start().await;
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    for home in ["urn:a:b:c", enterprise, "name"] {
        let mut user = entra::workplace_user("wide@attacker.example", "Wide", "object of Wide");
        user[home] = keys(scaled(105_000));
        let request = target.scim("POST", "Users", &user);
        let attack = async || twice(&target, &request).await;
        target.under(&format!("105,000 names in {home}"), attack).await.only(&ALLOWED);
    }
    let user = target.attacker.hire("Ada").await;
    for home in ["urn:a:b:c", "name"] {
        let edit = entra::replace(home, keys(scaled(105_000)));
        let request = target.scim("PATCH", &format!("Users/{user}"), &edit);
        let attack = async || twice(&target, &request).await;
        target.under(&format!("105,000 names for {home}"), attack).await.only(&ALLOWED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_many_names_from_a_stranger_holds_nobody_up() {
    let target = Target::start().await;
    let names: Vec<String> = (0..scaled(180_000)).map(short).collect();
    let kind = [("Content-Type", "application/x-www-form-urlencoded")];
    let request = request("POST /oauth/token", &kind, names.join("&").as_bytes());
    let attack = async || twice(&target, &request).await;
    target.under("a form of 180,000 names", attack).await.only(&["400", "401", "413", "429"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn attributes_that_filter_ten_thousand_members_hold_nobody_up() {
    let target = Target::start().await;
    let group = target.group_of(scaled(10_000)).await;
    let filters: Vec<String> =
        (0..15).map(|n| format!("members%5Bvalue%20ne%20%22m{n}%22%5D.value")).collect();
    let path = format!("Groups/{group}?attributes={}", filters.join(","));
    let request = target.scim("GET", &path, &Value::Null);
    let attack = async || twice(&target, &request).await;
    target.under("15 filters of 10,000 members", attack).await.only(&ALLOWED);
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_many_values_from_many_holds_nobody_up() {
    let target = Target::start().await;
    let (there, listed) = (scaled(15_000), scaled(57_000));
    let user = target.user_with_addresses(there).await;
    // None of those there is among them, so that each round finds all.
    let values: Vec<Value> =
        (there..there + listed).map(|n| json!({ "value": short(n) })).collect();
    let remove = entra::patch([json!({ "op": "remove", "path": "emails", "value": values })]);
    let request = target.scim("PATCH", &format!("Users/{user}"), &remove);
    let attack = async || twice(&target, &request).await;
    target.under("57,000 values removed from 15,000", attack).await.only(&ALLOWED);
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_members_by_many_long_filters_holds_nobody_up() {
    let target = Target::start().await;
    let group = target.group_of(scaled(10_000)).await;
    let operation = |n: usize| {
        let terms: Vec<String> =
            (0..40).map(|term| format!("value eq \"{}\"", short(50_000 + n * 40 + term))).collect();
        json!({ "op": "remove", "path": format!("members[{}]", terms.join(" or ")) })
    };
    let remove = entra::patch((0..scaled(1000)).map(operation));
    let request = target.scim("PATCH", &format!("Groups/{group}"), &remove);
    let attack = async || Tally::of([target.from(0).ask(&request).await]);
    target.under("1,000 filters of 40 terms on 10,000 members", attack).await.only(&ALLOWED);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_edits_of_many_values_hold_nobody_up() {
    let target = Target::start().await;
    let there = scaled(15_000) - scaled(1500);
    let user = target.user_with_addresses(there).await;
    let terms = |n: usize| {
        let term = |term| format!("value eq \"{}\"", short(50_000 + n * 40 + term));
        (0..40).map(term).collect::<Vec<_>>().join(" or ")
    };
    let edits: [(&str, Edit<'_>); 6] = [
        (
            "additions to",
            &|n| json!({ "op": "add", "path": "emails", "value": [{ "value": short(there + n) }] }),
        ),
        (
            "removals of one of",
            &|n| json!({ "op": "remove", "path": "emails", "value": [{ "value": short(there + n) }] }),
        ),
        (
            "filters of 40 terms on",
            &|n| json!({ "op": "remove", "path": format!("emails[{}]", terms(n)) }),
        ),
        (
            "replacements in each of",
            &|n| json!({ "op": "replace", "path": "emails.type", "value": short(n) }),
        ),
        (
            "replacements in all that match of",
            &|n| json!({ "op": "replace", "path": "emails[value pr].type", "value": short(n) }),
        ),
        ("new primary ones of", &|n| {
            let path = format!("emails[value eq \"{}\"].primary", short(n));
            json!({ "op": "replace", "path": path, "value": true })
        }),
    ];
    for (what, edit) in edits {
        let edits = entra::patch((0..scaled(1000)).map(edit));
        let request = target.scim("PATCH", &format!("Users/{user}"), &edits);
        let attack = async || Tally::of([target.from(0).ask(&request).await]);
        target.under(&format!("1,000 {what} 13,500 values"), attack).await.only(&ALLOWED);
    }
    let edits = (0..scaled(15_000))
        .map(|n| (format!("emails[value eq \"{}\"].display", short(n)), Value::from("x")));
    let edits = json!({ "op": "replace", "value": edits.collect::<serde_json::Map<_, _>>() });
    let request = target.scim("PATCH", &format!("Users/{user}"), &entra::patch([edits]));
    let attack = async || Tally::of([target.from(0).ask(&request).await]);
    target.under("15,000 paths in one edit of 13,500 values", attack).await.only(&ALLOWED);
}

/// The text of a JSON value is read as that value, and may hold further texts.
#[tokio::test(flavor = "multi_thread")]
async fn texts_that_hold_json_hold_nobody_up() {
    let target = Target::start().await;
    let user = target.attacker.hire("Ada").await;
    let group = target.group_of(10).await;
    let listed = |count: usize, unit: Value| Value::from(vec![unit; scaled(count)]).to_string();
    let four_deep =
        |count: usize| (0..3).fold(listed(count, json!([])), |text, _| json!([text]).to_string());
    for (what, text) in [
        ("200,000 empty objects", listed(200_000, json!({}))),
        ("60,000 ids", listed(60_000, json!("0123456789"))),
        ("100,000 empty lists, four texts deep", four_deep(100_000)),
        ("500,000 brackets", "[".repeat(scaled(500_000))),
    ] {
        for (path, attribute) in
            [(format!("Groups/{group}"), "members"), (format!("Users/{user}"), "emails")]
        {
            let edits = entra::replace(attribute, text.as_str());
            let request = target.scim("PATCH", &path, &edits);
            let attack = async || twice(&target, &request).await;
            target.under(&format!("{what} in a text for {attribute}"), attack).await.only(&ALLOWED);
        }
    }
}
