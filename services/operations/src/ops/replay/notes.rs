//! What an operator has to know of a plan before it is run.

use acts::{Jobs, Plan, Scope, Stage};
use events::Tenant;
use projector::{ReadModel, SlotPeek, Slots};

use super::world::{wanted_candidate, whose};
use crate::ops::sees;

/// What is out of the ordinary.
pub(super) fn notes(
    model: ReadModel,
    plan: &Plan,
    slots: &Slots,
    jobs: &Jobs,
    own: Option<&Tenant>,
) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(live) = &slots.live
        && live.made_by != plan.world.rules
    {
        notes.push("this release has other rules or tables than the live slot".to_owned());
    }
    if let Some(candidate) = wanted_candidate(model, slots, jobs) {
        let whose = whose(candidate, own);
        notes.push(format!("a candidate {whose} is being built; there is one at a time"));
    }
    if !matches!(plan.scope, Scope::Whole) {
        notes.push("the rows are exchanged in place; everybody else's stay as they are".to_owned());
    }
    if let Some(previous) = &slots.previous {
        notes.push(last_undo(previous, slots, jobs, own));
    }
    notes
}

/// Of what the cut-over to a plan ends the way back, whatever its scope.
fn last_undo(previous: &SlotPeek, slots: &Slots, jobs: &Jobs, own: Option<&Tenant>) -> String {
    let until = previous.kept_until.map_or_else(String::new, |at| format!(", kept until {at}"));
    let of = |slot: Option<&SlotPeek>| {
        let id = slot?.job.as_ref()?;
        let known = jobs.all().into_iter().find(|job| job.id.to_string() == *id)?;
        matches!(known.stage, Stage::CutOver { .. }).then_some(known)
    };
    // A narrow job's slot is the previous one; a whole job's is live.
    match of(Some(previous)).or_else(|| of(slots.live.as_ref())) {
        Some(job) if sees(own, job.plan.scope.tenant()) => format!(
            "a cut-over gives up the previous slot{until}: the job {} can then not be rolled back \
             any more",
            job.id
        ),
        _ if own.is_some() => format!(
            "what readers saw before another change of this read model can be had back{until}: as long as that is \
             so, an administrator cannot cut over"
        ),
        Some(_) | None => format!(
            "a cut-over gives up the previous slot{until}: nobody can go back to it any more"
        ),
    }
}
