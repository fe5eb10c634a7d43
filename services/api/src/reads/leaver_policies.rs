//! `GET /leaver-policies`: what becomes of leavers' bookings by itself.

use std::collections::BTreeMap;

use axum::extract::State;
use directory::Directory;
use events::{EmployeeId, LeaverPolicy, Scope, Standing};
use jiff::Timestamp;
use projector::Projection;
use retention::Retention;
use retention::queries::{Policy, leaver_policies, resource_types};
use serde::Serialize;
use utoipa::ToSchema;

use crate::leaver_policy::PolicyKind;
use crate::reads::caller::Caller;
use crate::reads::min_position::{MinPosition, MinPositionHeader};
use crate::reads::query::{NoQuery, QueryParams};
use crate::reads::read_api::ReadApi;
use crate::reads::read_error::ReadError;
use crate::reads::snapshot::Answer;

/// What becomes of leavers' bookings by itself. Those of other resource types are kept.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LeaverPolicies {
    /// By resource type.
    policies: Vec<ShownPolicy>,
    /// The resource types that bookings have, 200 at most.
    resource_types: Vec<String>,
}

/// The policy for one resource type.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShownPolicy {
    resource_type: String,
    kind: PolicyKind,
    /// With `cancel-after`: so many days after the departure.
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<u32>,
    /// With `hand-over`: the colleague.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    to: Option<EmployeeId>,
    /// Whether the colleague is Active; while they are not, the bookings are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    to_active: Option<bool>,
    #[schema(value_type = String, format = DateTime)]
    set_at: Timestamp,
    /// Who set it, by id.
    actor: String,
}

impl ShownPolicy {
    fn of(policy: Policy, standing: &BTreeMap<EmployeeId, Standing>) -> Self {
        let Policy { resource_type, policy, set_at, actor } = policy;
        let (kind, days, to) = match policy {
            LeaverPolicy::Keep => (PolicyKind::Keep, None, None),
            LeaverPolicy::CancelAfter { days } => (PolicyKind::CancelAfter, Some(days), None),
            LeaverPolicy::HandOver { to } => (PolicyKind::HandOver, None, Some(to)),
        };
        let to_active = to.map(|to| standing.get(&to) == Some(&Standing::Active));
        Self { resource_type, kind, days, to, to_active, set_at, actor }
    }
}

/// List what becomes of leavers' bookings
#[utoipa::path(
    get,
    path = "/api/v1/{tenant}/leaver-policies",
    operation_id = "listLeaverPolicies",
    tag = "leavers",
    params(MinPositionHeader),
    responses((status = OK, description = "The policies", body = LeaverPolicies)),
    security(("apiToken" = ["leavers:read"])),
)]
pub(crate) async fn list(
    State(api): State<ReadApi>,
    caller: Caller,
    min_position: MinPosition,
    QueryParams(NoQuery {}): QueryParams<NoQuery>,
) -> Result<Answer<LeaverPolicies>, ReadError> {
    caller.may(Scope::LeaversRead)?;
    let tenant = caller.tenant();
    let mut session =
        api.session(tenant, min_position, &[Directory::NAME, Retention::NAME]).await?;
    let snapshot = session.snapshot(tenant).await?;
    let policies = leaver_policies(&*snapshot, tenant).await?;
    let colleagues: Vec<EmployeeId> = policies
        .iter()
        .filter_map(|policy| match policy.policy {
            LeaverPolicy::HandOver { to } => Some(to),
            LeaverPolicy::Keep | LeaverPolicy::CancelAfter { .. } => None,
        })
        .collect();
    let colleagues = directory::queries::employees_by_id(&*snapshot, tenant, &colleagues).await?;
    let standing = colleagues.into_values().map(|one| (one.id, one.standing)).collect();
    let resource_types = resource_types(&*snapshot, tenant).await?;
    let policies = policies.into_iter().map(|policy| ShownPolicy::of(policy, &standing)).collect();
    Ok(snapshot.answer(LeaverPolicies { policies, resource_types }))
}
