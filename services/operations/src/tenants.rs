//! Creating and listing tenants.

use access::CommandError;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use eventlog::{StreamName, ids};
use events::{Tenant, TenantId};
use roster::{Intent, TenantRoster};
use serde::{Deserialize, Serialize};
use web::Problem;
use web::json_body::Body;

use crate::caller::{Operator, tenant};
use crate::operator_api::OperatorApi;

/// What is below `/api/v1` and no tenant, so far as it could be a slug.
const RESERVED: [&str; 1] = ["contract"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTenant {
    tenant: String,
    /// On which stream; where it is not said, on that of whoever is asked.
    #[serde(default)]
    stream: Option<StreamName>,
}

/// A tenant as operators see it.
#[derive(Debug, Serialize)]
pub(crate) struct TenantSummary {
    tenant: String,
    /// By which metrics know it.
    tenant_id: Option<TenantId>,
    scim_base_url: String,
    api_base_url: String,
    /// `workplace` or `benefits`; none before the first activation.
    profile: Option<&'static str>,
    active: bool,
    people: usize,
    groups: usize,
}

pub(crate) async fn create(
    State(api): State<OperatorApi>,
    operator: Operator,
    Body(body): Body<NewTenant>,
) -> Result<(StatusCode, Json<TenantSummary>), CommandError> {
    let slug = tenant(&body.tenant)?;
    is_free(&slug)?;
    placed_here(&api, &slug, body.stream).await?;
    let id = TenantId(ids::uuid_v7());
    let intent = move |_: &_| Ok(Intent::NewTenant { tenant: id });
    operator.execute(&api, &slug, intent).await?;
    let made = summary(&api, &slug, &TenantRoster::default());
    let made = TenantSummary { tenant_id: Some(id), ..made };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Refuses a slug at whose place the gateway has something else.
fn is_free(slug: &Tenant) -> Result<(), Problem> {
    if !RESERVED.contains(&slug.as_str()) {
        return Ok(());
    }
    let detail =
        format!("{slug} is reserved: /api/v1/{slug} is Rollcall's own; choose another slug");
    Err(Problem::malformed(detail))
}

/// Places a tenant on this stream, or says where it is or would be.
async fn placed_here(
    api: &OperatorApi,
    slug: &Tenant,
    wanted: Option<StreamName>,
) -> Result<(), Problem> {
    let own = api.placement.stream();
    if let Some(wanted) = wanted.filter(|wanted| wanted != own) {
        let detail = format!("this gateway makes tenants on the stream {own}; ask one of {wanted}");
        return Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, detail));
    }
    let placed = api.placement.claim(slug).await.map_err(|_| {
        let detail = "it cannot be seen on which streams tenants are; try again";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("2"))
    })?;
    placed.map_or(Ok(()), |other| {
        let detail = format!("the tenant {slug} is on the stream {other}; choose another slug");
        Err(Problem::new(StatusCode::CONFLICT, detail))
    })
}

pub(crate) async fn list(
    State(api): State<OperatorApi>,
    operator: Operator,
) -> Result<Json<Vec<TenantSummary>>, CommandError> {
    let roster = api.access.current_roster().await?;
    let all = roster.tenants().filter(|(slug, _)| operator.own().is_none_or(|own| own == *slug));
    Ok(Json(all.map(|(slug, tenant)| summary(&api, slug, tenant)).collect()))
}

fn summary(api: &OperatorApi, slug: &events::Tenant, tenant: &TenantRoster) -> TenantSummary {
    TenantSummary {
        tenant: slug.to_string(),
        tenant_id: tenant.id(),
        scim_base_url: api.url.scim(slug),
        api_base_url: api.url.api(slug),
        profile: tenant.integration().map(|integration| integration.profile.as_str()),
        active: access::is_active(tenant),
        people: tenant.people().present(),
        groups: tenant.groups().count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_at_whose_place_there_is_something_else_is_reserved() {
        let refused = is_free(&"contract".parse().unwrap()).unwrap_err();
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert!(refused.detail.contains("reserved"), "{}", refused.detail);
        is_free(&"contracts".parse().unwrap()).expect("a tenant's");
    }
}
