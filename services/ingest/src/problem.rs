//! Errors of the JSON API and the operators' API: problem details (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use events::Scope;
use roster::Refusal;
use web::Rejection;

use crate::bearer::Unauthorized;
use crate::encoding::{self, Encoded};
use writer::{Denied, Outage};

/// What went wrong with a command, and so which status it gets.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Outage(#[from] Outage),
    #[error(transparent)]
    Unauthorized(#[from] Unauthorized),
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error("the token lacks the scope {0}; issue one that has it")]
    OutOfScope(Scope),
    #[error("the token does not open this tenant")]
    OtherTenant,
    #[error("the integration is not active; activate it first")]
    Inactive,
    #[error("{0}")]
    Malformed(String),
    #[error(transparent)]
    Encoded(#[from] Encoded),
    #[error("the body is larger than {0} bytes; split it")]
    TooLarge(usize),
    #[error("the body has {lines} lines, and {most} are the most; split it")]
    TooManyLines { lines: usize, most: usize },
    #[error("{0}")]
    NotFound(String),
    #[error("this path does not know the method; the header Allow names those that it knows")]
    NoSuchMethod,
}

/// Somebody who was let in, and whose access had ended by the time of the decision.
impl From<Denied> for Problem {
    fn from(why: Denied) -> Self {
        match why {
            Denied::Revoked => Unauthorized::UnknownToken.into(),
            Denied::Inactive => Self::Inactive,
            Denied::OutOfScope(scope) => Self::OutOfScope(scope),
        }
    }
}

impl Problem {
    fn status(&self) -> StatusCode {
        match self {
            Self::Refused(refusal) => refusal_status(refusal),
            Self::Outage(outage) => outage_status(*outage),
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::OutOfScope(_) | Self::OtherTenant | Self::Inactive => StatusCode::FORBIDDEN,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Encoded(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge(_) | Self::TooManyLines { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::NoSuchMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Rejected(why) => why.status(),
        }
    }

    /// What the caller should show (RFC 6750 §3).
    fn challenge(&self) -> Option<HeaderValue> {
        let challenge = match self {
            Self::Unauthorized(why) => return Some(HeaderValue::from_static(why.challenge())),
            Self::OtherTenant => {
                r#"Bearer realm="rollcall", error="insufficient_scope""#.to_owned()
            }
            Self::OutOfScope(scope) => {
                format!(r#"Bearer realm="rollcall", error="insufficient_scope", scope="{scope}""#)
            }
            Self::Refused(_)
            | Self::Outage(_)
            | Self::Rejected(_)
            | Self::Inactive
            | Self::Malformed(_)
            | Self::Encoded(_)
            | Self::TooLarge(_)
            | Self::TooManyLines { .. }
            | Self::NotFound(_)
            | Self::NoSuchMethod => return None,
        };
        Some(challenge.parse().expect("challenges are of ASCII letters and signs"))
    }
}

pub(crate) fn outage_status(outage: Outage) -> StatusCode {
    match outage {
        Outage::LogAway
        | Outage::LogBroken
        | Outage::LogLost
        | Outage::Outrun
        | Outage::Busy
        | Outage::Stopping => StatusCode::SERVICE_UNAVAILABLE,
        Outage::TenantBusy => StatusCode::TOO_MANY_REQUESTS,
        Outage::Fault => StatusCode::INTERNAL_SERVER_ERROR,
        Outage::LogFull => StatusCode::INSUFFICIENT_STORAGE,
        Outage::TooLarge | Outage::OverBudget { .. } => StatusCode::PAYLOAD_TOO_LARGE,
    }
}

/// Whether the same request may succeed a little later.
pub(crate) fn retry_later(status: StatusCode) -> bool {
    matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS)
}

/// A refusal's status, in SCIM and in JSON alike: what is not there is 404, what is taken or at odds
/// with how things stand is 409, what could never be right is 400.
pub(crate) fn refusal_status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::NoSuchTenant(_)
        | Refusal::NoSuchCredential(_)
        | Refusal::NoSuchExtension(_)
        | Refusal::NoSuchUser(_)
        | Refusal::NoSuchGroup(_)
        | Refusal::NoSuchEmployee(_)
        | Refusal::NoSuchTeam(_)
        | Refusal::NoSuchPerson(_)
        | Refusal::NoSuchBooking(_)
        | Refusal::NoSuchAlert(_) => StatusCode::NOT_FOUND,
        Refusal::TenantTaken(_)
        | Refusal::IdGiven(_)
        | Refusal::NoIntegration
        | Refusal::TooManySecrets
        | Refusal::TooManyExtensions { .. }
        | Refusal::UserNameTaken(_)
        | Refusal::GroupNameTaken(_)
        | Refusal::SyncedTeam(_)
        | Refusal::TeamNameTaken(_)
        | Refusal::NotInTeam(_)
        | Refusal::AmbiguousPerson(_)
        | Refusal::NotALeaver(_)
        | Refusal::BookingIsPast(_)
        | Refusal::AlertDecided(_)
        | Refusal::NothingHeld(_) => StatusCode::CONFLICT,
        Refusal::BadText { .. }
        | Refusal::BadExtension(_)
        | Refusal::NoScopes
        | Refusal::TooDeep { .. }
        | Refusal::TwiceThere(_)
        | Refusal::EndsTooEarly { .. }
        | Refusal::OutOfTime(_)
        | Refusal::BadGuard { .. } => StatusCode::BAD_REQUEST,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = web::Problem::new(status, self.to_string()).into_response();
        let headers = response.headers_mut();
        if let Some(challenge) = self.challenge() {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Self::Encoded(_) = &self {
            headers.insert(header::ACCEPT_ENCODING, encoding::ACCEPTED);
        }
        if retry_later(status) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        if let Self::Rejected(why) = &self
            && let Some(seconds) = why.retry_after()
        {
            headers.insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}
