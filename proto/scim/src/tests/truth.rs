//! What `/Schemas` says of an attribute is what happens to it.

use serde_json::{Value, json};

use super::budget;
use crate::schema::{Attribute, AttributeType, Mutability, Presence};
use crate::{
    Attributes, InvalidRequest, Meta, ResourceType, ScimType, User, discovery, patch, schema,
};

const BASE_URL: &str = "https://rollcall.example/scim/v2/acme";

/// The user attributes that are published, each with its full name.
fn published() -> Vec<(String, &'static Attribute)> {
    let about_users = schema::all().filter(|schema| schema.id.ends_with(":User"));
    about_users
        .flat_map(|schema| schema.attributes.iter().map(move |attribute| (schema.id, attribute)))
        .map(|(urn, attribute)| (format!("{urn}:{}", attribute.name), attribute))
        .collect()
}

fn sample(attribute: &Attribute, text: &str) -> Value {
    let one = match attribute.kind {
        AttributeType::Boolean => json!(true),
        AttributeType::String
        | AttributeType::DateTime
        | AttributeType::Reference
        | AttributeType::Binary => json!(text),
        AttributeType::Complex => attribute
            .sub_attributes
            .iter()
            .filter(|part| part.mutability != Mutability::ReadOnly)
            .map(|part| (part.name.to_owned(), sample(part, text)))
            .collect::<Attributes>()
            .into(),
    };
    if attribute.multi_valued { json!([one]) } else { one }
}

fn patched(user: &User, operation: &Value) -> Result<User, InvalidRequest> {
    let body = json!({"Operations": [operation]});
    user.apply(&patch::parse(body, ResourceType::User, 1, &[], &budget())?, &budget())
}

fn shown(user: &User, name: &str) -> Option<Value> {
    let (urn, name) = name.rsplit_once(':').unwrap();
    let rendered = user.render(&Meta::default());
    let home = rendered.get(urn).and_then(Value::as_object).unwrap_or(&rendered);
    home.get(name).cloned()
}

#[test]
fn what_can_be_written_comes_back_as_sent_and_goes_when_removed() {
    let amy = User::parse(json!({"userName": "amy"}), &[], &budget()).unwrap();
    let writable = |attribute: &Attribute| attribute.mutability == Mutability::ReadWrite;
    for (name, attribute) in published().into_iter().filter(|(_, known)| writable(known)) {
        let (first, second) = (sample(attribute, "first"), sample(attribute, "second"));
        let set = |user: &User, op: &str, value: &Value| {
            patched(user, &json!({"op": op, "path": name, "value": value}))
        };
        let added = set(&amy, "add", &first).unwrap();
        assert_eq!(shown(&added, &name), Some(first.clone()), "{name} added");
        let replaced = set(&added, "replace", &second).unwrap();
        assert_eq!(shown(&replaced, &name), Some(second.clone()), "{name} replaced");
        let removed = patched(&replaced, &json!({"op": "remove", "path": name}));
        match attribute.presence {
            Presence::Required => {
                let bad = removed.expect_err(&name);
                assert_eq!(bad.scim_type, Some(ScimType::Mutability), "{name} removed");
            }
            Presence::Kept => assert_eq!(removed, Ok(replaced), "{name} removed"),
            Presence::Optional => assert_eq!(removed, Ok(amy.clone()), "{name} removed"),
        }
    }
}

#[test]
fn who_makes_a_resource_has_to_send_its_name_and_nothing_else() {
    let required: Vec<_> =
        published().into_iter().filter(|(_, known)| known.presence == Presence::Required).collect();
    let names: Vec<&str> = required.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["urn:ietf:params:scim:schemas:core:2.0:User:userName"]);
    assert!(User::parse(json!({"userName": "amy"}), &[], &budget()).unwrap().active);
}

#[test]
fn what_is_read_only_cannot_be_written_and_what_is_write_only_is_never_shown() {
    let amy = User::parse(json!({"userName": "amy"}), &[], &budget()).unwrap();
    let mut seen = 0;
    for (name, attribute) in published() {
        let operation = json!({"op": "add", "path": name, "value": sample(attribute, "x")});
        match attribute.mutability {
            Mutability::ReadOnly => {
                let bad = patched(&amy, &operation).expect_err(&name);
                assert_eq!(bad.scim_type, Some(ScimType::Mutability), "{name}");
                seen += 1;
            }
            Mutability::WriteOnly => {
                assert_eq!(patched(&amy, &operation), Ok(amy.clone()), "{name}");
                seen += 1;
            }
            Mutability::ReadWrite | Mutability::Immutable => {}
        }
    }
    assert_eq!(seen, 2, "groups and password");
}

#[test]
fn discovery_has_no_nulls_and_says_where_it_is() {
    fn refuse_null(value: &Value) {
        match value {
            Value::Null => panic!("a null"),
            Value::Array(elements) => elements.iter().for_each(refuse_null),
            Value::Object(parts) => parts.values().for_each(refuse_null),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let all = discovery::schemas(BASE_URL, &[])
        .into_iter()
        .chain(discovery::resource_types(BASE_URL, &[]));
    for about in all {
        refuse_null(&Value::Object(about.clone()));
        let location = about["meta"]["location"].as_str().unwrap();
        let id = about["id"].as_str().unwrap();
        let found = match about["meta"]["resourceType"].as_str().unwrap() {
            "Schema" => discovery::schema_by_id(BASE_URL, id, &[]),
            "ResourceType" => discovery::resource_type_by_name(BASE_URL, id, &[]),
            other => panic!("{other}"),
        };
        assert!(location.starts_with(BASE_URL) && location.ends_with(id), "{location}");
        assert_eq!(found, Some(about));
    }
    assert_eq!(discovery::schema_by_id(BASE_URL, "urn:nothing", &[]), None);
    assert_eq!(discovery::resource_type_by_name(BASE_URL, "Device", &[]), None);
}

#[test]
fn an_attribute_is_published_with_all_its_characteristics() {
    let user = discovery::schema_by_id(BASE_URL, "urn:ietf:params:scim:schemas:core:2.0:User", &[]);
    let user = user.unwrap();
    insta::assert_json_snapshot!("user_name", user["attributes"][0]);
    insta::assert_json_snapshot!("profile_url", user["attributes"][4]);
}

#[test]
fn the_configuration_says_what_the_server_can_do() {
    let features = discovery::Features {
        max_results: 200,
        page_size: 50,
        sort: false,
        etag: false,
        bulk: None,
        authentication: vec![
            discovery::Authentication::SecretToken,
            discovery::Authentication::ClientCredentials,
        ],
    };
    let config = discovery::service_provider_config(BASE_URL, &features);
    insta::assert_json_snapshot!("service_provider_config", config);
    insta::assert_json_snapshot!("resource_types", discovery::resource_types(BASE_URL, &[]));
}
