//! What a release built beside what readers see, and what one can go back to: by projection, since no
//! job is about it.

use acts::Role;
use axum::extract::State;
use events::{Digest, Seq};
use projector::SlotPeek;
use schemars::JsonSchema;
use serde::Serialize;

use super::world::{model, slots};
use crate::operations::Operations;
use crate::ops::extract::Path;
use crate::ops::{Answer, Answered, Caller, OpsError};
use crate::release::{Release, release};
use crate::way_back::name;

/// What readers see of a projection, what waits to be let be seen, and what can be had back.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReleaseAnswer {
    projection: String,
    #[serde(flatten)]
    release: Release,
    /// What readers see.
    live: Option<ReleaseSlot>,
    /// What is being built, or waits.
    candidate: Option<ReleaseSlot>,
    /// What they saw before.
    previous: Option<ReleaseSlot>,
}

impl Answer for ReleaseAnswer {
    const SCHEMA: &'static str = "rollcall.release.v1";
}

/// A slot, by what made it.
#[derive(Debug, Serialize, JsonSchema)]
struct ReleaseSlot {
    slot: String,
    /// The digest of the tables and rules that made it.
    #[schemars(with = "String")]
    made_by: Digest,
    /// The job that wanted it; null, if a release did.
    job: Option<String>,
    position: Seq,
    /// Whether a process keeps it in step with the log.
    attended: bool,
}

impl ReleaseSlot {
    fn of(slot: &SlotPeek) -> Self {
        Self {
            slot: name(slot),
            made_by: slot.made_by,
            job: slot.job.clone(),
            position: slot.position,
            attended: slot.attended(),
        }
    }
}

pub(crate) async fn show(
    State(ops): State<Operations>,
    caller: Caller,
    Path(projection): Path<String>,
) -> Result<Answered<ReleaseAnswer>, OpsError> {
    caller.may(Role::OpsRead)?;
    told(&ops, &projection).await
}

/// How far a release is with a projection, as it is now.
pub(super) async fn told(
    ops: &Operations,
    projection: &str,
) -> Result<Answered<ReleaseAnswer>, OpsError> {
    let model = model(ops, projection)?;
    let known = ops.acts().current().await?;
    let found = slots(ops, model).await?;
    let slot = |slot: &Option<SlotPeek>| slot.as_ref().map(ReleaseSlot::of);
    Ok(Answered(ReleaseAnswer {
        projection: model.name.to_owned(),
        release: release(&known, model.name, &found),
        live: slot(&found.live),
        candidate: slot(&found.candidate),
        previous: slot(&found.previous),
    }))
}
