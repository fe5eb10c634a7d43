//! Everything that can go wrong for a SCIM client, with its HTTP status and `scimType`.

use access::{outage_status, refusal_status, retry_later};
use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use roster::Refusal;
use scim::messages::ErrorBody;
use scim::{InvalidRequest, ScimType};
use serde::Serialize;
use web::content_coding::{self, Encoded};
use web::workers::WorkError;
use web::{Rejection, Unauthorized};
use writer::{Denied, Outage};

use super::response::json_text;
use crate::recording::Refused;

/// Why a SCIM request was not carried out.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum ScimError {
    #[error(transparent)]
    Invalid(#[from] InvalidRequest),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Unauthorized(#[from] Unauthorized),
    #[error(transparent)]
    Outage(#[from] Outage),
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error(transparent)]
    Undone(#[from] WorkError),
    #[error("the tenant is on the stream {0}; send this to a gateway of that one")]
    OnOtherStream(String),
    #[error("the integration is not active; an administrator can activate it")]
    Inactive,
    #[error("the resource is at version {0} now, which the request does not mean; read it again")]
    OtherVersion(String),
    #[error("/Me is not there, since clients are programs and not people; name the user by id")]
    NoMe,
    #[error("there is no {0} {1:?}")]
    NoSuchResource(&'static str, String),
    #[error(
        "there is no such endpoint; the gateway has Users, Groups, Bulk, ServiceProviderConfig, ResourceTypes and Schemas"
    )]
    NoSuchEndpoint,
    #[error("this endpoint does not take that method")]
    MethodNotAllowed,
    #[error("discovery cannot be filtered (RFC 7644 section 4)")]
    FilteredDiscovery,
    #[error("the body is {0:?}; send application/scim+json")]
    UnsupportedMediaType(String),
    #[error(transparent)]
    Encoded(#[from] Encoded),
    #[error("the body is larger than {0} bytes; send less at a time")]
    TooLarge(usize),
    #[error(
        "the body has so many parts that it needs more than {0} bytes of memory; send fewer objects and values at a time"
    )]
    TooManyParts(usize),
    #[error("the resource would be larger than {0} bytes; keep less in it")]
    ResourceTooLarge(usize),
    #[error("the request names {named} members, and {most} are the most at once; split it")]
    TooManyMembers { named: usize, most: usize },
    #[error("the body could not be read to its end; send the request again")]
    CutOff,
}

/// The access of a caller who was let in had ended by the time of the decision.
impl From<Denied> for ScimError {
    fn from(why: Denied) -> Self {
        match why {
            Denied::Revoked | Denied::OutOfScope(_) | Denied::Removed | Denied::NoRole(_) => {
                Unauthorized::UnknownToken.into()
            }
            Denied::Inactive => Self::Inactive,
        }
    }
}

/// The answer to a request about a tenant that is on another stream than this process works for.
pub fn on_other_stream(stream: impl std::fmt::Display) -> Response {
    ScimError::OnOtherStream(stream.to_string()).into_response()
}

/// Refuses a resource that would be larger than `limit` bytes.
pub(super) fn check_resource_size(
    resource: &impl Serialize,
    limit: usize,
) -> Result<(), ScimError> {
    let size = serde_json::to_vec(resource).expect("resources have string keys only").len();
    if size > limit { Err(ScimError::ResourceTooLarge(limit)) } else { Ok(()) }
}

impl ScimError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Invalid(bad) => {
                StatusCode::from_u16(bad.status).unwrap_or(StatusCode::BAD_REQUEST)
            }
            Self::Refused(refusal) => refusal_status(refusal),
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::Outage(outage) => outage_status(*outage),
            Self::OnOtherStream(_) => StatusCode::MISDIRECTED_REQUEST,
            Self::Inactive | Self::FilteredDiscovery => StatusCode::FORBIDDEN,
            Self::OtherVersion(_) => StatusCode::PRECONDITION_FAILED,
            Self::NoMe => StatusCode::NOT_IMPLEMENTED,
            Self::NoSuchResource(..) | Self::NoSuchEndpoint => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::UnsupportedMediaType(_) | Self::Encoded(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge(_)
            | Self::TooManyParts(_)
            | Self::ResourceTooLarge(_)
            | Self::TooManyMembers { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Rejected(why) => why.status(),
            Self::Undone(why) => why.status(),
            Self::CutOff => StatusCode::BAD_REQUEST,
        }
    }

    fn scim_type(&self) -> Option<ScimType> {
        match self {
            Self::Invalid(bad) => bad.scim_type,
            Self::Refused(_) if self.status() == StatusCode::CONFLICT => Some(ScimType::Uniqueness),
            Self::Refused(_) if self.status() == StatusCode::BAD_REQUEST => {
                Some(ScimType::InvalidValue)
            }
            Self::Refused(_)
            | Self::Unauthorized(_)
            | Self::Outage(_)
            | Self::OnOtherStream(_)
            | Self::Inactive
            | Self::OtherVersion(_)
            | Self::NoMe
            | Self::NoSuchResource(..)
            | Self::NoSuchEndpoint
            | Self::MethodNotAllowed
            | Self::FilteredDiscovery
            | Self::UnsupportedMediaType(_)
            | Self::Encoded(_)
            | Self::TooLarge(_)
            | Self::TooManyParts(_)
            | Self::ResourceTooLarge(_)
            | Self::TooManyMembers { .. }
            | Self::Rejected(_)
            | Self::Undone(_)
            | Self::CutOff => None,
        }
    }

    /// The error as SCIM tells it (RFC 7644 §3.12).
    pub(super) fn body(&self) -> ErrorBody {
        ErrorBody::new(self.status().as_u16(), self.scim_type(), self.to_string())
    }
}

impl IntoResponse for ScimError {
    fn into_response(self) -> Response {
        let status = self.status();
        let body = self.body();
        let text = Bytes::from(serde_json::to_vec(&body).expect("errors have string keys only"));
        let mut response = json_text(status, text.clone());
        let scim_type = self.scim_type().map(ScimType::as_str);
        response.extensions_mut().insert(Refused { text, scim_type });
        let headers = response.headers_mut();
        if let Self::Unauthorized(why) = &self {
            headers.insert(header::WWW_AUTHENTICATE, why.challenge());
        }
        if let Self::Encoded(_) = &self {
            headers.insert(header::ACCEPT_ENCODING, content_coding::ACCEPTED);
        }
        if retry_later(status) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        if let Self::Undone(why) = &self
            && let Some(seconds) = why.retry_after()
        {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if let Self::Rejected(why) = &self
            && let Some(seconds) = why.retry_after()
        {
            headers.insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}
