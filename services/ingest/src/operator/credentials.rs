//! OAuth clients, API tokens, and the end of any credential.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use eventlog::ids;
use events::{CredentialId, Purpose, Scope, Scopes, Tenant};
use jiff::Timestamp;
use roster::Intent;
use serde::{Deserialize, Serialize};

use super::caller::{Operator, known, tenant};
use crate::input::{Body, id};
use crate::problem::Problem;
use crate::state::Gateway;

/// Prefixes tell a secret scanner, and a human, what was found.
pub(super) const PREFIX_SECRET: &str = "rcs_";
const PREFIX_CLIENT: &str = "rcc_";
const PREFIX_API: &str = "rct_";

/// Issues a credential and returns its secret, which is not stored.
pub(super) async fn issue(
    gateway: &Gateway,
    operator: &Operator,
    tenant: &Tenant,
    purpose: Purpose,
    prefix: &str,
    label: Option<String>,
) -> Result<(CredentialId, String), Problem> {
    let credential = CredentialId(ids::uuid_v7());
    let (secret, secret_digest) = ids::secret(prefix);
    let wish = move |_: &_| {
        let (purpose, label) = (purpose.clone(), label.clone());
        Ok(Intent::IssueCredential { credential, purpose, secret_digest, label })
    };
    operator.fulfil(gateway, tenant, wish).await?;
    Ok((credential, secret))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewClient {
    label: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct IssuedClient {
    tenant: String,
    scim_base_url: String,
    token_url: String,
    client_id: CredentialId,
    /// Shown this once.
    client_secret: String,
}

pub(super) async fn issue_client(
    State(gateway): State<Gateway>,
    operator: Operator,
    Path(slug): Path<String>,
    Body(NewClient { label }): Body<NewClient>,
) -> Result<(StatusCode, Json<IssuedClient>), Problem> {
    let slug = tenant(&slug)?;
    let (client_id, client_secret) =
        issue(&gateway, &operator, &slug, Purpose::OauthClient, PREFIX_CLIENT, label).await?;
    let issued = IssuedClient {
        tenant: slug.to_string(),
        scim_base_url: gateway.scim_base_url(&slug),
        token_url: gateway.token_url(),
        client_id,
        client_secret,
    };
    Ok((StatusCode::CREATED, Json(issued)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewToken {
    scopes: Vec<String>,
    label: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct IssuedToken {
    tenant: String,
    api_base_url: String,
    credential_id: CredentialId,
    scopes: Scopes,
    /// Shown this once.
    api_token: String,
}

pub(super) async fn issue_token(
    State(gateway): State<Gateway>,
    operator: Operator,
    Path(slug): Path<String>,
    Body(NewToken { scopes, label }): Body<NewToken>,
) -> Result<(StatusCode, Json<IssuedToken>), Problem> {
    let slug = tenant(&slug)?;
    let scopes = scopes.iter().map(|scope| scope.parse::<Scope>()).collect::<Result<Scopes, _>>();
    let scopes = scopes.map_err(|error| Problem::Malformed(error.to_string()))?;
    let purpose = Purpose::ApiToken { scopes: scopes.clone() };
    let (credential_id, api_token) =
        issue(&gateway, &operator, &slug, purpose, PREFIX_API, label).await?;
    let api_base_url = gateway.api_base_url(&slug);
    let tenant = slug.to_string();
    let issued = IssuedToken { tenant, api_base_url, credential_id, scopes, api_token };
    Ok((StatusCode::CREATED, Json(issued)))
}

/// A credential as operators see it: never its secret.
#[derive(Debug, Serialize)]
pub(super) struct CredentialSummary {
    credential_id: CredentialId,
    #[serde(flatten)]
    purpose: Purpose,
    label: Option<String>,
    issued_at: Timestamp,
    revoked: bool,
}

pub(super) async fn list(
    State(gateway): State<Gateway>,
    _: Operator,
    Path(slug): Path<String>,
) -> Result<Json<Vec<CredentialSummary>>, Problem> {
    let slug = tenant(&slug)?;
    let roster = gateway.current_roster().await?;
    let summary = |credential: &roster::Credential| CredentialSummary {
        credential_id: credential.id,
        purpose: credential.purpose.clone(),
        label: credential.label.clone(),
        issued_at: credential.issued_at,
        revoked: credential.revoked,
    };
    Ok(Json(known(&roster, &slug)?.credentials().map(summary).collect()))
}

pub(super) async fn revoke(
    State(gateway): State<Gateway>,
    operator: Operator,
    Path((slug, text)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let credential = id("credential", &text)?;
    let wish = move |_: &_| Ok(Intent::RevokeCredential { credential });
    operator.fulfil(&gateway, &tenant(&slug)?, wish).await?;
    Ok(StatusCode::NO_CONTENT)
}
