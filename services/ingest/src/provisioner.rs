//! Who calls the SCIM gateway: secret tokens and access tokens, looked up in the roster.

use access::{Shown, shown_by_client, shown_by_secret};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use events::Digest;
use jiff::Timestamp;
use roster::Roster;
use web::{Principal, Rejection, Unauthorized, bearer};

use crate::access_token::BadAccessToken;
use crate::state::Gateway;

/// Who shows a secret, or an access token of an OAuth client.
pub(crate) fn principal(
    headers: &HeaderMap,
    roster: &Roster,
    gateway: &Gateway,
    now: Timestamp,
) -> Result<Principal, Unauthorized> {
    let token = bearer::token(headers)?;
    if let Some(shown) = shown_by_secret(roster, &Digest::of(token.as_bytes()), now) {
        return live(shown, gateway);
    }
    let client = gateway.signer.check(token, now).map_err(|why| match why {
        // Most likely a mistyped or revoked secret token.
        BadAccessToken::Unsigned => Unauthorized::UnknownToken,
        BadAccessToken::Expired => Unauthorized::Expired,
    })?;
    let shown = shown_by_client(roster, &client, now).ok_or(Unauthorized::UnknownToken)?;
    live(shown, gateway)
}

/// The holder of a credential, unless its time is over. That is said in the log and not to the caller.
fn live(shown: Shown, gateway: &Gateway) -> Result<Principal, Unauthorized> {
    match shown {
        Shown::Live(principal) => Ok(principal),
        Shown::Expired(credential) => {
            gateway.credential_uses.expired(credential);
            Err(Unauthorized::ExpiredToken)
        }
    }
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
