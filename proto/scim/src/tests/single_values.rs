//! A single value means the same in whatever clients wrap it: an array of one, an object with a
//! `value`.

use serde_json::{Value, json};

use super::budget;
use crate::{
    Extension, ExtensionAttribute, ExtensionKind, Group, InvalidRequest, ResourceType, ScimType,
    User, patch,
};

pub(super) const USER: ResourceType = ResourceType::User;
pub(super) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
pub(super) const BADGES: &str = "urn:x:Badges:2.0:User";

/// The text of a JSON value, as a value.
pub(super) fn told(value: &Value) -> Value {
    value.to_string().into()
}

pub(super) fn declared() -> [Extension; 1] {
    let attribute = |name: &str, kind| ExtensionAttribute {
        name: name.to_owned(),
        kind,
        case_exact: false,
        description: String::new(),
    };
    [Extension {
        urn: BADGES.to_owned(),
        resource: USER,
        name: "Badges".to_owned(),
        description: String::new(),
        attributes: vec![
            attribute("colour", ExtensionKind::String),
            attribute("floor", ExtensionKind::Integer),
            attribute("contractor", ExtensionKind::Boolean),
            attribute("since", ExtensionKind::DateTime),
        ],
    }]
}

pub(super) fn made(attributes: Value) -> Result<User, InvalidRequest> {
    let mut body = attributes;
    body["userName"] = "amy".into();
    User::parse(body, &declared(), &budget())
}

pub(super) fn patched(user: &User, operation: &Value) -> Result<User, InvalidRequest> {
    let body = json!({ "Operations": [operation] });
    user.apply(&patch::parse(body, USER, 9, &declared(), &budget())?, &budget())
}

/// What each way of sending a value of an attribute comes to: POST, PATCH with a path, and without.
#[track_caller]
pub(super) fn sent(name: &str, value: &Value) -> Result<Value, InvalidRequest> {
    let amy = made(json!({}))?;
    let by_post = made(json!({ name: value }));
    for op in ["add", "replace"] {
        let by_path = patched(&amy, &json!({ "op": op, "path": name, "value": value }));
        assert_eq!(by_path, by_post, "{op} {name} {value}");
        let by_value = patched(&amy, &json!({ "op": op, "value": { name: value } }));
        assert_eq!(by_value, by_post, "{op} without a path, {name} {value}");
    }
    Ok(Value::Object(by_post?.attributes))
}

#[track_caller]
pub(super) fn assert_refused<T: std::fmt::Debug>(outcome: Result<T, InvalidRequest>, what: &Value) {
    let bad = outcome.expect_err(&what.to_string());
    assert_eq!((bad.status, bad.scim_type), (400, Some(ScimType::InvalidValue)), "{what}: {bad}");
}

#[test]
fn a_single_value_is_the_same_in_any_wrapping() {
    let part = |name: &str, value: &Value| json!({ name: value });
    for (name, plain, kept) in [
        ("displayName", json!("X"), part("displayName", &json!("X"))),
        ("name.givenName", json!("X"), json!({ "name": { "givenName": "X" } })),
        ("title", json!("X"), part("title", &json!("X"))),
        ("department", json!("X"), json!({ ENTERPRISE: { "department": "X" } })),
    ] {
        for value in [
            plain.clone(),
            json!([plain]),
            json!({ "value": plain }),
            json!([{ "value": plain }]),
            json!([{ "$ref": null, "Value": plain }]),
            json!({ "value": [plain] }),
        ] {
            assert_eq!(sent(name, &value), Ok(kept.clone()), "{name} {value}");
        }
        for several in [
            json!([plain, plain]),
            json!([{ "value": plain }, { "value": plain }]),
            json!({ "value": [plain, plain] }),
            json!([{ "display": plain }]),
        ] {
            assert_refused(sent(name, &several), &several);
        }
    }
}

#[test]
fn a_declared_attribute_has_the_same_value_in_any_wrapping() {
    for (name, plain, kept) in [
        ("colour", json!("red"), json!("red")),
        ("floor", json!("7"), json!(7)),
        ("contractor", json!("True"), json!(true)),
        ("since", json!("2026-01-31T08:00:00Z"), json!("2026-01-31T08:00:00Z")),
    ] {
        for value in
            [json!([plain]), json!([{ "$ref": null, "value": plain }]), json!({ "Value": plain })]
        {
            let kept = Ok(json!({ BADGES: { name: kept } }));
            assert_eq!(sent(BADGES, &json!({ name: value })), kept, "{value}");
            assert_eq!(sent(BADGES, &told(&json!({ name: value }))), kept, "{value}");
            let path = format!("{BADGES}:{name}");
            let by_value = json!({ "op": "add", "value": { &path: value } });
            let after = patched(&made(json!({})).unwrap(), &by_value);
            assert_eq!(after.map(|user| Value::Object(user.attributes)), kept, "{value}");
            let by_path = json!({ "op": "Replace", "path": path, "value": value });
            let after = patched(&made(json!({})).unwrap(), &by_path);
            assert_eq!(after.map(|user| Value::Object(user.attributes)), kept, "{value}");
        }
        let several = json!({ name: [{ "value": plain }, { "value": plain }] });
        assert_refused(sent(BADGES, &several), &several);
    }
}

#[test]
fn who_is_active_and_how_they_are_called_is_read_beneath_any_wrapping() {
    let body = json!({
        "userName": [{ "$ref": null, "value": "amy" }],
        "externalId": { "value": "e-1" },
        "active": [{ "value": "False" }],
    });
    let amy = User::parse(body, &[], &budget()).unwrap();
    assert_eq!((amy.user_name.as_str(), amy.active), ("amy", false));
    assert_eq!(amy.external_id.as_deref(), Some("e-1"));
    let enable = json!({ "op": "Replace", "path": "active", "value": [{ "value": "True" }] });
    assert!(patched(&amy, &enable).unwrap().active);
    let two = json!({ "op": "Replace", "path": "userName", "value": [{ "value": "a" }, "b"] });
    assert_refused(patched(&amy, &two), &two);
    let body = json!({ "displayName": [{ "$ref": null, "value": "Sales" }], "description": ["d"] });
    let (sales, _) = Group::parse(body, &[], &budget()).unwrap();
    assert_eq!(
        (sales.display_name.as_str(), &sales.attributes["description"]),
        ("Sales", &json!("d"))
    );
}

#[test]
fn nothing_in_a_wrapping_clears_as_nothing_does() {
    let there =
        json!({ "title": "T", BADGES: { "colour": "red" }, "emails": [{ "value": "a@x" }] });
    let amy = made(there).unwrap();
    for nothing in [json!([{ "value": null }]), json!({ "value": "" }), json!([null]), json!([])] {
        for path in ["title", &format!("{BADGES}:colour"), "emails"] {
            let operation = json!({ "op": "replace", "path": path, "value": nothing });
            let after = patched(&amy, &operation).unwrap();
            let left = path.split(":colour").next().unwrap();
            assert!(!after.attributes.contains_key(left), "{path} {nothing}");
        }
    }
}
