//! A PATCH is refused or made, as a whole; what it leaves is a user, or a group, that survives
//! being shown and read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scim::{WorkBudget, Group, GroupPatch, MemberEdit, Meta, ResourceType, User, patch};
use serde_json::{Value, json};

const MOST: usize = 100;

fuzz_target!(|text: &[u8]| {
    let Ok(body) = serde_json::from_slice::<Value>(text) else { return };
    if let Ok(edits) = patch::parse(body.clone(), ResourceType::User, MOST, &[], &WorkBudget::for_change(1 << 20))
        && let Ok(after) = amy().apply(&edits, &WorkBudget::for_change(1 << 20))
    {
        let shown = Value::Object(after.render(&Meta::default()));
        assert_eq!(User::parse(shown, &[], &WorkBudget::for_change(1 << 20)).as_ref(), Ok(&after));
    }
    let budget = WorkBudget::for_change(1 << 20);
    let Ok(patch) = GroupPatch::parse(body.clone(), MOST, &[], &budget) else { return };
    if let Ok(after) = sales().apply(&patch.edits, &WorkBudget::for_change(1 << 20)) {
        assert!(!after.attributes.contains_key("members"), "members are not among the attributes");
        let shown = Value::Object(after.render(&Meta::default(), vec![]));
        assert_eq!(Group::parse(shown, &[], &WorkBudget::for_change(1 << 20)), Ok((after, None)));
    }
    nobody_else_goes(&body, &patch.members);
});

/// A request which names those who shall go removes nobody whom it does not name.
fn nobody_else_goes(body: &Value, edits: &[MemberEdit]) {
    let mut named = Vec::new();
    texts(body, &mut named);
    // A filter in a path may spell an id with escapes, in more ways than need be known here.
    let names = |text: &String, id: &str| text.contains(id) || text.contains('\\');
    for edit in edits {
        if let MemberEdit::Remove(ids) = edit {
            for id in ids {
                assert!(named.iter().any(|text| names(text, id)), "{id:?} was never named");
            }
        }
    }
}

/// Every text and number in a body, and every key.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => found.push(number.to_string()),
        Value::String(text) => found.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| texts(value, found)),
        Value::Object(members) => {
            for (key, value) in members {
                found.push(key.clone());
                texts(value, found);
            }
        }
    }
}

fn amy() -> User {
    let body = json!({
        "userName": "amy@example.com",
        "externalId": "E-1",
        "title": "T",
        "name": {"givenName": "A"},
        "emails": [{"type": "work", "value": "x", "primary": true}, {"type": "home", "value": "y"}],
        "addresses": [{"type": "work", "formatted": "f"}],
        "urn:x:Custom:2.0:User": {"Badge": "b"},
    });
    User::parse(body, &[], &WorkBudget::for_change(1 << 20)).expect("Amy is a user")
}

fn sales() -> Group {
    let body = json!({"displayName": "Sales", "externalId": "s", "description": "All who sell"});
    let (group, _) =
        Group::parse(body, &[], &WorkBudget::for_change(1 << 20)).expect("Sales is a group");
    group
}
