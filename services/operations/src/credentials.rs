//! OAuth clients, API tokens, and the end of any credential.

use access::CommandError;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use eventlog::ids;
use events::{BookingSource, CredentialId, Purpose, Scope, Scopes, Tenant};
use jiff::Timestamp;
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

/// Issues a credential and returns its secret, which is not stored.
pub(crate) async fn issue(
    api: &OperatorApi,
    operator: &Operator,
    tenant: &Tenant,
    purpose: Purpose,
    prefix: &str,
    label: Option<String>,
) -> Result<(CredentialId, String), CommandError> {
    let credential = CredentialId(ids::uuid_v7());
    let (secret, secret_digest) = ids::secret(prefix);
    let intent = move |_: &_| {
        let (purpose, label) = (purpose.clone(), label.clone());
        Ok(Intent::IssueCredential { credential, purpose, secret_digest, label })
    };
    operator.execute(api, tenant, intent).await?;
    Ok((credential, secret))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewClient {
    label: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct IssuedClient {
    tenant: String,
    scim_base_url: String,
    token_url: String,
    client_id: CredentialId,
    /// Shown this once.
    client_secret: String,
}

pub(crate) async fn issue_client(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path(slug): Path<String>,
    Body(NewClient { label }): Body<NewClient>,
) -> Result<(StatusCode, Json<IssuedClient>), CommandError> {
    let slug = tenant(&slug)?;
    let (client_id, client_secret) =
        issue(&api, &operator, &slug, Purpose::OauthClient, PREFIX_CLIENT, label).await?;
    let issued = IssuedClient {
        tenant: slug.to_string(),
        scim_base_url: api.url.scim(&slug),
        token_url: api.url.token(),
        client_id,
        client_secret,
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
    let (credential_id, api_token) =
        issue(&api, &operator, &slug, purpose, PREFIX_API, label).await?;
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
    revoked: bool,
}

pub(crate) async fn list(
    State(api): State<OperatorApi>,
    _: Operator,
    Path(slug): Path<String>,
) -> Result<Json<Vec<CredentialSummary>>, CommandError> {
    let slug = tenant(&slug)?;
    let roster = api.access.current_roster().await?;
    let summary = |credential: &roster::Credential| CredentialSummary {
        credential_id: credential.id,
        purpose: credential.purpose.clone(),
        label: credential.label.clone(),
        issued_at: credential.issued_at,
        revoked: credential.revoked,
    };
    Ok(Json(known(&roster, &slug)?.credentials().map(summary).collect()))
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
