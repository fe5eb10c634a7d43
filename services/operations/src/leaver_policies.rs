//! What becomes of leavers' bookings by itself, which operators set as administrators do.

use access::CommandError;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use events::{LeaverPolicy, Tenant};
use roster::{Intent, LeaversIntent, Roster};
use serde::Serialize;
use web::json_body::Body;

use crate::caller::{Operator, known, tenant};
use crate::operator_api::OperatorApi;

/// The policy for a resource type.
#[derive(Debug, Serialize)]
pub(crate) struct ShownPolicy {
    resource_type: String,
    #[serde(flatten)]
    policy: LeaverPolicy,
    /// Who set it, by id.
    actor: String,
}

pub(crate) async fn list(
    State(api): State<OperatorApi>,
    _: Operator,
    Path(slug): Path<String>,
) -> Result<Json<Vec<ShownPolicy>>, CommandError> {
    let slug = tenant(&slug)?;
    let roster = api.access.current_roster().await?;
    shown(&roster, &slug).map(Json)
}

pub(crate) async fn set(
    State(api): State<OperatorApi>,
    operator: Operator,
    Path((slug, resource_type)): Path<(String, String)>,
    Body(policy): Body<LeaverPolicy>,
) -> Result<StatusCode, CommandError> {
    let intent = Intent::Leavers(LeaversIntent::SetPolicy { resource_type, policy });
    let intent = move |_: &Roster| Ok(intent.clone());
    operator.execute(&api, &tenant(&slug)?, intent).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn shown(roster: &Roster, slug: &Tenant) -> Result<Vec<ShownPolicy>, CommandError> {
    let policies = known(roster, slug)?.leaver_policies();
    let shown = policies.map(|(resource_type, set)| ShownPolicy {
        resource_type: resource_type.to_owned(),
        policy: set.policy,
        actor: set.actor.clone(),
    });
    Ok(shown.collect())
}
