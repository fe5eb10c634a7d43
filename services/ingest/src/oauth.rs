//! `POST /oauth/token`: the client-credentials grant (RFC 6749 §4.4).

use std::collections::HashSet;

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eventlog::clock;
use events::{CredentialId, Digest, Purpose};
use percent_encoding::percent_decode_str;
use serde_json::json;
use web::Rejection;
use web::content_coding;

use crate::access_token::LIFETIME;
use crate::state::Gateway;

pub(crate) const PATH: &str = access::PublicUrl::TOKEN;

/// Bytes of a form: a grant type, a scope, an id and a secret are far smaller.
const LARGEST_FORM: usize = 8 << 10;

/// The only scope there is: provisioning through SCIM.
const SCOPE: &str = "scim";

/// The errors of RFC 6749 §5.2, each with what the client should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadTokenRequest {
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error("the body is larger than {0} bytes; send the parameters and nothing else")]
    TooLarge(usize),
    #[error("the body could not be read to its end; send the request again")]
    CutOff,
    #[error("the body is in a content coding; send it as it is, without Content-Encoding")]
    Encoded,
    #[error("send the parameters as application/x-www-form-urlencoded")]
    NotAForm,
    #[error("grant_type is missing; it must be client_credentials")]
    NoGrantType,
    #[error("grant_type must be client_credentials")]
    OtherGrantType,
    #[error("a parameter is there twice")]
    Repeated,
    #[error("the Authorization header and the form name different clients; use one of them")]
    TwoClients,
    #[error("no client was named; send its id and secret in a Basic header or in the form")]
    NoClient,
    #[error("the client is unknown or revoked, or its secret is wrong")]
    UnknownClient,
    #[error("the tenant's integration is not active; an administrator can activate it")]
    Inactive,
}

/// Grants an access token to an OAuth client.
///
/// The client shows its id and secret in a Basic header, or in the form (RFC 6749 §2.3.1). What the
/// headers say is judged before the body is awaited.
pub(crate) async fn token(
    State(gateway): State<Gateway>,
    request: Request,
) -> Result<Response, BadTokenRequest> {
    let (parts, body) = request.into_parts();
    let in_header = if parts.headers.contains_key(header::AUTHORIZATION) {
        let candidates = basic(&parts.headers).unwrap_or_default();
        let client = authenticate(&gateway, &candidates, &parts.extensions)?;
        Some((client, candidates))
    } else {
        None
    };
    content_coding::check(&parts.headers).map_err(|_| BadTokenRequest::Encoded)?;
    let limit = LARGEST_FORM.min(gateway.access.body_limit());
    let body =
        to_bytes(body, limit).await.map_err(|error| BadTokenRequest::unread(&error, limit))?;
    let form = Form::read(&parts.headers, &body)?;
    match form.one("grant_type") {
        Some("client_credentials") => {}
        Some(_) => return Err(BadTokenRequest::OtherGrantType),
        None => return Err(BadTokenRequest::NoGrantType),
    }
    let client = match (in_header, form.client()) {
        // Both is one too many (§2.3), unless they say the same.
        (Some((_, candidates)), Some(client)) if !candidates.contains(&client) => {
            return Err(BadTokenRequest::TwoClients);
        }
        (Some((client, _)), _) => client,
        (None, Some(client)) => authenticate(&gateway, &[client], &parts.extensions)?,
        (None, None) => return Err(BadTokenRequest::NoClient),
    };
    let mut granted = json!({
        "access_token": gateway.signer.issue(client, clock::now()),
        "token_type": "Bearer",
        "expires_in": LIFETIME.as_secs(),
    });
    // RFC 6749 §5.1: the scope is told when it differs from what was asked for.
    if form.one("scope").is_some_and(|scope| scope != SCOPE) {
        granted["scope"] = SCOPE.into();
    }
    Ok(answer(StatusCode::OK, &granted))
}

/// The live OAuth client that one of the `candidates`, each an id and a secret, is.
fn authenticate(
    gateway: &Gateway,
    candidates: &[(String, String)],
    about: &Extensions,
) -> Result<CredentialId, BadTokenRequest> {
    let roster = gateway.access.writer().roster();
    for (id, secret) in candidates {
        let Ok(id) = id.parse::<CredentialId>() else { continue };
        let Some((tenant, credential)) = roster.credential(&id) else { continue };
        let matches = credential.purpose == Purpose::OauthClient
            && !credential.revoked
            && credential.secret_digest == Digest::of(secret.as_bytes());
        if matches {
            let active = roster.tenant(tenant).is_some_and(access::is_active);
            gateway.access.counts().request(tenant, about)?;
            return if active { Ok(id) } else { Err(BadTokenRequest::Inactive) };
        }
    }
    gateway.access.counts().failure(PATH, about)?;
    Err(BadTokenRequest::UnknownClient)
}

/// Id and secret from a Basic header. §2.3.1 wants both form-urlencoded first, which not every
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

/// The parameters of the request; each at most once (§3.2).
struct Form(Vec<(String, String)>);

impl Form {
    fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, BadTokenRequest> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let essence = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(BadTokenRequest::NotAForm);
        }
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_bytes(body).map_err(|_| BadTokenRequest::NotAForm)?;
        let names: HashSet<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        let is_repeated = names.len() < pairs.len();
        if is_repeated { Err(BadTokenRequest::Repeated) } else { Ok(Self(pairs)) }
    }

    /// The id and secret of a client, if there is a secret.
    fn client(&self) -> Option<(String, String)> {
        let secret = self.one("client_secret")?;
        Some((self.one("client_id").unwrap_or_default().to_owned(), secret.to_owned()))
    }

    /// A parameter's value; one without a value counts as left out (§3.2).
    fn one(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(its_name, _)| its_name == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }
}

impl BadTokenRequest {
    /// Why a body could not be read to its end.
    fn unread(error: &axum::Error, limit: usize) -> Self {
        if let Some(rejection) = Rejection::beneath(error) {
            return rejection.into();
        }
        let cause = std::error::Error::source(error);
        let too_large =
            cause.is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>);
        if too_large { Self::TooLarge(limit) } else { Self::CutOff }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::Rejected(why) => why.status(),
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Encoded => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NoClient | Self::UnknownClient => StatusCode::UNAUTHORIZED,
            Self::CutOff
            | Self::NotAForm
            | Self::NoGrantType
            | Self::OtherGrantType
            | Self::Repeated
            | Self::TwoClients
            | Self::Inactive => StatusCode::BAD_REQUEST,
        }
    }

    fn code(self) -> &'static str {
        match self {
            // The RFC has no word for these; this one says that they pass (§4.1.2.1).
            Self::Rejected(why) if why.retry_after().is_some() => "temporarily_unavailable",
            Self::OtherGrantType => "unsupported_grant_type",
            Self::NoClient | Self::UnknownClient => "invalid_client",
            Self::Inactive => "unauthorized_client",
            Self::Rejected(_)
            | Self::TooLarge(_)
            | Self::Encoded
            | Self::CutOff
            | Self::NotAForm
            | Self::NoGrantType
            | Self::Repeated
            | Self::TwoClients => "invalid_request",
        }
    }
}

impl IntoResponse for BadTokenRequest {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.code(), "error_description": self.to_string() });
        let mut response = answer(self.status(), &body);
        let headers = response.headers_mut();
        if self.status() == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static(r#"Basic realm="rollcall", charset="UTF-8""#);
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if self == Self::Encoded {
            headers.insert(header::ACCEPT_ENCODING, content_coding::ACCEPTED);
        }
        if let Self::Rejected(why) = self
            && let Some(seconds) = why.retry_after()
        {
            headers.insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

/// §5.1: tokens and errors alike must not be stored on the way.
fn answer(status: StatusCode, body: &serde_json::Value) -> Response {
    let no_store = [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
    (status, no_store, axum::Json(body)).into_response()
}
