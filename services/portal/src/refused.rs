//! Why a page was not shown, or something not done: a page that says so.

use access::CommandError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;
use web::{Problem, Rejection};

use crate::parts::layout::{self, Frame};
use crate::parts::page::Page;
use crate::parts::text::sentence;

/// Why a request was not answered.
#[derive(Debug)]
pub(crate) enum Refused {
    /// Nobody is signed in: whoever asked for a page signs in first.
    NotSignedIn,
    /// What was wrong, with what, and what to do.
    Because(Problem),
}

impl Refused {
    /// Refused with this status; `detail` says what was wrong and what to do.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self::Because(Problem::new(status, detail))
    }

    /// There is no such thing.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("There is no such {what}."))
    }

    /// Whoever is signed in may not see it.
    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// The answer, by a page in this frame, which keeps the reader where they are.
    pub(crate) fn within(self, frame: &Frame) -> Response {
        match self {
            Self::NotSignedIn => Redirect::to("/sign-in").into_response(),
            Self::Because(problem) => {
                answer(&problem, |title, body| layout::page(frame, title, body))
            }
        }
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Because(problem)
    }
}

impl From<CommandError> for Refused {
    fn from(error: CommandError) -> Self {
        Self::Because(error.into())
    }
}

impl From<Rejection> for Refused {
    fn from(why: Rejection) -> Self {
        Self::Because(why.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::NotSignedIn => Redirect::to("/sign-in").into_response(),
            Self::Because(problem) => answer(&problem, layout::bare),
        }
    }
}

fn answer(problem: &Problem, page: impl FnOnce(&str, maud::Markup) -> maud::Markup) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let title = title(status);
    let body = html! {
        section.card.stop {
            p.code { (problem.status) }
            h1 { (title) }
            p { (sentence(&problem.detail)) }
            div.actions { a.button href="/" { "Go to the start page" } }
        }
    };
    let mut response = Page::new(page(title, body)).with_status(status).into_response();
    // The guard shows it within the frame of who is signed in.
    response.extensions_mut().insert(problem.clone());
    if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
        let soon = HeaderValue::from_static("5");
        response.headers_mut().entry(header::RETRY_AFTER).or_insert(soon);
    }
    response
}

fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::FORBIDDEN => "You may not do this",
        StatusCode::NOT_FOUND => "Not found",
        StatusCode::CONFLICT => "This is not possible as things stand",
        StatusCode::SERVICE_UNAVAILABLE => "Not available at the moment",
        StatusCode::TOO_MANY_REQUESTS => "Too many requests",
        StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::URI_TOO_LONG
        | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => "This is too large",
        StatusCode::REQUEST_TIMEOUT => "This took too long",
        StatusCode::UNAUTHORIZED => "You are not signed in",
        StatusCode::METHOD_NOT_ALLOWED => "This page does not do that",
        other if other.is_client_error() => "This cannot be understood",
        _ => "Something went wrong",
    }
}
