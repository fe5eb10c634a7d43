//! The credentials that open a tenant's SCIM gateway, looked up in the roster.

use axum::http::HeaderMap;
use axum::http::request::Parts;
use events::{CredentialId, Digest, Purpose, Tenant};
use jiff::Timestamp;
use roster::Roster;
use web::{Rejection, Unauthorized, bearer};

use crate::access_token::{BadAccessToken, Signer};
use crate::state::Gateway;

/// The client of `tenant` that shows its secret token, or an access token of one of its OAuth
/// clients.
pub(crate) fn provisioner(
    headers: &HeaderMap,
    roster: &Roster,
    signer: &Signer,
    tenant: &Tenant,
    now: Timestamp,
) -> Result<CredentialId, Unauthorized> {
    let token = bearer::token(headers)?;
    if let Some((owner, credential)) = roster.credential_by_digest(&Digest::of(token.as_bytes())) {
        let opens = owner == tenant && credential.purpose == Purpose::SecretToken;
        return if opens { Ok(credential.id) } else { Err(Unauthorized::UnknownToken) };
    }
    let client = match signer.check(token, now) {
        Ok(client) => client,
        // Most likely a mistyped or revoked secret token.
        Err(BadAccessToken::Unsigned) => return Err(Unauthorized::UnknownToken),
        Err(BadAccessToken::Expired) => return Err(Unauthorized::Expired),
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
    if !why.is_guess() {
        return why.into();
    }
    match gateway.access.counts().failure(door, &parts.extensions) {
        Ok(()) => why.into(),
        Err(throttled) => throttled.into(),
    }
}
