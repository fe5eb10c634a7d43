//! Why a caller is refused.

use acts::Role;
use axum::http::{HeaderValue, StatusCode, header};

use super::Permission;
use crate::Problem;
use crate::bearer::NoBearer;

/// Why a caller is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unauthorized {
    /// There is no Authorization header.
    #[error("no token was sent; send `Authorization: Bearer` and the token")]
    NoToken,
    /// The same, or another scheme, where an API token is needed.
    #[error("the request has no API token; send one in the header Authorization: Bearer <token>")]
    NoApiToken,
    /// The Authorization header holds something else.
    #[error("the Authorization header is not of the form `Bearer` and a token")]
    NotBearer,
    /// Nobody issued the token to whom this door opens, or it was revoked.
    #[error("the token is unknown, revoked, expired, or of another tenant")]
    UnknownToken,
    /// Its time is over, which its administrators are told, and not its holder.
    #[error("the token is unknown, revoked, expired, or of another tenant")]
    ExpiredToken,
    /// The same of an API token.
    #[error("the API token is unknown or was revoked; have an administrator issue another")]
    UnknownApiToken,
    /// An access token that was good once.
    #[error("the access token has expired; ask the token endpoint for another")]
    Expired,
}

impl Unauthorized {
    /// The `WWW-Authenticate` challenge. RFC 6750 §3: no error code when no token was sent.
    pub fn challenge(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::NoToken | Self::NoApiToken | Self::NotBearer => r#"Bearer realm="rollcall""#,
            Self::UnknownToken | Self::ExpiredToken => {
                r#"Bearer realm="rollcall", error="invalid_token", error_description="The token is unknown, revoked or expired""#
            }
            Self::UnknownApiToken => r#"Bearer realm="rollcall", error="invalid_token""#,
            Self::Expired => {
                r#"Bearer realm="rollcall", error="invalid_token", error_description="The access token expired""#
            }
        })
    }

    /// Whether the caller may have guessed at a token. Who shows none does not guess, nor does who
    /// shows one that was good once.
    pub fn is_guess(self) -> bool {
        match self {
            Self::NoToken
            | Self::NoApiToken
            | Self::NotBearer
            | Self::ExpiredToken
            | Self::Expired => false,
            Self::UnknownToken | Self::UnknownApiToken => true,
        }
    }
}

impl From<NoBearer> for Unauthorized {
    fn from(why: NoBearer) -> Self {
        match why {
            NoBearer::Missing => Self::NoToken,
            NoBearer::OtherScheme | NoBearer::Malformed => Self::NotBearer,
        }
    }
}

impl From<Unauthorized> for Problem {
    fn from(why: Unauthorized) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, why.to_string())
            .with_header(header::WWW_AUTHENTICATE, why.challenge())
    }
}

/// Why a caller who was let in may not do what they ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// The token opens another tenant than the path names, whether or not there is such a tenant.
    #[error("the API token belongs to another tenant than the path names; use that tenant's token")]
    OtherTenant,
    /// The token was issued for other things.
    #[error("the API token lacks the scope {0}; have an administrator issue one that has it")]
    OutOfScope(Permission),
    /// The operator's token was made for other things.
    #[error("the operator token lacks the role {0}; have it granted (rollcall operator grant)")]
    NoRole(Role),
    /// An administrator's roles do not come to it.
    #[error("your roles do not include {0}; an owner of the tenant can change that")]
    NotInRoles(Permission),
}

impl From<Forbidden> for Problem {
    fn from(why: Forbidden) -> Self {
        let challenge = match why {
            Forbidden::OtherTenant => {
                r#"Bearer realm="rollcall", error="insufficient_scope""#.to_owned()
            }
            Forbidden::OutOfScope(scope) | Forbidden::NotInRoles(scope) => {
                format!(r#"Bearer realm="rollcall", error="insufficient_scope", scope="{scope}""#)
            }
            Forbidden::NoRole(role) => {
                format!(r#"Bearer realm="rollcall", error="insufficient_scope", scope="{role}""#)
            }
        };
        let challenge = challenge.parse().expect("challenges are of ASCII letters and signs");
        Self::new(StatusCode::FORBIDDEN, why.to_string())
            .with_header(header::WWW_AUTHENTICATE, challenge)
    }
}
