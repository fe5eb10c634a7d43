//! Activating a tenant's SCIM integration, and its secret token.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use eventlog::ids;
use events::{CredentialId, IntegrationId, IntegrationProfile, Purpose, Tenant};
use roster::{Intent, TenantRoster};
use serde::{Deserialize, Serialize};

use super::caller::{Operator, tenant};
use super::credentials::{PREFIX_SECRET, issue};
use crate::input::Body;
use crate::problem::Problem;
use crate::state::Gateway;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Activation {
    profile: IntegrationProfile,
}

/// What an administrator copies into Entra.
#[derive(Debug, Serialize)]
pub(super) struct Activated {
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

pub(super) async fn activate(
    State(gateway): State<Gateway>,
    operator: Operator,
    Path(slug): Path<String>,
    Body(Activation { profile }): Body<Activation>,
) -> Result<Json<Activated>, Problem> {
    let slug = tenant(&slug)?;
    let integration = IntegrationId(ids::uuid_v7());
    let wish = move |_: &_| Ok(Intent::ActivateIntegration { integration, profile });
    operator.fulfil(&gateway, &slug, wish).await?;
    let secret = match profile {
        IntegrationProfile::Workplace if secret_tokens(&gateway, &slug).await?.is_empty() => Some(
            issue(&gateway, &operator, &slug, Purpose::SecretToken, PREFIX_SECRET, None).await?,
        ),
        IntegrationProfile::Workplace | IntegrationProfile::Benefits => None,
    };
    Ok(Json(activated(&gateway, &slug, profile, secret)))
}

pub(super) async fn deactivate(
    State(gateway): State<Gateway>,
    operator: Operator,
    Path(slug): Path<String>,
) -> Result<StatusCode, Problem> {
    let wish = |_: &_| Ok(Intent::DeactivateIntegration);
    operator.fulfil(&gateway, &tenant(&slug)?, wish).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives out another secret token. The newest of the earlier ones lives on until it is revoked, or
/// until the next rotation, so that Entra can be told the new one without a gap.
pub(super) async fn rotate(
    State(gateway): State<Gateway>,
    operator: Operator,
    Path(slug): Path<String>,
) -> Result<Json<Activated>, Problem> {
    let slug = tenant(&slug)?;
    let mut live = secret_tokens(&gateway, &slug).await?;
    live.pop();
    for credential in live {
        let wish = move |_: &_| Ok(Intent::RevokeCredential { credential });
        operator.fulfil(&gateway, &slug, wish).await?;
    }
    let secret =
        issue(&gateway, &operator, &slug, Purpose::SecretToken, PREFIX_SECRET, None).await?;
    let roster = gateway.writer.roster();
    let integration = roster.tenant(&slug).and_then(TenantRoster::integration);
    let profile = integration.map_or(IntegrationProfile::Workplace, |known| known.profile);
    Ok(Json(activated(&gateway, &slug, profile, Some(secret))))
}

/// The live secret tokens, oldest first by the log.
async fn secret_tokens(gateway: &Gateway, tenant: &Tenant) -> Result<Vec<CredentialId>, Problem> {
    let roster = gateway.current_roster().await?;
    let credentials = roster.tenant(tenant).into_iter().flat_map(TenantRoster::credentials);
    let live = |one: &&roster::Credential| !one.revoked && one.purpose == Purpose::SecretToken;
    Ok(credentials.filter(live).map(|credential| credential.id).collect())
}

fn activated(
    gateway: &Gateway,
    tenant: &Tenant,
    profile: IntegrationProfile,
    secret: Option<(CredentialId, String)>,
) -> Activated {
    let (credential_id, secret_token) = secret.unzip();
    Activated {
        tenant: tenant.to_string(),
        profile: profile.as_str(),
        scim_base_url: gateway.scim_base_url(tenant),
        token_url: gateway.token_url(),
        api_base_url: gateway.api_base_url(tenant),
        secret_token,
        credential_id,
    }
}
