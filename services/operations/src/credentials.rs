//! OAuth clients, API tokens, and the end of any credential.

use access::CommandError;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use eventlog::{clock, ids};
use events::{BookingSource, CredentialId, IssuedCredential, Purpose, Scope, Scopes, Tenant};
use jiff::{SignedDuration, Timestamp};
use roster::Intent;
use serde::{Deserialize, Serialize};
use web::json_body::Body;
use web::{Problem, path_id};

use crate::caller::{Operator, known, tenant};
use crate::operator_api::OperatorApi;

/// Prefixes tell a secret scanner, and a human, what was found.
pub(crate) const PREFIX_SECRET: &str = "rcs_";
const PREFIX_CLIENT: &str = "rcc_";
const PREFIX_API: &str = "rct_";

/// The longest time for which a credential is good, if it is not good for ever: ten years.
const MAX_DAYS: u32 = 3650;

/// Issues a credential and returns its secret, which is not stored.
pub(crate) async fn issue(
    api: &OperatorApi,
    operator: &Operator,
    tenant: &Tenant,
    new: NewCredential,
) -> Result<(CredentialId, String), CommandError> {
    let NewCredential { credential, purpose, prefix, label, expires_at } = new;
    let (secret, secret_digest) = ids::secret(prefix);
    let new =
        IssuedCredential { credential_id: credential, purpose, secret_digest, label, expires_at };
    let intent = move |_: &_| Ok(Intent::IssueCredential(new.clone()));
    operator.execute(api, tenant, intent).await?;
    Ok((credential, secret))
}

/// What is wanted of a credential that is to be issued.
pub(crate) struct NewCredential {
    credential: CredentialId,
    purpose: Purpose,
    prefix: &'static str,
    label: Option<String>,
    expires_at: Option<Timestamp>,
}

impl NewCredential {
    /// One for SCIM.
    pub(crate) fn secret_token(expiry: Expiry) -> Result<Self, Problem> {
        Ok(Self {
            credential: CredentialId(ids::uuid_v7()),
            purpose: Purpose::SecretToken,
            prefix: PREFIX_SECRET,
            label: None,
            expires_at: expiry.from(clock::now())?,
        })
    }
}

/// For how many days a credential is good; for ever, if that is left out.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Expiry(Option<u32>);

impl Expiry {
    /// When that is over.
    pub(crate) fn from(self, now: Timestamp) -> Result<Option<Timestamp>, Problem> {
        match self.0 {
            None => Ok(None),
            Some(days @ 1..=MAX_DAYS) => {
                Ok(Some(now + SignedDuration::from_hours(24 * i64::from(days))))
            }
            Some(days) => Err(Problem::malformed(format!(
                "expires_in_days: a credential cannot be good for {days} days; ask for 1 to {MAX_DAYS}, or leave \
                 it out for one that does not expire"
            ))),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewClient {
    label: Option<String>,
    #[serde(default)]
    expires_in_days: Expiry,
    /// The id that it is to have: who asks again with the same one does not make another.
    credential_id: Option<CredentialId>,
}

#[derive(Debug, Serialize)]
pub(crate) struct IssuedClient {
    tenant: String,
    scim_base_url: String,
    token_url: String,
    client_id: CredentialId,
    /// Shown this once.
    client_secret: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
}

pub(crate) async fn issue_client(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path(slug): Path<String>,
    Body(NewClient { label, expires_in_days, credential_id }): Body<NewClient>,
) -> Result<(StatusCode, Json<IssuedClient>), CommandError> {
    let slug = tenant(&slug)?;
    let expires_at = expires_in_days.from(clock::now())?;
    let credential = credential_id.unwrap_or_else(|| CredentialId(ids::uuid_v7()));
    let (purpose, prefix) = (Purpose::OauthClient, PREFIX_CLIENT);
    let new = NewCredential { credential, purpose, prefix, label, expires_at };
    let (client_id, client_secret) = issue(&api, &operator, &slug, new).await?;
    let issued = IssuedClient {
        tenant: slug.to_string(),
        scim_base_url: api.url.scim(&slug),
        token_url: api.url.token(),
        client_id,
        client_secret,
        expires_at,
    };
    Ok((StatusCode::CREATED, Json(issued)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    scopes: Vec<String>,
    /// The one source whose bookings it is for.
    source: Option<String>,
    label: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct IssuedToken {
    tenant: String,
    api_base_url: String,
    credential_id: CredentialId,
    scopes: Scopes,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<BookingSource>,
    /// Shown this once.
    api_token: String,
}

pub(crate) async fn issue_token(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path(slug): Path<String>,
    Body(NewToken { scopes, source, label }): Body<NewToken>,
) -> Result<(StatusCode, Json<IssuedToken>), CommandError> {
    let slug = tenant(&slug)?;
    let scopes = scopes.iter().map(|scope| scope.parse::<Scope>()).collect::<Result<Scopes, _>>();
    let scopes = scopes.map_err(|error| Problem::malformed(error.to_string()))?;
    let source = source.map(|name| name.parse::<BookingSource>()).transpose();
    let source = source.map_err(|error| Problem::malformed(error.to_string()))?;
    let purpose = Purpose::ApiToken { scopes: scopes.clone(), source: source.clone() };
    let credential = CredentialId(ids::uuid_v7());
    let new = NewCredential { credential, purpose, prefix: PREFIX_API, label, expires_at: None };
    let (credential_id, api_token) = issue(&api, &operator, &slug, new).await?;
    let api_base_url = api.url.api(&slug);
    let tenant = slug.to_string();
    let issued = IssuedToken { tenant, api_base_url, credential_id, scopes, source, api_token };
    Ok((StatusCode::CREATED, Json(issued)))
}

/// A credential as operators see it: never its secret.
#[derive(Debug, Serialize)]
pub(crate) struct CredentialSummary {
    credential_id: CredentialId,
    #[serde(flatten)]
    purpose: Purpose,
    label: Option<String>,
    issued_at: Timestamp,
    /// From then on it opens nothing; none, if it does not expire.
    expires_at: Option<Timestamp>,
    expired: bool,
    revoked: bool,
    /// When a gateway was shown it last, to the minute; none, if never. Not told of API tokens.
    last_used_at: Option<Timestamp>,
}

pub(crate) async fn list(
    State(api): State<OperatorApi>,
    _: Operator,
    Path(slug): Path<String>,
) -> Result<Json<Vec<CredentialSummary>>, CommandError> {
    let slug = tenant(&slug)?;
    let roster = api.access.current_roster().await?;
    let tenant = known(&roster, &slug)?;
    let (uses, now) = (api.credential_uses(&slug).await?, clock::now());
    let summary = |credential: &roster::Credential| CredentialSummary {
        credential_id: credential.id,
        purpose: credential.purpose.clone(),
        label: credential.label.clone(),
        issued_at: credential.issued_at,
        expires_at: credential.expires_at,
        expired: credential.has_expired(now),
        revoked: credential.revoked,
        last_used_at: uses.get(&credential.id).copied(),
    };
    Ok(Json(tenant.credentials().map(summary).collect()))
}

pub(crate) async fn revoke(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path((slug, text)): Path<(String, String)>,
) -> Result<StatusCode, CommandError> {
    let credential = path_id("credential", &text)?;
    let intent = move |_: &_| Ok(Intent::RevokeCredential { credential });
    operator.execute(&api, &tenant(&slug)?, intent).await?;
    Ok(StatusCode::NO_CONTENT)
}
