//! Generated bodies that are nearly right, and spoiled in places.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::requests::{filter, path};

/// A body: almost right, and then spoiled in places.
pub(crate) fn body() -> impl Strategy<Value = Vec<u8>> {
    let spoils = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 0..3);
    let whole = prop_oneof![
        12 => (document(), spoils).prop_map(|(body, spoils)| spoiled(body.to_string(), spoils)),
        1 => prop::collection::vec(any::<u8>(), 0..100),
        1 => Just(Vec::new()),
        1 => Just("[".repeat(5000).into_bytes()),
        1 => Just(b"grant_type=client_credentials&client_id={amy}&client_secret=%ff".to_vec()),
    ];
    whole
}

fn spoiled(text: String, spoils: Vec<(prop::sample::Index, u8, u8)>) -> Vec<u8> {
    let mut bytes = text.into_bytes();
    for (place, byte, way) in spoils {
        if bytes.is_empty() {
            break;
        }
        let at = place.index(bytes.len());
        match way {
            0 => bytes.truncate(at),
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, byte),
            _ => bytes[at] = byte,
        }
    }
    bytes
}

fn document() -> impl Strategy<Value = Value> {
    let attributes = || prop::collection::vec((attribute(), value()), 0..6);
    let object = |pairs: Vec<(String, Value)>| Value::Object(pairs.into_iter().collect());
    let operation = (
        prop::option::weighted(0.9, prop::sample::select(vec!["add", "Replace", "remove", "move"])),
        prop::option::weighted(0.8, prop_oneof![attribute(), filter()]),
        prop::option::weighted(0.9, value()),
    )
        .prop_map(|(op, path, value)| json!({"op": op, "path": path, "value": value}));
    let operations = prop::collection::vec(operation, 0..4);
    let bulk = prop::collection::vec((path(), attributes()), 0..4).prop_map(move |operations| {
        let operations = operations.into_iter().map(|(path, data)| {
            json!({"method": "POST", "path": path, "bulkId": "b", "data": object(data)})
        });
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
               "Operations": operations.collect::<Vec<_>>()})
    });
    let booking = (value(), value(), value()).prop_map(|(person, starts, ends)| {
        json!({"employee": person, "resource": "Desk 7", "startsAt": starts, "endsAt": ends})
    });
    prop_oneof![
        3 => attributes().prop_map(move |mut pairs| {
            pairs.push(("userName".to_owned(), "amy@a.example".into()));
            object(pairs)
        }),
        3 => attributes().prop_map(move |mut pairs| {
            pairs.push(("displayName".to_owned(), "Sales".into()));
            object(pairs)
        }),
        4 => operations.prop_map(|operations| json!({"Operations": operations})),
        1 => filter().prop_map(|filter| json!({"filter": filter, "startIndex": -1, "count": 2})),
        1 => bulk,
        1 => booking,
        1 => attributes().prop_map(object),
        1 => prop::sample::select(vec![
            json!({"tenant": "globex"}),
            json!({"profile": "benefits"}),
            json!({"scopes": ["teams:read"]}),
            json!({"reason": "gone", "team": "{sales}", "name": "Wardens"}),
        ]),
        1 => value(),
    ]
}

fn attribute() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "userName",
        "displayName",
        "active",
        "externalId",
        "name",
        "name.givenName",
        "emails",
        "emails[type eq \"work\"].value",
        "phoneNumbers",
        "members",
        "members[value eq \"{amy}\"]",
        "groups",
        "id",
        "meta",
        "schemas",
        "password",
        "roles",
        "x509Certificates",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
        "urn:x:Custom:2.0:User",
        "",
    ]);
    prop_oneof![8 => known.prop_map(str::to_owned), 1 => ".{0,8}"]
}

fn value() -> impl Strategy<Value = Value> {
    let plain = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop::sample::select(vec!["{amy}", "{sales}", "amy@a.example", "True", "\u{0}"])
            .prop_map(Value::from),
        prop::sample::select(vec![
            "[{\"value\":\"{amy}\"}]",
            "{\"value\":\"{amy}\",\"type\":\"work\"}",
            "[\"{\\\"value\\\":\\\"a\\\\u0000b\\\"}\"]",
            "{\"value\":",
        ])
        .prop_map(Value::from),
        Just(Value::from("2026-01-31T08:00:00Z")),
        Just(Value::from("x".repeat(2000))),
    ];
    plain.prop_recursive(3, 12, 4, |inner| {
        let key = prop::sample::select(vec!["value", "type", "primary", "display", "$ref", ""]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key.prop_map(str::to_owned), inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}
