//! The headers of an event, as the AsyncAPI document describes them.

use std::collections::BTreeMap;

use serde_json::Value;

/// Asserts that `document` describes all of `sent` and no other header, and that the headers of
/// each specimen (by the name of its file) are as described, and are not without one that is
/// required.
#[track_caller]
pub fn assert_headers_are_described<'s>(
    document: &Value,
    sent: &[&str],
    specimens: impl IntoIterator<Item = (&'s str, &'s BTreeMap<String, String>)>,
) {
    let headers = &document["components"]["messageTraits"]["event"]["headers"];
    let properties = headers["properties"].as_object().expect("the headers of an event");
    let mut described: Vec<&str> = properties.keys().map(String::as_str).collect();
    let mut sent = sent.to_vec();
    described.sort_unstable();
    sent.sort_unstable();
    assert_eq!(described, sent);

    let schema = jsonschema::options().should_validate_formats(true).build(headers);
    let schema = schema.expect("a JSON Schema of headers");
    let required = headers["required"].as_array().expect("the headers that are required");
    for (file, headers) in specimens {
        let all: Value =
            headers.iter().map(|(n, v)| (n.clone(), Value::from(v.as_str()))).collect();
        let errors: Vec<String> = schema.iter_errors(&all).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{file}: {}", errors.join("; "));
        for required in required.iter().filter_map(Value::as_str) {
            let mut without = all.clone();
            let removed = without.as_object_mut().and_then(|all| all.remove(required));
            assert!(removed.is_some(), "{file} has no {required}");
            assert!(!schema.is_valid(&without), "{file} without {required}");
        }
    }
}
