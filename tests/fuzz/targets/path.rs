//! A path is refused or understood, and reads back as it is written; a list of them selects
//! attributes and never hides the id.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scim::{WorkBudget, Path, ResourceType, Selection};
use serde_json::{Value, json};

fuzz_target!(|text: &str| {
    for resource in ResourceType::ALL {
        if let Ok(path) = Path::parse(text, resource) {
            let written = path.to_string();
            if written.len() <= scim::filter::MAX_LENGTH {
                assert_eq!(Path::parse(&written, resource), Ok(path), "{written}");
            }
        }
        for (only, without) in [(Some(text), None), (None, Some(text))] {
            let Ok(selection) = Selection::parse(only, without, resource) else { continue };
            let Value::Object(mut shown) = amy() else { unreachable!("it is an object") };
            let budget = WorkBudget::for_question(1);
            selection.apply(&mut shown, resource, &budget).expect("Amy is small");
            assert_eq!(shown["id"], "u-1");
        }
    }
});

fn amy() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": "u-1",
        "userName": "amy@example.com",
        "name": {"givenName": "Amy"},
        "emails": [{"type": "work", "value": "amy@example.com"}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Ops"},
    })
}
