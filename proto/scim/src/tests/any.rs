//! Filters, paths, resources and patches of every kind, good and bad.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

pub(super) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A filter that is right, in the notation of the RFC, on attributes that no schema knows.
pub(super) fn filter() -> impl Strategy<Value = String> {
    let brackets = (select(vec!["foo", "urn:x:y:foo"]), element_filter())
        .prop_map(|(name, filter)| format!("{name}[{filter}]"));
    let names = &["foo", "ba-r_1", "bar.baz", "urn:x:y:foo.bar"];
    filter_of(prop_oneof![4 => comparison(names), 1 => brackets].boxed())
}

/// A filter to stand in brackets.
pub(super) fn element_filter() -> impl Strategy<Value = String> {
    filter_of(comparison(&["foo", "ba-r_1"]).boxed())
}

/// Terms that precedence groups, and parentheses.
fn filter_of(term: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    let chain = |term: BoxedStrategy<String>| {
        let word = select(vec![" and ", " or ", " AND ", " Or "]);
        (term.clone(), prop::collection::vec((word, term), 0..3)).prop_map(|(first, rest)| {
            rest.into_iter().fold(first, |filter, (word, next)| format!("{filter}{word}{next}"))
        })
    };
    chain(term).prop_recursive(3, 12, 3, move |inner| {
        let grouped = prop_oneof![
            inner.clone().prop_map(|filter| format!("({filter})")),
            inner.prop_map(|filter| format!("not ({filter})")),
        ];
        chain(grouped.boxed())
    })
}

fn comparison(names: &[&'static str]) -> impl Strategy<Value = String> + use<> {
    let literal = prop_oneof![
        "[ -~]{0,8}".prop_map(|text| Value::String(text).to_string()),
        "\\PC{0,4}".prop_map(|text| Value::String(text).to_string()),
        any::<i32>().prop_map(|number| number.to_string()),
        words("true false null"),
    ];
    let name = select(names.to_vec());
    let compared = (words("eq ne co sw ew EQ Co"), literal);
    let ordered = (words("gt ge lt le"), any::<i32>().prop_map(|number| number.to_string()));
    (
        name,
        prop_oneof![4 => compared, 1 => ordered, 1 => (Just("pr".to_owned()), Just(String::new()))],
    )
        .prop_map(|(name, (operator, literal))| format!("{name} {operator} {literal}"))
        .prop_map(|filter| filter.trim_end().to_owned())
}

/// One of several words.
fn words(words: &'static str) -> impl Strategy<Value = String> + Clone {
    select(words.split(' ').map(str::to_owned).collect::<Vec<_>>())
}

/// Pieces of filters and paths in no good order.
pub(super) fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        words("foo bar.baz emails members active meta.created manager name urn:x:y:foo"),
        words("eq ne gt co pr and or not ( ) [ ] .value . : true null 1.5 -1e400 é"),
        words("\"x\" \"true\" \" \\ 2026-01-01T00:00:00Z 'x' '"),
        Just(ENTERPRISE.to_owned()),
    ];
    (prop::collection::vec(piece, 0..10), select(vec!["", " "]))
        .prop_map(|(all, gap)| all.join(gap))
}

/// The body of a user: some of it right, some of it wrong.
pub(crate) fn user_body() -> impl Strategy<Value = Value> {
    (attributes(), "[a-z]{1,3}").prop_map(|(mut body, name)| {
        body.insert("userName".into(), name.into());
        Value::Object(body)
    })
}

pub(super) fn attributes() -> impl Strategy<Value = serde_json::Map<String, Value>> {
    let key = select(vec![
        "title",
        "TITLE",
        "displayName",
        "active",
        "externalId",
        "name",
        "name.givenName",
        "emails",
        "Emails",
        "addresses",
        "roles",
        "ims",
        "manager",
        "department",
        "groups",
        "meta",
        "password",
        "nothing",
        "emails.value",
        "emails[type eq \"work\"].value",
        "members",
        "description",
        ENTERPRISE,
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
        "urn:x:Custom:2.0:User",
        "urn:x:Custom:2.0:User:Badge",
        "urn:x:custom:2.0:user:badge",
        "urn:x:Custom:2.0:User.Badge",
        "urn:x:y",
        "urn:x:y.z",
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:ietf:params:scim:schemas:core:2.0:User:roles",
    ]);
    prop::collection::btree_map(key.prop_map(str::to_owned), value(), 0..6)
        .prop_map(|map| map.into_iter().collect())
}

/// The body of a PATCH: some of it right, some of it wrong.
pub(super) fn patch_body() -> impl Strategy<Value = Value> {
    let path = prop_oneof![
        4 => select(vec![
            "title", "active", "userName", "name", "name.familyName", "emails", "emails.type", "roles",
            "emails[type eq \"work\"].value", "emails[type eq \"work\"]", "emails[primary eq \"True\"].value",
            "emails[type eq \"work\"].primary", "addresses[not (type pr)]", "manager", "manager.value",
            "urn:x:Custom:2.0:User", "urn:x:Custom:2.0:User:Badge", "urn:x:Custom:2.0:User:Badge.part",
            "urn:x:Custom:2.0:User:Badge[a eq 1].b", "urn:x:Custom:2.0:User.Badge",
            "urn:x:y", "urn:x:y:z", "urn:x:y.z", "urn:x:y:z.badge", "emails[type eq 'work'].value", "members", "members[value eq \"x\"]", ENTERPRISE, "",
        ]).prop_map(|path| json!(path)),
        1 => soup().prop_map(|path| json!(path)),
        1 => Just(Value::Null),
    ];
    let op = select(vec!["Add", "add", "Replace", "replace", "Remove", "remove", "move"]);
    let operation = (op, path, prop_oneof![value(), attributes().prop_map(Value::Object)])
        .prop_map(|(op, path, value)| json!({"op": op, "path": path, "value": value}));
    prop::collection::vec(operation, 0..5).prop_map(|operations| json!({"Operations": operations}))
}

/// Values as an attribute holds several: with a type or without, few enough to meet again.
pub(super) fn values() -> impl Strategy<Value = Value> {
    let text = |texts: &'static str| prop::option::of(words(texts));
    let part =
        (text("x y X"), text("work home Work"), prop::option::of(any::<bool>()), text("D E"));
    let value = part.prop_map(|(value, kind, primary, display)| {
        let parts = [
            ("value", value.map(Value::from)),
            ("type", kind.map(Value::from)),
            ("primary", primary.map(Value::from)),
            ("display", display.map(Value::from)),
        ];
        let parts = parts.into_iter().filter_map(|(name, part)| Some((name.to_owned(), part?)));
        Value::Object(parts.collect())
    });
    prop::collection::vec(value, 0..5).prop_map(Value::from)
}

/// The same value, as clients wrap it: as a text, with its keys in another letter case.
pub(super) fn reshaped(value: &Value, shape: usize) -> Value {
    let each = |shape: fn(&Value) -> Value| -> Value {
        value.as_array().into_iter().flatten().map(shape).collect()
    };
    let told = |value: &Value| Value::from(value.to_string());
    let shouted = |value: &Value| {
        let parts = value.as_object().into_iter().flatten();
        Value::Object(parts.map(|(key, part)| (key.to_uppercase(), part.clone())).collect())
    };
    match shape % 5 {
        0 => value.clone(),
        1 => told(value),
        2 => each(|value| value.to_string().into()),
        3 => each(shouted),
        _ => each(|value| json!([value])),
    }
}

/// Any JSON, of parts that mean something to us.
pub(super) fn value() -> impl Strategy<Value = Value> {
    let text = select(vec![
        "",
        "True",
        "false",
        "x",
        "y",
        "work",
        " ",
        "\0",
        "{\"value\":\"25\",\"displayName\":\"r\"}",
        "[{\"value\":\"x\",\"primary\":\"True\"},\"y\"]",
        "[\"{\\\"Value\\\":\\\"x\\\"}\"]",
        "\"x\"",
        "{\"value\":",
        "null",
        "é",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i8>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let key = select(vec![
            "value",
            "Value",
            "type",
            "primary",
            "display",
            "$ref",
            "givenName",
            "formatted",
            "department",
            "manager",
            "Badge",
            "badge",
            "other",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key.prop_map(str::to_owned), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}
