//! Why a request is rejected, whatever it asks.

use std::error::Error;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode};

use super::{OverQuota, TooManyGuesses, TooOften};

/// Why a request is rejected, in words for whoever sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The headers have more bytes than this.
    #[error("the headers are larger than {0} bytes; send fewer or shorter ones")]
    LargeHeaders(usize),
    /// The URL has more bytes than this.
    #[error("the URL is longer than {0} bytes; ask for less, or search by POST")]
    LongUrl(usize),
    /// The path is not UTF-8.
    #[error("the path is not UTF-8; percent-encode its UTF-8 bytes")]
    IllegiblePath,
    /// This header is there more than once, or holds several values.
    #[error("the request has more than one {0} header, or several values in it; send one")]
    Repeated(&'static str),
    /// The body did not arrive in this time.
    #[error("the body did not arrive within {} s; send it faster, or less of it", .0.as_secs())]
    SlowBody(Duration),
    /// Too many requests are under way, in all or of this caller.
    #[error(transparent)]
    Busy(#[from] OverQuota),
    /// The tenant sends more requests in a second than it may.
    #[error(transparent)]
    TooOften(#[from] TooOften),
    /// Too many wrong tokens came from this address, or for this tenant.
    #[error(transparent)]
    Guessing(#[from] TooManyGuesses),
    /// The answer did not begin in this time.
    #[error(
        "there was no answer within {} s, and nobody knows whether anything was done; send the request again",
        .0.as_secs()
    )]
    NoAnswer(Duration),
    /// A panic while the request was answered.
    #[error(
        "a fault of ours kept the request from being answered, and nobody knows whether anything was done; report it"
    )]
    Fault,
}

impl Rejection {
    /// The rejection that an error comes from, if it comes from one: bodies end with it.
    pub fn beneath(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(rejection) = error.downcast_ref::<Self>() {
                return Some(*rejection);
            }
            cause = error.source();
        }
        None
    }

    /// The HTTP status of the answer.
    pub fn status(self) -> StatusCode {
        match self {
            Self::LargeHeaders(_) => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::LongUrl(_) => StatusCode::URI_TOO_LONG,
            Self::IllegiblePath | Self::Repeated(_) => StatusCode::BAD_REQUEST,
            Self::SlowBody(_) => StatusCode::REQUEST_TIMEOUT,
            Self::Busy(_) | Self::TooOften(_) | Self::Guessing(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::NoAnswer(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Fault => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// After how many seconds the same request may be sent again; none if it has to change first.
    pub fn retry_after(self) -> Option<HeaderValue> {
        match self {
            Self::LargeHeaders(_)
            | Self::LongUrl(_)
            | Self::IllegiblePath
            | Self::Repeated(_)
            | Self::SlowBody(_)
            | Self::Fault => None,
            Self::Busy(_) | Self::NoAnswer(_) => Some(1.into()),
            Self::TooOften(TooOften { wait, .. }) | Self::Guessing(TooManyGuesses { wait }) => {
                Some(wait.into())
            }
        }
    }
}
