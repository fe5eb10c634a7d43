//! Which two slots a comparison is about.

use acts::JobId;
use events::Tenant;
use projector::{SlotPeek, Slots};

use super::OpsError;

/// The live slot, and the candidate of this job, or of a release.
pub(super) fn compared<'s>(
    slots: &'s Slots,
    own: Option<&Tenant>,
    projection: &str,
    job: Option<&JobId>,
) -> Result<(&'s SlotPeek, &'s SlotPeek), OpsError> {
    let job = job.map(JobId::to_string);
    let name = job.clone().unwrap_or_else(|| format!("a release for {projection}"));
    let (Some(live), Some(candidate)) = (&slots.live, &slots.candidate) else {
        let why = format!(
            "{name} has no candidate beside a live slot: there is nothing to compare; `rollcall replay \
             status {}` tells how it is, and what can follow",
            job.as_deref().unwrap_or(projection)
        );
        return Err(OpsError::refused(why));
    };
    if candidate.job != job && own.is_some() {
        let why = format!("{name} has no candidate any more: there is nothing to compare");
        return Err(OpsError::refused(why));
    }
    if candidate.job != job {
        let whose = candidate.job.as_deref().unwrap_or("a release");
        let of_it = candidate.job.as_deref().unwrap_or(projection);
        let why = format!(
            "the candidate is not one of {name}, but of {whose}; `rollcall replay diff {of_it}` \
             compares it"
        );
        return Err(OpsError::refused(why));
    }
    if candidate.building() {
        let why = format!(
            "the candidate of {name} is at event {} of {}; wait until it is built",
            candidate.position, candidate.goal
        );
        return Err(OpsError::refused(why));
    }
    Ok((live, candidate))
}
