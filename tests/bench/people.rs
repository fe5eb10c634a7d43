//! Who works here: people with as many attributes as real ones have.

use events::{ExternalId, Profile};
use serde_json::{Value, json};
use uuid::Uuid;

/// Somebody whom the server knows.
#[derive(Clone, Copy)]
pub(crate) struct Person {
    /// Of the employee and of their SCIM resource: for who has never left they are the same.
    pub(crate) id: Uuid,
    pub(crate) number: usize,
}

/// So many people, with ids in order of creation.
pub(crate) fn hired(count: usize) -> Vec<Person> {
    (0..count).map(|number| Person { id: eventlog::ids::uuid_v7(), number }).collect()
}

pub(crate) fn user_name(number: usize) -> String {
    format!("person.{number}@bench.example")
}

/// Somebody new, with what the Workplace mapping says about them.
pub(crate) fn joiner(number: usize) -> Value {
    let address = user_name(number);
    json!({
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        ],
        "externalId": format!("{number:08x}-58b3-4c7d-9d0f-1c2a3b4c5d6e"),
        "userName": address,
        "active": true,
        "displayName": format!("Person {number}"),
        "name": { "givenName": "Person", "familyName": format!("Number {number}") },
        "title": "Programmer",
        "emails": [{ "primary": true, "type": "work", "value": address }],
        "phoneNumbers": [{ "type": "mobile", "value": "+44 20 7946 0000" }],
        "preferredLanguage": "en-GB",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "employeeNumber": number.to_string(),
            "department": "Analytical engines",
        },
    })
}

/// What an event says about the same person.
pub(crate) fn profile(number: usize) -> Profile {
    let Value::Object(mut attributes) = joiner(number) else { unreachable!("it is an object") };
    for elsewhere in ["schemas", "active", "userName"] {
        attributes.remove(elsewhere);
    }
    let external_id = attributes.remove("externalId");
    Profile {
        user_name: user_name(number).parse().expect("a user name of ours is no blank"),
        external_id: external_id
            .as_ref()
            .and_then(Value::as_str)
            .map(|id| ExternalId(id.to_owned())),
        attributes,
    }
}
