//! Problem details (RFC 9457): the body of a refusal.

use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::Rejection;

/// Why a request was not answered (RFC 9457): what was wrong, with what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// The status in words.
    #[schema(example = "Bad Request")]
    pub title: &'static str,
    #[expect(missing_docs, reason = "a doc comment would change the OpenAPI document")]
    #[schema(example = 400, minimum = 400, maximum = 599)]
    pub status: u16,
    /// What was wrong, with what, and what to do.
    #[schema(
        example = "query parameter limit: 900 is no page size; ask for a whole number from 1 to 500"
    )]
    pub detail: String,
    /// One word for programs, where the status alone does not tell why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    code: Option<&'static str>,
    /// What the answer says beside it: a challenge, or when to ask again.
    #[serde(skip)]
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl From<Rejection> for Problem {
    fn from(why: Rejection) -> Self {
        let problem = Self::new(why.status(), why.to_string());
        match why.retry_after() {
            Some(seconds) => problem.with_header(header::RETRY_AFTER, seconds),
            None => problem,
        }
    }
}

impl Problem {
    /// The media type of a problem (RFC 9457 §3).
    pub const MEDIA_TYPE: &str = "application/problem+json";

    /// A problem of this status; `detail` says what was wrong, with what, and what to do.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            code: None,
            headers: Vec::new(),
        }
    }

    /// The same, with one word for programs in its body.
    #[must_use]
    pub fn with_code(self, code: &'static str) -> Self {
        Self { code: Some(code), ..self }
    }

    /// The same, with a header in the answer.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// A request that says nothing that can be understood.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// The answer where nothing else is: a handler.
    #[expect(clippy::unused_async, reason = "handlers are asynchronous")]
    pub async fn no_such_path(uri: Uri) -> Self {
        let detail = format!("there is nothing at {}", uri.path());
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// The answer to a method that the path does not know: a handler.
    #[expect(clippy::unused_async, reason = "handlers are asynchronous")]
    pub async fn no_such_method(method: Method, uri: Uri) -> Self {
        let detail = format!(
            "{} does not know the method {method}; the header Allow names those that it knows",
            uri.path()
        );
        Self::new(StatusCode::METHOD_NOT_ALLOWED, detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).expect("a problem has string keys only");
        let media_type = HeaderValue::from_static(Self::MEDIA_TYPE);
        let no_store = HeaderValue::from_static("no-store");
        let headers = [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, no_store)];
        let mut response = (status, headers, body).into_response();
        response.headers_mut().extend(self.headers);
        response
    }
}
