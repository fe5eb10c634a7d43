//! A page as an answer.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::Markup;

/// HTML with a status.
#[derive(Debug)]
pub(crate) struct Page {
    status: StatusCode,
    markup: Markup,
}

impl Page {
    /// A page that was made.
    pub(crate) fn new(markup: Markup) -> Self {
        Self { status: StatusCode::OK, markup }
    }

    /// The same with this status.
    #[must_use]
    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        let no_store = HeaderValue::from_static("no-store");
        let headers = [(header::CONTENT_TYPE, html), (header::CACHE_CONTROL, no_store)];
        (self.status, headers, self.markup.into_string()).into_response()
    }
}
