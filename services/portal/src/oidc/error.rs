//! Why nobody could be signed in at the provider.

use axum::http::StatusCode;
use openidconnect::core::CoreErrorResponseType;
use openidconnect::{
    ClaimsVerificationError, DiscoveryError, RequestTokenError, SignatureVerificationError,
    StandardErrorResponse,
};

/// Why sign-in at a provider cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum BadOidcSettings {
    /// It is no URL.
    #[error("{0:?} is no URL of an OpenID provider; write one such as https://login.example.com")]
    Issuer(String),
    /// The provider would not lead back.
    #[error("the public URL is no URL to which an OpenID provider can lead back")]
    PublicUrl,
}

/// Why somebody was not signed in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OidcError {
    /// It does not answer, or not as a provider does.
    #[error("the provider cannot be asked: {0}")]
    Away(String),
    /// Its answer is signed by somebody else, or was meant for somebody else, or another time.
    #[error("the provider's answer is not to be believed: {0}")]
    Unbelievable(String),
    /// It answered without saying who signed in.
    #[error("the provider's answer has no ID token")]
    NoIdToken,
    /// The code was used, or is too old, or was never given out.
    #[error("the provider takes the code no more")]
    CodeRefused,
    /// The registration there is another one.
    #[error("the provider does not know this program as it was told: {0}")]
    ClientRefused(String),
    /// The provider sent the browser back with an error.
    #[error("the provider signed nobody in: {0}")]
    SignedNobodyIn(String),
    /// What the browser kept is missing, old, or of another sign-in.
    #[error("the sign-in was not begun in this browser within the last ten minutes")]
    NotPending,
}

/// Why a request to the provider failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum HttpError {
    #[error(transparent)]
    Failed(#[from] reqwest::Error),
    #[error("the answer is larger than a provider's")]
    TooLarge,
}

impl OidcError {
    /// The status of the page that says so.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Away(_) | Self::Unbelievable(_) | Self::NoIdToken | Self::ClientRefused(_) => {
                StatusCode::BAD_GATEWAY
            }
            Self::CodeRefused | Self::NotPending | Self::SignedNobodyIn(_) => {
                StatusCode::BAD_REQUEST
            }
        }
    }

    /// What whoever wants to sign in reads: what was wrong, and what to do. `name` is what the provider is
    /// called.
    pub(crate) fn told(&self, name: &str) -> String {
        match self {
            Self::Away(_) => format!(
                "{name} does not answer as it should, so nobody can sign in there. Try again shortly; a sign-in \
                 link, which an owner or whoever runs Rollcall can make, works without it."
            ),
            Self::Unbelievable(_) | Self::NoIdToken => format!(
                "The answer of {name} is not to be believed, so you were not signed in. Try again; if it stays so, \
                 tell whoever runs Rollcall, whose log has the reason."
            ),
            Self::ClientRefused(_) => format!(
                "{name} does not know Rollcall as it is set up here. Whoever runs Rollcall looks at its client id, \
                 its client secret and the address to come back to."
            ),
            Self::CodeRefused => {
                format!("This sign-in at {name} was used already, or is too old. Sign in again.")
            }
            Self::NotPending => {
                "The sign-in was not begun in this browser within the last ten minutes. Sign in \
                                 again; the browser has to take cookies for it."
                    .to_owned()
            }
            Self::SignedNobodyIn(why) => {
                format!(
                    "{name} signed you in to nothing ({why}). Sign in again, with another account perhaps."
                )
            }
        }
    }

    /// Whether whoever runs the program has to know.
    pub(crate) fn is_ours(&self) -> bool {
        match self {
            Self::Away(_) | Self::Unbelievable(_) | Self::NoIdToken | Self::ClientRefused(_) => {
                true
            }
            Self::CodeRefused | Self::NotPending | Self::SignedNobodyIn(_) => false,
        }
    }

    pub(super) fn of_discovery(error: DiscoveryError<HttpError>) -> Self {
        match error {
            DiscoveryError::Request(error) => Self::Away(chain(&error)),
            DiscoveryError::Validation(why) => Self::Unbelievable(why),
            other => Self::Away(other.to_string()),
        }
    }

    pub(super) fn of_exchange(
        error: RequestTokenError<HttpError, StandardErrorResponse<CoreErrorResponseType>>,
    ) -> Self {
        match error {
            RequestTokenError::Request(error) => Self::Away(chain(&error)),
            RequestTokenError::ServerResponse(response) => match response.error() {
                CoreErrorResponseType::InvalidGrant => Self::CodeRefused,
                other => Self::ClientRefused(other.to_string()),
            },
            RequestTokenError::Parse(..) => Self::Away("its answer cannot be read".to_owned()),
            RequestTokenError::Other(why) => Self::Away(why),
        }
    }

    pub(super) fn of_claims(error: ClaimsVerificationError) -> Self {
        Self::Unbelievable(reason(&error).to_owned())
    }
}

/// Whether a token is signed with a key that the provider has not told of.
pub(super) fn is_unknown_key(error: &ClaimsVerificationError) -> bool {
    matches!(
        error,
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)
    )
}

/// The library's own words hold what the token says, which may be personal.
fn reason(error: &ClaimsVerificationError) -> &'static str {
    match error {
        ClaimsVerificationError::Expired(_) => "it has expired",
        ClaimsVerificationError::InvalidAudience(_) => "it is for another audience",
        ClaimsVerificationError::InvalidIssuer(_) => "it is of another issuer",
        ClaimsVerificationError::InvalidNonce(_) => "its nonce is another one",
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey,
        ) => "it is signed with a key that the provider has not told of",
        ClaimsVerificationError::SignatureVerification(_) => "its signature does not hold",
        _ => "it does not hold what an ID token must",
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
