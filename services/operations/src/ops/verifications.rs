//! `/ops/v1/verifications`: whether live read models are what the log makes.

use acts::{Role, Verification, VerifyOutcome};
use axum::extract::State;
use axum::http::StatusCode;
use eventlog::clock;
use events::Tenant;
use jiff::{SignedDuration, Timestamp};
use projector::ReadModel;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::Problem;
use web::json_body::Body;

use super::known_tenant::check_known;
use super::{Answer, Answered, Caller, OpsError};
use crate::operations::Operations;
use crate::ops::extract::Path;
use crate::verify;

/// How long it may take to begin.
const JUST_BEGUN: SignedDuration = SignedDuration::from_secs(20);

/// What is to be verified.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    projection: String,
    tenant: Option<String>,
}

/// A verification of a live read model.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct VerificationAnswer {
    /// What names it.
    id: u64,
    projection: String,
    /// Whose rows; null: everybody's.
    tenant: Option<String>,
    state: VerificationState,
    started_at: Timestamp,
    /// Who asked for it: `root`, `operator:` and a name, or `program`.
    by: String,
    ended_at: Option<Timestamp>,
    /// What was found.
    result: Option<VerifyOutcome>,
}

/// How far a verification is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum VerificationState {
    /// It is under way.
    Running,
    /// It is known what was found.
    Ended,
    /// The process that did it is gone; ask again.
    Lost,
}

impl Answer for VerificationAnswer {
    const SCHEMA: &'static str = "rollcall.verify.v1";
}

/// The last verifications, the oldest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct VerificationList {
    verifications: Vec<VerificationAnswer>,
}

impl Answer for VerificationList {
    const SCHEMA: &'static str = "rollcall.verifications.v1";
}

pub(crate) async fn begin(
    State(ops): State<Operations>,
    caller: Caller,
    Body(asked): Body<Asked>,
) -> Result<(StatusCode, Answered<VerificationAnswer>), OpsError> {
    caller.may(Role::ReplayRun)?;
    let model = projection(&ops, &asked.projection)?;
    let tenant = asked.tenant.as_deref().map(str::parse::<Tenant>).transpose();
    let tenant = tenant.map_err(|error| Problem::malformed(format!("tenant: {error}")))?;
    if let Some(tenant) = &tenant {
        check_known(ops.log(), tenant).await?;
    }
    let id = verify::begin(&ops, &caller.by, model, tenant, |_| true).await?;
    let state = ops.acts().state();
    let begun = id.and_then(|id| state.verifications.get(id));
    let begun = begun.ok_or_else(|| OpsError::not_found("the verification is not known"))?;
    Ok((StatusCode::ACCEPTED, Answered(answer(begun, true))))
}

pub(crate) async fn show(
    State(ops): State<Operations>,
    caller: Caller,
    Path(id): Path<u64>,
) -> Result<Answered<VerificationAnswer>, OpsError> {
    caller.may(Role::OpsRead)?;
    let mut state = ops.acts().current().await?;
    let unknown =
        || OpsError::not_found(format!("there is no verification {id}, or it is forgotten"));
    let mut found = state.verifications.get(id).cloned().ok_or_else(unknown)?;
    let mut running = false;
    if found.ended.is_none() {
        running = is_running(&ops, &found).await?;
        // It may have ended while we asked.
        state = ops.acts().current().await?;
        found = state.verifications.get(id).cloned().ok_or_else(unknown)?;
    }
    Ok(Answered(answer(&found, running)))
}

pub(crate) async fn list(
    State(ops): State<Operations>,
    caller: Caller,
) -> Result<Answered<VerificationList>, OpsError> {
    caller.may(Role::OpsRead)?;
    let state = ops.acts().current().await?;
    let mut verifications = Vec::new();
    for found in state.verifications.iter() {
        let running = found.ended.is_none() && is_running(&ops, found).await?;
        verifications.push(answer(found, running));
    }
    Ok(Answered(VerificationList { verifications }))
}

/// Whether somebody does it. Who has just begun may not have its slot yet.
async fn is_running(ops: &Operations, found: &Verification) -> Result<bool, OpsError> {
    if clock::now().duration_since(found.started_at) < JUST_BEGUN {
        return Ok(true);
    }
    let model = projection(ops, &found.projection)?;
    Ok(model.is_being_verified(ops.database()).await?)
}

/// The projection of this name.
pub(super) fn projection(ops: &Operations, name: &str) -> Result<ReadModel, OpsError> {
    let known = ops.projections().iter().find(|model| model.name == name).copied();
    known.ok_or_else(|| OpsError::no_projection(name, ops.projections()))
}

fn answer(found: &Verification, running: bool) -> VerificationAnswer {
    let state = match (&found.ended, running) {
        (Some(_), _) => VerificationState::Ended,
        (None, true) => VerificationState::Running,
        (None, false) => VerificationState::Lost,
    };
    VerificationAnswer {
        id: found.id,
        projection: found.projection.clone(),
        tenant: found.tenant.as_ref().map(ToString::to_string),
        state,
        started_at: found.started_at,
        by: found.by.to_string(),
        ended_at: found.ended.as_ref().map(|(at, _)| *at),
        result: found.ended.as_ref().map(|(_, outcome)| outcome.clone()),
    }
}
