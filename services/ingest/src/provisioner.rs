//! Who calls the SCIM gateway: secret tokens and access tokens, looked up in the roster.

use access::{principal_by_client, principal_by_secret};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use events::Digest;
use jiff::Timestamp;
use roster::Roster;
use web::{Principal, Rejection, Unauthorized, bearer};

use crate::access_token::{BadAccessToken, Signer};
use crate::state::Gateway;

/// Who shows a secret, or an access token of an OAuth client.
pub(crate) fn principal(
    headers: &HeaderMap,
    roster: &Roster,
    signer: &Signer,
    now: Timestamp,
) -> Result<Principal, Unauthorized> {
    let token = bearer::token(headers)?;
    if let Some(found) = principal_by_secret(roster, &Digest::of(token.as_bytes())) {
        return Ok(found);
    }
    let client = signer.check(token, now).map_err(|why| match why {
        // Most likely a mistyped or revoked secret token.
        BadAccessToken::Unsigned => Unauthorized::UnknownToken,
        BadAccessToken::Expired => Unauthorized::Expired,
    })?;
    principal_by_client(roster, &client).ok_or(Unauthorized::UnknownToken)
}

/// The answer to a caller who is not let in at a door: why not, or that too many wrong tokens were
/// sent. A right token never comes here, however many wrong ones did.
pub(crate) fn turn_away<E>(gateway: &Gateway, door: &str, parts: &Parts, why: Unauthorized) -> E
where
    E: From<Unauthorized> + From<Rejection>,
{
    if !why.is_guess() {
        return why.into();
    }
    match gateway.access.counts().failure(door, &parts.extensions) {
        Ok(()) => why.into(),
        Err(throttled) => throttled.into(),
    }
}
