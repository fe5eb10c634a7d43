//! Why a request is turned away, whatever it asks.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode};

use super::{BodyTooSlow, TooManyGuesses, TooOften};

/// Why a request is turned away, in words for whoever sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TurnedAway {
    #[error("the headers are larger than {0} bytes; send fewer or shorter ones")]
    LargeHeaders(usize),
    #[error("the URL is longer than {0} bytes; ask for less, or search by POST")]
    LongUrl(usize),
    #[error("the path is not UTF-8; percent-encode its UTF-8 bytes")]
    IllegiblePath,
    #[error(transparent)]
    SlowBody(#[from] BodyTooSlow),
    #[error("{0} requests are being answered already; wait a moment and send it again")]
    Busy(usize),
    #[error(transparent)]
    TooOften(#[from] TooOften),
    #[error(transparent)]
    Guessing(#[from] TooManyGuesses),
    #[error(
        "there was no answer within {} s, and nobody knows whether anything was done; send the request again",
        .0.as_secs()
    )]
    NoAnswer(Duration),
}

impl TurnedAway {
    pub fn status(self) -> StatusCode {
        match self {
            Self::LargeHeaders(_) => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::LongUrl(_) => StatusCode::URI_TOO_LONG,
            Self::IllegiblePath => StatusCode::BAD_REQUEST,
            Self::SlowBody(_) => StatusCode::REQUEST_TIMEOUT,
            Self::Busy(_) | Self::TooOften(_) | Self::Guessing(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::NoAnswer(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// After how many seconds the same request may be sent again; none if it has to change first.
    pub fn retry_after(self) -> Option<HeaderValue> {
        match self {
            Self::LargeHeaders(_) | Self::LongUrl(_) | Self::IllegiblePath | Self::SlowBody(_) => {
                None
            }
            Self::Busy(_) | Self::NoAnswer(_) => Some(1.into()),
            Self::TooOften(TooOften { wait, .. }) | Self::Guessing(TooManyGuesses { wait }) => {
                Some(wait.into())
            }
        }
    }
}
