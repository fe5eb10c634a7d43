//! What comes with a command: ids in the path, and a JSON body.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, JsonRejection};
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use events::Position;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use web::Rejection;

use crate::problem::Problem;
use crate::{Gateway, encoding};

/// A JSON body; one that cannot be read is a problem that says where.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Gateway> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, gateway: &Gateway) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let request = Request::from_parts(parts.clone(), body);
        let Raw(text) = Raw::from_request(request, gateway).await?;
        let request = Request::from_parts(parts, text.into());
        match Json::<Box<RawValue>>::from_request(request, gateway).await {
            Ok(Json(text)) => object(text.get()).map(Self),
            Err(JsonRejection::BytesRejection(error)) => Err(unread(&error, gateway)),
            // The reader's own words; the framework's around them are about our types.
            Err(JsonRejection::JsonDataError(error)) => Err(malformed(&error)),
            Err(JsonRejection::JsonSyntaxError(error)) => Err(malformed(&error)),
            Err(JsonRejection::MissingJsonContentType(_)) => Err(Problem::Malformed(
                "the request does not say that its body is JSON; send `Content-Type: \
                 application/json`"
                    .to_owned(),
            )),
            Err(error) => Err(Problem::Malformed(error.body_text())),
        }
    }
}

/// A JSON body that may be left out.
pub(crate) struct OptionalBody<T>(pub(crate) T);

impl<T: DeserializeOwned + Default> FromRequest<Gateway> for OptionalBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, gateway: &Gateway) -> Result<Self, Problem> {
        let Raw(bytes) = Raw::from_request(request, gateway).await?;
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
        return Err(Problem::Malformed("the body must be a JSON object".to_owned()));
    }
    serde_json::from_str(text).map_err(|error| malformed(&error))
}

fn malformed(error: &dyn std::error::Error) -> Problem {
    let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    Problem::Malformed(format!("the body cannot be understood: {cause}"))
}

/// A text of any kind, within the limit, without a byte order mark.
pub(crate) struct Raw(pub(crate) Bytes);

impl FromRequest<Gateway> for Raw {
    type Rejection = Problem;

    async fn from_request(request: Request, gateway: &Gateway) -> Result<Self, Problem> {
        encoding::check(request.headers())?;
        match Bytes::from_request(request, gateway).await {
            Ok(bytes) => Ok(Self(encoding::unmarked(bytes))),
            Err(error) => Err(unread(&error, gateway)),
        }
    }
}

/// Why a body could not be read to its end.
fn unread(error: &BytesRejection, gateway: &Gateway) -> Problem {
    if let Some(rejection) = Rejection::beneath(error) {
        return rejection.into();
    }
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::TooLarge(gateway.limits.body);
    }
    Problem::Malformed(error.body_text())
}

/// An id in the path.
pub(crate) fn id<T: std::str::FromStr>(what: &str, text: &str) -> Result<T, Problem> {
    let bad = |_| Problem::Malformed(format!("{text:?} is no {what} id; ids are UUIDs"));
    text.parse().map_err(bad)
}

/// An answer that tells where in the log the command is: a later read that names this position in
/// `Rollcall-After` will have seen it.
pub(crate) fn answer(status: StatusCode, position: Position, body: impl IntoResponse) -> Response {
    let position = (POSITION, position.seq.to_string());
    (status, [position], body).into_response()
}

pub(crate) use web::position::HEADER as POSITION;
