//! The body of a command: JSON, or a text of any kind, within a limit.

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, JsonRejection};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::{Extensions, StatusCode};
use axum::{Extension, Json, Router};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{Problem, Rejection, content_coding};

/// How many bytes a body may have.
#[derive(Clone, Copy, Debug)]
struct BodyLimit(usize);

/// The routes, whose bodies may have so many bytes.
pub fn limited<S: Clone + Send + Sync + 'static>(routes: Router<S>, bytes: usize) -> Router<S> {
    routes.layer(DefaultBodyLimit::max(bytes)).layer(Extension(BodyLimit(bytes)))
}

/// A JSON body; one that cannot be read is a problem that says where.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let request = Request::from_parts(parts.clone(), body);
        let Raw(text) = Raw::from_request(request, state).await?;
        let about = parts.extensions.clone();
        let request = Request::from_parts(parts, text.into());
        match Json::<Box<RawValue>>::from_request(request, state).await {
            Ok(Json(text)) => object(text.get()).map(Self),
            Err(JsonRejection::BytesRejection(error)) => Err(incomplete(&error, &about)),
            // The reader's own words; the framework's around them are about our types.
            Err(JsonRejection::JsonDataError(error)) => Err(malformed(&error)),
            Err(JsonRejection::JsonSyntaxError(error)) => Err(malformed(&error)),
            Err(JsonRejection::MissingJsonContentType(_)) => Err(Problem::malformed(
                "the request does not say that its body is JSON; send `Content-Type: \
                 application/json`",
            )),
            Err(error) => Err(Problem::malformed(error.body_text())),
        }
    }
}

/// A JSON body that may be left out.
#[derive(Debug)]
pub struct OptionalBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for OptionalBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Raw(bytes) = Raw::from_request(request, state).await?;
        match std::str::from_utf8(&bytes).map(str::trim_ascii) {
            Ok("") => Ok(Self(T::default())),
            Ok(text) => object(text).map(Self),
            Err(error) => Err(malformed(&error)),
        }
    }
}

/// Reads an object; serde would take an array of the fields' values for one.
fn object<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    if !text.starts_with('{') {
        return Err(Problem::malformed("the body must be a JSON object"));
    }
    serde_json::from_str(text).map_err(|error| malformed(&error))
}

fn malformed(error: &dyn std::error::Error) -> Problem {
    let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    Problem::malformed(format!("the body cannot be understood: {cause}"))
}

/// A text of any kind, within the limit, without a byte order mark.
#[derive(Debug)]
pub struct Raw(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        content_coding::check(request.headers())?;
        let about = request.extensions().clone();
        match Bytes::from_request(request, state).await {
            Ok(bytes) => Ok(Self(content_coding::unmarked(bytes))),
            Err(error) => Err(incomplete(&error, &about)),
        }
    }
}

/// Why a body was not read to its end.
fn incomplete(error: &BytesRejection, about: &Extensions) -> Problem {
    if let Some(rejection) = Rejection::beneath(error) {
        return rejection.into();
    }
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let limit = about.get().map_or(0, |BodyLimit(bytes)| *bytes);
        let detail = format!("the body is larger than {limit} bytes; split it");
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail);
    }
    Problem::malformed(error.body_text())
}
