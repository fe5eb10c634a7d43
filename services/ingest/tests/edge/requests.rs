//! Generated requests that are nearly right, and wrong in one or more ways.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, Request, Uri, header};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::world::{OPERATOR, World};

/// A request, with placeholders for the world's ids and tokens.
#[derive(Clone, Debug)]
pub(crate) struct Mutated {
    method: String,
    address: String,
    token: Token,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
enum Token {
    Right,
    OfAnotherDoor,
    Wrong,
    None,
}

impl Mutated {
    /// The request itself; none if no client could send it.
    pub(crate) fn request(&self, world: &World) -> Option<Request<Body>> {
        let known = |text: &str| text.replace("{amy}", &world.amy).replace("{sales}", &world.sales);
        let address: Uri = known(&self.address).parse().ok()?;
        let method = Method::from_bytes(self.method.as_bytes()).ok()?;
        let right = match address.path() {
            path if path.starts_with("/api") => &world.token,
            path if path.starts_with("/operator") => OPERATOR,
            _ => &world.secret,
        };
        let token = match self.token {
            Token::Right => Some(right),
            Token::OfAnotherDoor => Some(world.client.1.as_str()),
            Token::Wrong => Some("rcs_wrong"),
            Token::None => None,
        };
        let body = match std::str::from_utf8(&self.body) {
            Ok(text) => known(text).into_bytes(),
            Err(_) => self.body.clone(),
        };
        let mut request = Request::builder().method(method).uri(address);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            request = request.header(name, HeaderValue::from_bytes(value).ok()?);
        }
        request.body(Body::from(body)).ok()
    }
}

pub(crate) fn mutated() -> impl Strategy<Value = Mutated> {
    let method = prop_oneof![
        16 => prop::sample::select(vec!["GET", "POST", "PUT", "PATCH", "DELETE"]),
        1 => prop::sample::select(vec!["HEAD", "OPTIONS", "TRACE", "BREW", "get"]),
    ];
    let token = prop_oneof![
        12 => Just(Token::Right),
        1 => Just(Token::OfAnotherDoor),
        1 => Just(Token::Wrong),
        1 => Just(Token::None),
    ];
    let address = (path(), query()).prop_map(|(path, query)| path + &query);
    let headers = (content_type(), prop::collection::vec(any_header(), 0..3));
    (method, address, token, headers, body()).prop_map(
        |(method, address, token, (kind, more), body)| Mutated {
            method: method.to_owned(),
            address,
            token,
            headers: kind.into_iter().chain(more).collect(),
            body,
        },
    )
}

const PLACES: [&str; 32] = [
    "/scim/v2/acme",
    "/scim/v2/acme/",
    "/scim/v2/acme/Users",
    "/scim/v2/acme//Users/",
    "/scim/v2/acme/Users/{amy}",
    "/scim/v2/acme/Groups",
    "/scim/v2/acme/Groups/{sales}",
    "/scim/v2/acme/.search",
    "/scim/v2/acme/Users/.search",
    "/scim/v2/acme/Groups/.search",
    "/scim/v2/acme/Bulk",
    "/scim/v2/acme/Me",
    "/scim/v2/acme/ServiceProviderConfig",
    "/scim/v2/acme/ResourceTypes/User",
    "/scim/v2/acme/Schemas",
    "/scim/v2/acme/Schemas/urn:ietf:params:scim:schemas:core:2.0:User",
    "/scim/v2/nobody/Users",
    "/scim/v2/%00/Users",
    "/scim/v2",
    "/oauth/token",
    "/api/v1/acme/teams",
    "/api/v1/acme/teams/{sales}",
    "/api/v1/acme/employees/{amy}/teams/{sales}",
    "/api/v1/acme/employees/{amy}/primary-team",
    "/api/v1/acme/employees/{amy}/team-edits",
    "/api/v1/acme/leavers/{amy}/bookings/{amy}/cancel",
    "/api/v1/acme/bookings/desk-7",
    "/api/v1/acme/bookings/import",
    "/operator/v1/tenants",
    "/operator/v1/tenants/acme/credentials",
    "/operator/v1/tenants/acme/tokens",
    "/operator/v1/tenants/%ff/integration",
];

fn path() -> impl Strategy<Value = String> {
    let known = prop::sample::select(PLACES.to_vec()).prop_map(str::to_owned);
    let collection = prop::sample::select(vec!["Users", "Groups", "Schemas", "ResourceTypes"]);
    prop_oneof![
        10 => known.clone(),
        2 => (collection, any_segment()).prop_map(|(list, id)| format!("/scim/v2/acme/{list}/{id}")),
        2 => (known, any_segment()).prop_map(|(path, more)| format!("{path}/{more}")),
        1 => any_segment().prop_map(|piece| format!("/{piece}")),
    ]
}

/// A segment of a path: what may stand there, and what must not.
fn any_segment() -> impl Strategy<Value = String> {
    prop_oneof![
        "[!-~&&[^?#%]]{0,20}",
        "(%[0-9a-fA-F]{2}){1,6}",
        Just("%00".to_owned()),
        Just("%ff%fe".to_owned()),
        Just("%".to_owned()),
        Just("..".to_owned()),
        Just("01920000-0000-7000-8000-000000000000".to_owned()),
        Just("x".repeat(3000)),
    ]
}

fn query() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "filter",
        "attributes",
        "excludedAttributes",
        "startIndex",
        "count",
        "sortBy",
        "sortOrder",
        "cursor",
        "FILTER",
        "limit",
        "x",
    ]);
    let number = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        Just("99999999999999999999999".to_owned()),
        Just("-0".to_owned()),
        Just("1e3".to_owned()),
    ];
    let value = prop_oneof![
        3 => filter().prop_map(|filter| encoded(&filter)),
        2 => number,
        1 => prop::sample::select(vec!["userName", "members", "emails.value,x", "ascending"])
            .prop_map(str::to_owned),
        1 => any_segment(),
    ];
    let pairs = prop::collection::vec((name, value), 0..3);
    pairs.prop_map(|pairs| {
        let pairs: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    })
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Words of filters, in an order that may or may not make one.
fn filter() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "userName",
        "displayName",
        "emails",
        "members",
        "externalId",
        "active",
        "id",
        "meta.created",
        "eq",
        "ne",
        "co",
        "gt",
        "pr",
        "and",
        "or",
        "not",
        "(",
        ")",
        "[",
        "]",
        "\"amy@a.example\"",
        "\"",
        "true",
        "null",
        "7",
        "1e400",
        "emails[type eq \"work\"].value",
        "urn:ietf:params:scim:schemas:core:2.0:User:userName",
        "\u{0}",
        "é",
    ]);
    let right = prop::sample::select(vec![
        "userName eq \"amy@a.example\"",
        "emails[type eq \"work\"].value eq \"x\"",
        "members[value eq \"{amy}\"]",
        "not (active eq true) and (id pr or meta.created gt \"2026-01-01T00:00:00Z\")",
    ]);
    prop_oneof![
        right.prop_map(str::to_owned),
        prop::collection::vec(word, 0..12).prop_map(|words| words.join(" ")),
    ]
}

fn content_type() -> impl Strategy<Value = Option<(String, Vec<u8>)>> {
    let kinds: Vec<&[u8]> = vec![
        b"application/scim+json",
        b"application/json; charset=utf-8",
        b"application/x-www-form-urlencoded",
        b"text/xml",
        b"application/json",
        b"\xff",
        b"",
    ];
    let kind = prop::sample::select(kinds);
    prop::option::weighted(0.9, kind)
        .prop_map(|kind| Some(("content-type".to_owned(), kind?.to_vec())))
}

fn any_header() -> impl Strategy<Value = (String, Vec<u8>)> {
    let name = prop::sample::select(vec![
        "authorization",
        "x-request-id",
        "traceparent",
        "if-match",
        "if-none-match",
        "prefer",
        "accept",
        "rollcall-after",
        "content-encoding",
        "x-forwarded-for",
        "expect",
    ]);
    let value = prop_oneof![
        prop::sample::select(vec!["*", "W/\"7\"", "Basic Og==", "Bearer", "respond-async", "gzip"])
            .prop_map(|text| text.as_bytes().to_vec()),
        prop::collection::vec(prop_oneof![b' '..=b'~', 0x80..=0xff_u8], 0..30),
    ];
    (name.prop_map(str::to_owned), value)
}

/// A body: almost right, and then spoiled in places.
fn body() -> impl Strategy<Value = Vec<u8>> {
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
