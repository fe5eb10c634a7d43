//! The read API over a real Postgres that knows [`history`](super::history).

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use events::Seq;
use projector::Database;
use serde_json::Value;
use tokio::sync::OnceCell;
use tower::ServiceExt;
use web::position::Seen;
use web::{Limits, PositionCipher};

use super::history::{READER, noon};
use crate::ReadApi;

/// The read API as the program serves it. Each test has connections of its own, since they end
/// with the test's runtime; the rows are there once for all.
pub(super) async fn served() -> Router {
    static URL: OnceCell<String> = OnceCell::const_new();
    let url = URL.get_or_init(|| Box::pin(super::rows::filled())).await;
    serve(Database::connect(url, 4).await.expect("a database"))
}

pub(super) fn serve(database: Database) -> Router {
    with_document(crate::reads(ReadApi::new(database, positions(), noon, unlimited())))
}

/// The document of the whole API, as the program puts it together.
pub(super) fn document() -> Value {
    crate::document([delivery::pull::openapi()])
}

/// Whether another crate serves an operation of the document.
pub(super) fn is_served_elsewhere(operation: &Value) -> bool {
    operation["tags"][0] == "events"
}

/// A part of the API, as the program serves it.
pub(super) fn with_document(router: Router) -> Router {
    crate::with_document(router, [delivery::pull::openapi()])
}

/// What all processes show positions by.
pub(super) fn positions() -> PositionCipher {
    PositionCipher::new(&[7; 32])
}

/// As many requests as tests like.
pub(super) fn unlimited() -> Limits {
    Limits { rate: 0, guesses: 0, ..Limits::default() }
}

/// What came back.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// How far the answer is.
    pub(super) seen: Option<Seq>,
    pub(super) body: Value,
}

impl Reply {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The reply to a request that shall be answered.
    #[track_caller]
    pub(super) fn found(self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        assert_eq!(self.header("content-type"), "application/json");
        assert_eq!(self.header("cache-control"), "no-store");
        self.body
    }

    /// Checks that this is a problem of `status` whose detail names each of `words`.
    #[track_caller]
    pub(super) fn refused(self, status: u16, words: &[&str]) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.body["status"], status);
        assert_eq!(self.body["title"], self.status.canonical_reason().unwrap());
        let detail = self.body["detail"].as_str().expect("a detail");
        for word in words {
            assert!(detail.contains(word), "{detail:?} does not name {word:?}");
        }
        self
    }

    /// The values of one field of the rows under `list`.
    #[track_caller]
    pub(super) fn column(self, list: &str, field: &str) -> Vec<Value> {
        let body = self.found();
        body[list].as_array().expect(list).iter().map(|row| row[field].clone()).collect()
    }
}

/// GETs `path` with Acme's reader.
pub(super) async fn get(path: &str) -> Reply {
    get_as(READER, path).await
}

pub(super) async fn get_as(token: &str, path: &str) -> Reply {
    let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
    send(served().await, request.body(Body::empty()).expect("a request")).await
}

pub(super) async fn send(router: Router, request: Request<Body>) -> Reply {
    let response = router.oneshot(request).await.expect("routers always answer");
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.expect("a body");
    let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
    let seen = parts.extensions.get().map(|Seen(seen)| *seen);
    Reply { status: parts.status, headers: parts.headers, seen, body }
}
