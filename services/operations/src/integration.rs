//! Activating a tenant's SCIM integration, and its secret token.

use access::CommandError;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use eventlog::{clock, ids};
use events::{CredentialId, IntegrationId, IntegrationProfile, Purpose, Tenant};
use jiff::Timestamp;
use roster::{Intent, TenantRoster};
use serde::{Deserialize, Serialize};
use web::json_body::Body;

use crate::caller::{Operator, tenant};
use crate::credentials::{Expiry, NewCredential, issue};
use crate::operator_api::OperatorApi;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Activation {
    profile: IntegrationProfile,
    /// Of the secret token, if one is made.
    #[serde(default)]
    expires_in_days: Expiry,
}

/// What an administrator copies into Entra.
#[derive(Debug, Serialize)]
pub(crate) struct Activated {
    tenant: String,
    profile: &'static str,
    scim_base_url: String,
    token_url: String,
    api_base_url: String,
    /// Shown this once. None for Benefits, whose client credentials are issued on their own, and
    /// none when a secret token is live already: rotate it to get another.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credential_id: Option<CredentialId>,
    /// When the token expires, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
}

pub(crate) async fn activate(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path(slug): Path<String>,
    Body(Activation { profile, expires_in_days }): Body<Activation>,
) -> Result<Json<Activated>, CommandError> {
    let slug = tenant(&slug)?;
    let new = NewCredential::secret_token(expires_in_days)?;
    let integration = IntegrationId(ids::uuid_v7());
    let intent = move |_: &_| Ok(Intent::ActivateIntegration { integration, profile });
    operator.execute(&api, &slug, intent).await?;
    let secret = match profile {
        IntegrationProfile::Workplace if !has_secret_token(&api, &slug).await? => {
            Some(issue(&api, &operator, &slug, new).await?)
        }
        IntegrationProfile::Workplace | IntegrationProfile::Benefits => None,
    };
    Ok(Json(activated(&api, &slug, profile, secret)))
}

pub(crate) async fn deactivate(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path(slug): Path<String>,
) -> Result<StatusCode, CommandError> {
    let intent = |_: &_| Ok(Intent::DeactivateIntegration);
    operator.execute(&api, &tenant(&slug)?, intent).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn has_secret_token(api: &OperatorApi, tenant: &Tenant) -> Result<bool, CommandError> {
    let (roster, now) = (api.access.current_roster().await?, clock::now());
    let mut credentials = roster.tenant(tenant).into_iter().flat_map(TenantRoster::credentials);
    Ok(credentials.any(|one| one.purpose == Purpose::SecretToken && one.is_live(now)))
}

pub(crate) fn activated(
    api: &OperatorApi,
    tenant: &Tenant,
    profile: IntegrationProfile,
    secret: Option<(CredentialId, String)>,
) -> Activated {
    let (credential_id, secret_token) = secret.unzip();
    let roster = api.access.writer().roster();
    let issued = credential_id.and_then(|id| roster.credential(&id));
    Activated {
        tenant: tenant.to_string(),
        profile: profile.as_str(),
        scim_base_url: api.url.scim(tenant),
        token_url: api.url.token(),
        api_base_url: api.url.api(tenant),
        secret_token,
        credential_id,
        expires_at: issued.and_then(|(_, issued)| issued.expires_at),
    }
}
