//! What can go wrong between the simulator and a server.

use http::{Method, StatusCode};

use super::transport::TransportError;

/// Why a request did not do what it should. Paths stand without their query, which may hold names.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message says what its variant means")]
pub enum ClientError {
    #[error("{url:?} is no address to send to; give an http:// address with a host")]
    BadUrl { url: String },
    #[error("{method} {path} got no answer in {times} attempts; is the server up?")]
    Unreachable { method: Method, path: String, times: u32, source: TransportError },
    #[error("{method} {path} was still answered {status} after {times} attempts")]
    Unwell { method: Method, path: String, status: StatusCode, times: u32 },
    #[error("{method} {path} was answered {status}; check the token or the client credentials")]
    Unauthorized { method: Method, path: String, status: StatusCode },
    #[error("{method} {path} was refused with {status}")]
    Refused { method: Method, path: String, status: StatusCode, detail: String },
    #[error("{method} {path} was answered wrongly: {what}")]
    BadAnswer { method: Method, path: String, what: String },
    #[error("the token endpoint answered {status}: {what}")]
    NoToken { status: StatusCode, what: String },
}

impl ClientError {
    /// Whether only this one object is concerned, so that the cycle may go on with the others.
    pub(crate) fn concerns_one_object(&self) -> bool {
        match self {
            Self::Refused { .. } | Self::BadAnswer { .. } => true,
            Self::BadUrl { .. }
            | Self::Unreachable { .. }
            | Self::Unwell { .. }
            | Self::Unauthorized { .. }
            | Self::NoToken { .. } => false,
        }
    }

    /// What the server itself said about a refusal, for a report; it may hold names.
    pub(crate) fn detail(&self) -> &str {
        match self {
            Self::Refused { detail, .. } => detail,
            Self::BadUrl { .. }
            | Self::Unreachable { .. }
            | Self::Unwell { .. }
            | Self::Unauthorized { .. }
            | Self::BadAnswer { .. }
            | Self::NoToken { .. } => "",
        }
    }
}
