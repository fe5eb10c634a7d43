//! `/ops/v1/parked`: what an operator decides about events that cannot be applied. Who works on the
//! slot does it; the journal keeps who decided, and why.

use std::collections::BTreeMap;

use acts::{Act, Retried, Role, Skipped};
use axum::extract::State;
use events::Tenant;
use projector::parked::{self, Which};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::json_body::Body;

use super::parked::{Asked, found};
use super::parked_id::ParkedId;
use super::reason_text::ReasonText;
use super::{Answer, Answered, Caller, Confined, OpsError};
use crate::operations::Operations;
use crate::ops::extract::Path;

/// How many events one request tries again, if it does not say.
const DEFAULT_LIMIT: usize = 500;
/// Which events to try again: one by its id, or all of those that the rest names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Retry {
    id: Option<String>,
    projection: Option<String>,
    tenant: Option<Tenant>,
    cause: Option<String>,
    limit: Option<usize>,
    /// Only says which.
    #[serde(default)]
    dry_run: bool,
}

/// Which events are tried again, and what waits behind each after it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RetriedList {
    /// Their ids.
    events: Vec<String>,
    /// How many events wait behind them.
    behind: u64,
    /// Whether nothing was done.
    dry_run: bool,
}

impl Answer for RetriedList {
    const SCHEMA: &'static str = "rollcall.parked-retried.v1";
}

pub(crate) async fn retry(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
    Body(wanted): Body<Retry>,
) -> Result<Answered<RetriedList>, OpsError> {
    caller.may(Role::ParkedDecide)?;
    let Retry { id, projection, tenant, cause, limit, dry_run } = wanted;
    let tenant = caller.about(tenant)?;
    let (caller, found) = match &id {
        Some(id) => {
            let id = ParkedId::parse(id, &ops)?;
            let (caller, event) = found(&ops, caller, &id).await?;
            (caller, vec![(id, event)])
        }
        None => {
            let caller = caller.at(tenant.as_ref())?;
            let asked = Asked { projection, tenant: tenant.clone(), cause: cause.clone() };
            (caller, asked.find(&ops, limit.unwrap_or(DEFAULT_LIMIT)).await?)
        }
    };
    let answer = RetriedList {
        events: found.iter().map(|(id, _)| id.to_string()).collect(),
        behind: found.iter().map(|(_, event)| event.behind).sum(),
        dry_run,
    };
    if dry_run || found.is_empty() {
        return Ok(Answered(answer));
    }
    let mut by_projection: BTreeMap<String, Vec<ParkedId>> = BTreeMap::new();
    for (id, _) in found {
        by_projection.entry(id.projection().to_owned()).or_default().push(id);
    }
    for (projection, ids) in by_projection {
        let retried = Retried {
            projection,
            tenant: tenant.clone(),
            positions: if id.is_some() { vec![ids[0].position] } else { vec![] },
            cause: cause.clone(),
            count: ids.len() as u64,
        };
        ops.acts().note(&caller.by, Act::ParkedRetried(retried)).await?;
        for id in ids {
            let which = Which { position: Some(id.position), ..Which::default() };
            parked::retry(ops.database().pool(), &id.slot, &which, 1).await?;
        }
    }
    Ok(Answered(answer))
}

/// Why an event may be passed over.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Skip {
    reason: ReasonText,
}

/// An event that every slot of its projection passes over from now on.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SkippedEvent {
    id: String,
    projection: String,
    position: u64,
    /// How many events waited behind it, and are applied now.
    behind: u64,
}

impl Answer for SkippedEvent {
    const SCHEMA: &'static str = "rollcall.parked-skipped.v1";
}

pub(crate) async fn skip(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
    Path(id): Path<String>,
    Body(Skip { reason }): Body<Skip>,
) -> Result<Answered<SkippedEvent>, OpsError> {
    caller.may(Role::ParkedDecide)?;
    let reason = String::from(reason);
    let id = ParkedId::parse(&id, &ops)?;
    let (caller, event) = found(&ops, caller, &id).await?;
    // Nobody tries it meanwhile: it is not to be applied and passed over both.
    if !parked::hold(ops.database().pool(), &id.slot, id.position).await? {
        return Err(OpsError::not_found(format!("{id} was applied just now, and waits no more")));
    }
    let decide = |state: &acts::State| {
        if state.skips.of(id.projection()).contains(&id.position) {
            return Ok::<_, OpsError>(None);
        }
        Ok(Some(Act::ParkedSkipped(Skipped {
            projection: id.projection().to_owned(),
            seq: id.position,
            tenant: Some(event.tenant.clone()),
            reason: reason.clone(),
        })))
    };
    ops.acts().act(&caller.by, decide).await?;
    Ok(Answered(SkippedEvent {
        id: id.to_string(),
        projection: id.projection().to_owned(),
        position: id.position.0,
        behind: event.behind,
    }))
}
