//! What a plan relies on, as it is now.

use acts::{Jobs, World};
use events::Tenant;
use projector::{ReadModel, SlotPeek, Slots};

use crate::operations::Operations;
use crate::ops::OpsError;
use crate::way_back::name;

/// The projection of this name.
pub(super) fn model(ops: &Operations, name: &str) -> Result<ReadModel, OpsError> {
    let known = ops.projections().iter().find(|model| model.name == name);
    known.copied().ok_or_else(|| OpsError::no_projection(name, ops.projections()))
}

/// The slots of a projection.
pub(super) async fn slots(ops: &Operations, model: ReadModel) -> Result<Slots, OpsError> {
    Ok(projector::slots(ops.database().pool(), model.name).await?)
}

/// What a plan relies on. A candidate that nobody wants any more is as good as gone.
pub(super) fn world(model: ReadModel, slots: &Slots, jobs: &Jobs) -> World {
    let id = |slot: &Option<SlotPeek>| slot.as_ref().map(name);
    World {
        rules: model.made_by(),
        live: id(&slots.live),
        candidate: wanted_candidate(model, slots, jobs).map(name),
        previous: id(&slots.previous),
    }
}

/// The candidate, if it is a release's or of a job that goes on: that of a job that has ended is about
/// to be dropped.
pub(super) fn wanted_candidate<'s>(
    model: ReadModel,
    slots: &'s Slots,
    jobs: &Jobs,
) -> Option<&'s SlotPeek> {
    let active = jobs.active(model.name).map(|job| job.id.to_string());
    slots.candidate.as_ref().filter(|slot| slot.job.is_none() || slot.job == active)
}

/// For whom a candidate is built, as it is said of it: "the candidate of the job …". Who is confined to their
/// own tenant is not told which job.
pub(super) fn whose(candidate: &SlotPeek, own: Option<&Tenant>) -> String {
    match (&candidate.job, own) {
        (Some(job), None) => format!("of the job {job}"),
        (Some(_), Some(_)) => "of another replay".to_owned(),
        (None, _) => "of a release".to_owned(),
    }
}
