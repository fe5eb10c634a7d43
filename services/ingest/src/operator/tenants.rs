//! Creating and listing tenants.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use eventlog::ids;
use events::TenantId;
use roster::{Intent, TenantRoster};
use serde::{Deserialize, Serialize};

use super::caller::{Operator, tenant};
use crate::input::Body;
use crate::problem::Problem;
use crate::state::Gateway;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTenant {
    tenant: String,
}

/// A tenant as operators see it.
#[derive(Debug, Serialize)]
pub(super) struct TenantSummary {
    tenant: String,
    scim_base_url: String,
    api_base_url: String,
    /// `workplace` or `benefits`; none before the first activation.
    profile: Option<&'static str>,
    active: bool,
    people: usize,
    groups: usize,
}

pub(super) async fn create(
    State(gateway): State<Gateway>,
    operator: Operator,
    Body(body): Body<NewTenant>,
) -> Result<(StatusCode, Json<TenantSummary>), Problem> {
    let slug = tenant(&body.tenant)?;
    let id = TenantId(ids::uuid_v7());
    let wish = move |_: &_| Ok(Intent::NewTenant { tenant: id });
    operator.fulfil(&gateway, &slug, wish).await?;
    let made = summary(&gateway, &slug, &TenantRoster::default());
    Ok((StatusCode::CREATED, Json(made)))
}

pub(super) async fn list(
    State(gateway): State<Gateway>,
    _: Operator,
) -> Result<Json<Vec<TenantSummary>>, Problem> {
    let roster = gateway.current_roster().await?;
    Ok(Json(roster.tenants().map(|(slug, tenant)| summary(&gateway, slug, tenant)).collect()))
}

fn summary(gateway: &Gateway, slug: &events::Tenant, tenant: &TenantRoster) -> TenantSummary {
    TenantSummary {
        tenant: slug.to_string(),
        scim_base_url: gateway.scim_base_url(slug),
        api_base_url: gateway.api_base_url(slug),
        profile: tenant.integration().map(|integration| integration.profile.as_str()),
        active: crate::state::is_active(tenant),
        people: tenant.people().present(),
        groups: tenant.groups().count(),
    }
}
