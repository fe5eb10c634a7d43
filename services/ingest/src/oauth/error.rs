//! Why no token was granted, as OAuth tells it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use web::{Rejection, content_coding};

use super::response::respond;

/// The errors of RFC 6749 §5.2, each with what the client should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenError {
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error("the body is larger than {0} bytes; send the parameters and nothing else")]
    TooLarge(usize),
    #[error("the body could not be read to its end; send the request again")]
    CutOff,
    #[error("the body is in a content coding; send it as it is, without Content-Encoding")]
    Encoded,
    #[error("send the parameters as application/x-www-form-urlencoded")]
    NotAForm,
    #[error("grant_type is missing; it must be client_credentials")]
    NoGrantType,
    #[error("grant_type must be client_credentials")]
    OtherGrantType,
    #[error("a parameter is there twice")]
    Repeated,
    #[error("the Authorization header and the form name different clients; use one of them")]
    TwoClients,
    #[error("no client was named; send its id and secret in a Basic header or in the form")]
    NoClient,
    #[error("the client is unknown, revoked or expired, or its secret is wrong")]
    UnknownClient,
    #[error("the tenant's integration is not active; an administrator can activate it")]
    Inactive,
}

impl TokenError {
    /// Why a body could not be read to its end.
    pub(super) fn unread(error: &axum::Error, limit: usize) -> Self {
        if let Some(rejection) = Rejection::beneath(error) {
            return rejection.into();
        }
        let cause = std::error::Error::source(error);
        let too_large =
            cause.is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>);
        if too_large { Self::TooLarge(limit) } else { Self::CutOff }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::Rejected(why) => why.status(),
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Encoded => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NoClient | Self::UnknownClient => StatusCode::UNAUTHORIZED,
            Self::CutOff
            | Self::NotAForm
            | Self::NoGrantType
            | Self::OtherGrantType
            | Self::Repeated
            | Self::TwoClients
            | Self::Inactive => StatusCode::BAD_REQUEST,
        }
    }

    fn code(self) -> &'static str {
        match self {
            // The RFC has no word for these; this one says that they pass (§4.1.2.1).
            Self::Rejected(why) if why.retry_after().is_some() => "temporarily_unavailable",
            Self::OtherGrantType => "unsupported_grant_type",
            Self::NoClient | Self::UnknownClient => "invalid_client",
            Self::Inactive => "unauthorized_client",
            Self::Rejected(_)
            | Self::TooLarge(_)
            | Self::Encoded
            | Self::CutOff
            | Self::NotAForm
            | Self::NoGrantType
            | Self::Repeated
            | Self::TwoClients => "invalid_request",
        }
    }
}

impl IntoResponse for TokenError {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.code(), "error_description": self.to_string() });
        let mut response = respond(self.status(), &body);
        let headers = response.headers_mut();
        if self.status() == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static(r#"Basic realm="rollcall", charset="UTF-8""#);
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if self == Self::Encoded {
            headers.insert(header::ACCEPT_ENCODING, content_coding::ACCEPTED);
        }
        if let Self::Rejected(why) = self
            && let Some(seconds) = why.retry_after()
        {
            headers.insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}
