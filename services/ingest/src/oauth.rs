//! `POST /oauth/token`: the client-credentials grant (RFC 6749 §4.4).

mod error;
mod form;
mod response;

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eventlog::clock;
use events::{CredentialId, Digest, Purpose};
use jiff::{SignedDuration, Timestamp};
use percent_encoding::percent_decode_str;
use roster::Credential;
use serde_json::json;
use web::content_coding;

pub(crate) use self::error::TokenError;
use self::form::Form;
use self::response::respond;
use crate::access_token::LIFETIME;
use crate::state::Gateway;

/// The path of the token endpoint.
pub(crate) const PATH: &str = access::PublicUrl::TOKEN;

/// Bytes of a form: a grant type, a scope, an id and a secret are far smaller.
const MAX_FORM_BYTES: usize = 8 << 10;

/// The only scope there is: provisioning through SCIM.
const SCOPE: &str = "scim";

/// Grants an access token to an OAuth client.
///
/// The client shows its id and secret in a Basic header, or in the form (RFC 6749 §2.3.1). What the
/// headers say is judged before the body is awaited.
pub(crate) async fn token(
    State(gateway): State<Gateway>,
    request: Request,
) -> Result<Response, TokenError> {
    let (parts, body) = request.into_parts();
    let in_header = if parts.headers.contains_key(header::AUTHORIZATION) {
        let candidates = basic(&parts.headers).unwrap_or_default();
        let client = authenticate(&gateway, &candidates, &parts.extensions)?;
        Some((client, candidates))
    } else {
        None
    };
    content_coding::check(&parts.headers).map_err(|_| TokenError::Encoded)?;
    let limit = MAX_FORM_BYTES.min(gateway.access.body_limit());
    let body = to_bytes(body, limit).await.map_err(|error| TokenError::unread(&error, limit))?;
    let form = Form::parse(&parts.headers, &body)?;
    match form.get("grant_type") {
        Some("client_credentials") => {}
        Some(_) => return Err(TokenError::OtherGrantType),
        None => return Err(TokenError::NoGrantType),
    }
    let client = match (in_header, form.client()) {
        // Both is one too many (§2.3), unless they say the same.
        (Some((_, candidates)), Some(client)) if !candidates.contains(&client) => {
            return Err(TokenError::TwoClients);
        }
        (Some((client, _)), _) => client,
        (None, Some(client)) => authenticate(&gateway, &[client], &parts.extensions)?,
        (None, None) => return Err(TokenError::NoClient),
    };
    let now = clock::now();
    let mut granted = json!({
        "access_token": gateway.signer.issue(client.id, now),
        "token_type": "Bearer",
        "expires_in": lifetime(client.expires_at, now).as_secs(),
    });
    // RFC 6749 §5.1: the scope is in the answer if it differs from the one that was asked for.
    if form.get("scope").is_some_and(|scope| scope != SCOPE) {
        granted["scope"] = SCOPE.into();
    }
    Ok(respond(StatusCode::OK, &granted))
}

/// For how long a token is good whose client expires then: it opens nothing after that.
fn lifetime(expires_at: Option<Timestamp>, now: Timestamp) -> SignedDuration {
    expires_at.map_or(LIFETIME, |expires| LIFETIME.min(expires.duration_since(now)))
}

/// The live OAuth client that one of the `candidates`, each an id and a secret, is.
fn authenticate(
    gateway: &Gateway,
    candidates: &[(String, String)],
    about: &Extensions,
) -> Result<Credential, TokenError> {
    let (roster, now) = (gateway.access.writer().roster(), clock::now());
    for (id, secret) in candidates {
        let Ok(id) = id.parse::<CredentialId>() else { continue };
        let Some((tenant, credential)) = roster.credential(&id) else { continue };
        let matches = credential.purpose == Purpose::OauthClient
            && !credential.revoked
            && credential.secret_digest == Digest::of(secret.as_bytes());
        if matches && credential.has_expired(now) {
            gateway.credential_uses.expired(id);
            return Err(TokenError::UnknownClient);
        }
        if matches {
            gateway.credential_uses.seen(tenant, id, now);
            let active = roster.tenant(tenant).is_some_and(access::is_active);
            gateway.access.counts().request(tenant, about)?;
            return if active { Ok(credential.clone()) } else { Err(TokenError::Inactive) };
        }
    }
    gateway.access.counts().failure(PATH, about)?;
    Err(TokenError::UnknownClient)
}

/// Id and secret from a Basic header. §2.3.1 demands both form-urlencoded first, which not every
/// client does: both readings are candidates.
fn basic(headers: &HeaderMap) -> Option<Vec<(String, String)>> {
    let header = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decoded = |text: &str| {
        percent_decode_str(&text.replace('+', " ")).decode_utf8().ok().map(String::from)
    };
    let mut candidates = vec![(id.to_owned(), secret.to_owned())];
    candidates.extend(decoded(id).zip(decoded(secret)));
    Some(candidates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_told_to_be_good_for_no_longer_than_its_client() {
        let now = Timestamp::from_second(1_000).expect("a time");
        let told = |seconds: Option<i64>| {
            lifetime(seconds.map(|seconds| now + SignedDuration::from_secs(seconds)), now).as_secs()
        };
        assert_eq!([None, Some(86_400), Some(95)].map(told), [3_600, 3_600, 95]);
    }
}
