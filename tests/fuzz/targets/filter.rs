//! A filter is refused or understood; understood, it reads back as it is written, and a resource
//! meets either it or its opposite.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scim::{WorkBudget, Filter, ResourceType};
use serde_json::{Value, json};

fuzz_target!(|text: &str| {
    for resource in ResourceType::ALL {
        let Ok(filter) = Filter::parse(text, resource) else { continue };
        let written = filter.to_string();
        // What is written may be longer than what was read, and so longer than a filter may be.
        if written.len() <= scim::filter::MAX_LENGTH {
            assert_eq!(Filter::parse(&written, resource).as_ref(), Ok(&filter), "{written}");
        }
        let Value::Object(amy) = amy() else { unreachable!("it is written as an object") };
        let opposite = Filter::Not(Box::new(filter.clone()));
        let budget = WorkBudget::for_question(1);
        let matches = |filter: &Filter| filter.matches(&amy, &budget).expect("Amy is small");
        assert_ne!(matches(&filter), matches(&opposite), "{written}");
    }
});

fn amy() -> Value {
    json!({
        "id": "u-1",
        "userName": "amy@example.com",
        "active": true,
        "externalId": "E-1",
        "displayName": "Amy Lee",
        "name": {"givenName": "Amy", "familyName": "Lee"},
        "emails": [{"type": "work", "value": "amy@example.com", "primary": true}],
        "groups": [{"value": "g-1", "display": "Sales"}],
        "meta": {"created": "2026-11-22T02:00:00Z", "version": "W/\"7\""},
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Ops"},
    })
}
