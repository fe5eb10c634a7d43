//! Generated requests that are nearly right, and wrong in one or more ways.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, Request, Uri, header};
use proptest::prelude::*;

use crate::bodies::body;
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

pub(crate) fn path() -> impl Strategy<Value = String> {
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
pub(crate) fn filter() -> impl Strategy<Value = String> {
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
