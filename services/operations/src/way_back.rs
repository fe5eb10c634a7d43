//! Whether the cut-over of a job can still be undone: what its slots tell.

use acts::{Job, Scope, Stage};
use jiff::SignedDuration;
use projector::{SlotPeek, SlotRole, Slots};

/// How long what was live is kept, if its slot does not tell.
pub(crate) const KEPT: SignedDuration = SignedDuration::from_hours(72);

/// What became of the way back to what readers saw before a job.
pub(crate) enum WayBack {
    /// The previous slot is what readers saw before the job, and the live one is the job's.
    Open,
    /// They see it again, though no act says so: who went back died before it was written.
    Gone,
    /// There was another switch since; why there is no way, in words.
    Closed(String),
}

/// Whether readers see what the job has built, as the slots tell: its slot is live, or, if it was about
/// one tenant or person, holds their former rows.
pub(crate) fn is_seen(job: &Job, slots: &Slots) -> bool {
    match job.plan.scope {
        Scope::Whole => is_of(job, slots.live.as_ref()),
        Scope::Tenant { .. } | Scope::Person { .. } => is_of(job, slots.previous.as_ref()),
    }
}

/// What became of the way back.
pub(crate) fn way_back(job: &Job, slots: &Slots) -> WayBack {
    let before = &job.plan.world.live;
    let was_live = |slot: Option<&SlotPeek>| slot.is_some() && slot.map(name) == *before;
    let (live, previous) = (slots.live.as_ref(), slots.previous.as_ref());
    match job.plan.scope {
        Scope::Whole if is_of(job, live) && was_live(previous) => WayBack::Open,
        Scope::Whole if was_live(live) && is_of(job, previous) => WayBack::Gone,
        // Its slot is the previous one before and after; each exchange of rows says anew until when
        // it is kept.
        Scope::Tenant { .. } | Scope::Person { .. } if is_of(job, previous) => {
            let Stage::CutOver { kept_until } = job.stage else { return WayBack::Open };
            let again = previous.and_then(|slot| slot.kept_until) != Some(kept_until);
            if again { WayBack::Gone } else { WayBack::Open }
        }
        Scope::Whole | Scope::Tenant { .. } | Scope::Person { .. } => {
            WayBack::Closed(closed(job, slots))
        }
    }
}

/// Why nobody gets back to what readers saw before the job.
fn closed(job: &Job, slots: &Slots) -> String {
    let projection = &job.plan.projection;
    let (live, previous) = (slots.live.as_ref(), slots.previous.as_ref());
    let seen = job.plan.scope != Scope::Whole || is_of(job, live);
    if seen && previous.is_none() {
        return format!(
            "the cut-over of the job {} cannot be undone: what readers saw before it is gone, since \
             somebody dropped the schema {}. `{}` builds anew what the log says",
            job.id,
            SlotRole::Previous.schema(projection),
            job.plan.scope.planned_by(projection)
        );
    }
    let since = if job.plan.scope == Scope::Whole && is_of(job, live) {
        "what they saw before it is kept no more".to_owned()
    } else if let Some(other) = live.and_then(|slot| slot.job.as_deref()).filter(|_| {
        // Of one tenant's or person's job the live slot keeps the job that once made it.
        job.plan.scope == Scope::Whole
    }) {
        format!("the live slot is that of the job {other}")
    } else if previous.is_some_and(|slot| is_of(job, Some(slot)) && !slot.whole) {
        "its slot lacked a table, and was replaced by one that was built anew".to_owned()
    } else {
        "another slot was made live, or other rows were exchanged".to_owned()
    };
    format!(
        "the cut-over of the job {} was followed by another one, so that it \
         cannot be undone: {since}. `rollcall replay status {projection}` tells what readers of \
         {projection} see, and whether there is a way back from that",
        job.id
    )
}

/// A slot's name: its id, or, if it comes from a release that gave slots no ids, the rules that made it.
pub(crate) fn name(slot: &SlotPeek) -> String {
    slot.slot_id.map_or_else(|| format!("unnamed-{}", slot.made_by), |id| id.to_string())
}

fn is_of(job: &Job, slot: Option<&SlotPeek>) -> bool {
    let id = job.id.to_string();
    slot.is_some_and(|slot| slot.job.as_ref() == Some(&id))
}

#[cfg(test)]
pub(crate) mod tests;
