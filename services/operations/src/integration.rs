//! Activating a tenant's SCIM integration, and its secret token.

use access::CommandError;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use eventlog::ids;
use events::{CredentialId, IntegrationId, IntegrationProfile, Purpose, Tenant};
use roster::{Intent, TenantRoster};
use serde::{Deserialize, Serialize};
use web::json_body::Body;

use crate::caller::{Operator, tenant};
use crate::credentials::{PREFIX_SECRET, issue};
use crate::operator_api::OperatorApi;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Activation {
    profile: IntegrationProfile,
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
}

pub(crate) async fn activate(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path(slug): Path<String>,
    Body(Activation { profile }): Body<Activation>,
) -> Result<Json<Activated>, CommandError> {
    let slug = tenant(&slug)?;
    let integration = IntegrationId(ids::uuid_v7());
    let intent = move |_: &_| Ok(Intent::ActivateIntegration { integration, profile });
    operator.execute(&api, &slug, intent).await?;
    let secret = match profile {
        IntegrationProfile::Workplace if secret_tokens(&api, &slug).await?.is_empty() => {
            Some(issue(&api, &operator, &slug, Purpose::SecretToken, PREFIX_SECRET, None).await?)
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

/// Gives out another secret token. The newest of the earlier ones lives on until it is revoked, or
/// until the next rotation, so that Entra can be given the new one without a gap.
pub(crate) async fn rotate(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path(slug): Path<String>,
) -> Result<Json<Activated>, CommandError> {
    let slug = tenant(&slug)?;
    let mut live = secret_tokens(&api, &slug).await?;
    live.pop();
    for credential in live {
        let intent = move |_: &_| Ok(Intent::RevokeCredential { credential });
        operator.execute(&api, &slug, intent).await?;
    }
    let secret = issue(&api, &operator, &slug, Purpose::SecretToken, PREFIX_SECRET, None).await?;
    let roster = api.access.writer().roster();
    let integration = roster.tenant(&slug).and_then(TenantRoster::integration);
    let profile = integration.map_or(IntegrationProfile::Workplace, |known| known.profile);
    Ok(Json(activated(&api, &slug, profile, Some(secret))))
}

/// The live secret tokens, oldest first by the log.
async fn secret_tokens(
    api: &OperatorApi,
    tenant: &Tenant,
) -> Result<Vec<CredentialId>, CommandError> {
    let roster = api.access.current_roster().await?;
    let credentials = roster.tenant(tenant).into_iter().flat_map(TenantRoster::credentials);
    let live = |one: &&roster::Credential| !one.revoked && one.purpose == Purpose::SecretToken;
    Ok(credentials.filter(live).map(|credential| credential.id).collect())
}

fn activated(
    api: &OperatorApi,
    tenant: &Tenant,
    profile: IntegrationProfile,
    secret: Option<(CredentialId, String)>,
) -> Activated {
    let (credential_id, secret_token) = secret.unzip();
    Activated {
        tenant: tenant.to_string(),
        profile: profile.as_str(),
        scim_base_url: api.url.scim(tenant),
        token_url: api.url.token(),
        api_base_url: api.url.api(tenant),
        secret_token,
        credential_id,
    }
}
