//! Who is calling: bearer tokens (RFC 6750) against the credentials in the roster.

use axum::http::HeaderMap;
use axum::http::request::Parts;
use events::{CredentialId, Digest, Purpose, Tenant};
use jiff::Timestamp;
use roster::Roster;
use web::Rejection;
use web::bearer::NoBearer;

use crate::access_token::{BadAccessToken, Signer};
use crate::state::Gateway;

/// Why a caller is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unauthorized {
    #[error("no token was sent; send `Authorization: Bearer` and the token")]
    NoToken,
    #[error("the Authorization header is not of the form `Bearer` and a token")]
    NotBearer,
    #[error("the token is unknown, revoked, or of another tenant")]
    UnknownToken,
    #[error(transparent)]
    AccessToken(#[from] BadAccessToken),
}

impl Unauthorized {
    /// The `WWW-Authenticate` challenge. RFC 6750 §3: no error code when no token was sent.
    pub(crate) fn challenge(self) -> &'static str {
        match self {
            Self::NoToken | Self::NotBearer => r#"Bearer realm="rollcall""#,
            Self::UnknownToken => {
                r#"Bearer realm="rollcall", error="invalid_token", error_description="The token is unknown or revoked""#
            }
            Self::AccessToken(BadAccessToken::Unsigned) => {
                r#"Bearer realm="rollcall", error="invalid_token", error_description="The token is not genuine""#
            }
            Self::AccessToken(BadAccessToken::Expired) => {
                r#"Bearer realm="rollcall", error="invalid_token", error_description="The access token expired""#
            }
        }
    }
}

/// The token that a request shows.
pub(crate) fn token(headers: &HeaderMap) -> Result<&str, Unauthorized> {
    web::bearer::token(headers).map_err(|why| match why {
        NoBearer::Missing => Unauthorized::NoToken,
        NoBearer::OtherScheme | NoBearer::Malformed => Unauthorized::NotBearer,
    })
}

/// The credential that opens `tenant`'s SCIM gateway: its secret token, or an access token of one
/// of its OAuth clients.
pub(crate) fn provisioner(
    headers: &HeaderMap,
    roster: &Roster,
    signer: &Signer,
    tenant: &Tenant,
    now: Timestamp,
) -> Result<CredentialId, Unauthorized> {
    let token = token(headers)?;
    if let Some((owner, credential)) = roster.credential_by_digest(&Digest::of(token.as_bytes())) {
        let opens = owner == tenant && credential.purpose == Purpose::SecretToken;
        return if opens { Ok(credential.id) } else { Err(Unauthorized::UnknownToken) };
    }
    let client = match signer.check(token, now) {
        Ok(client) => client,
        // Most likely a mistyped or revoked secret token.
        Err(BadAccessToken::Unsigned) => return Err(Unauthorized::UnknownToken),
        Err(expired @ BadAccessToken::Expired) => return Err(expired.into()),
    };
    let (owner, credential) = roster.credential(&client).ok_or(Unauthorized::UnknownToken)?;
    let opens =
        owner == tenant && credential.purpose == Purpose::OauthClient && !credential.revoked;
    if opens { Ok(credential.id) } else { Err(Unauthorized::UnknownToken) }
}

/// The answer to a caller who is not let in at a door: why not, or that too many wrong tokens were
/// sent. A right token never comes here, however many wrong ones did.
pub(crate) fn turn_away<E>(gateway: &Gateway, door: &str, parts: &Parts, why: Unauthorized) -> E
where
    E: From<Unauthorized> + From<Rejection>,
{
    match why {
        // No token, or one that was good an hour ago, is no guess.
        Unauthorized::NoToken
        | Unauthorized::NotBearer
        | Unauthorized::AccessToken(BadAccessToken::Expired) => return why.into(),
        Unauthorized::UnknownToken | Unauthorized::AccessToken(BadAccessToken::Unsigned) => {}
    }
    match gateway.counts.failure(door, &parts.extensions) {
        Ok(()) => why.into(),
        Err(throttled) => throttled.into(),
    }
}
