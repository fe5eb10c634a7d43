//! Acts follow from what readers see.

use acts::{Plan, PlanId, Record, Started};
use events::Digest;
use projector::SlotRole;
use uuid::Uuid;

use super::*;
use crate::status::tests::slot;
use crate::way_back::tests::cut_over as job_of;

const OLD: Digest = Digest([1; 32]);
const NEW: Digest = Digest([2; 32]);
const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn numbered(role: SlotRole, number: u128, made_by: Digest) -> SlotPeek {
    let kept_until = (role == SlotRole::Previous).then_some(NOW + KEPT);
    SlotPeek { slot_id: Some(Uuid::from_u128(number)), kept_until, ..slot(role, made_by, 10) }
}

/// Slots of which 2 is live, and 1 was.
fn switched(made_by: Digest) -> Slots {
    let live = Some(numbered(SlotRole::Live, 2, made_by));
    Slots { live, candidate: None, previous: Some(numbered(SlotRole::Previous, 1, OLD)) }
}

fn swapped(slots: &Slots) -> Slots {
    let as_role = |slot: &Option<SlotPeek>, role: SlotRole| {
        let slot = slot.clone()?;
        let kept_until = (role == SlotRole::Previous).then_some(NOW + KEPT);
        Some(SlotPeek { role, kept_until, ..slot })
    };
    Slots {
        live: as_role(&slots.previous, SlotRole::Live),
        candidate: None,
        previous: as_role(&slots.live, SlotRole::Previous),
    }
}

/// A journal, in which what is noted is written down.
#[derive(Default)]
struct Noting(State);

impl Noting {
    fn act(&mut self, act: &Act) {
        let record = Record::new("1".to_owned(), NOW, By::Program, act);
        let seq = self.0.seq + 1;
        self.0.apply(&Record::read(seq, &record.body()).expect("an act"));
    }

    /// What is noted of these slots, until nothing is.
    fn sees(&mut self, found: &Slots) -> Vec<String> {
        let mut noted = Vec::new();
        while let Some(act) = of_all(&self.0, found) {
            noted.push(act.name().to_owned());
            self.act(&act);
            assert!(noted.len() < 5, "it is noted again and again: {noted:?}");
        }
        noted
    }
}

fn of_all(known: &State, found: &Slots) -> Option<Act> {
    first_unnoted(known, "teams", found, NOW)
}

/// A journal with a job that was planned while slot 1 was live, and runs.
fn with_job() -> (Noting, Slots) {
    let mut journal = Noting::default();
    let plan: Plan = job_of(acts::Scope::Whole).plan;
    let id: PlanId = plan.id.clone();
    journal.act(&Act::ReplayPlanned(Box::new(plan)));
    let job = acts::JobId::from(&id);
    journal.act(&Act::ReplayStarted(Started { plan: id, job: job.clone() }));
    let mut slots = switched(OLD);
    slots.live.as_mut().expect("a live slot").job = Some(job.to_string());
    (journal, slots)
}

#[test]
fn a_job_that_readers_see_is_noted_as_cut_over_to_and_one_that_they_see_no_more_as_undone() {
    let (mut journal, slots) = with_job();
    let before = Slots { live: slots.previous.clone(), candidate: None, previous: None };
    assert_eq!(journal.sees(&before), Vec::<String>::new(), "it is running");
    assert_eq!(journal.sees(&slots), ["replay.cut-over"]);
    assert_eq!(journal.sees(&swapped(&slots)), ["replay.rolled-back"]);
    assert_eq!(journal.0.jobs.all()[0].stage, Stage::RolledBack);
}

#[test]
fn what_a_release_builds_shows_and_takes_back_by_itself_is_noted_once() {
    let mut journal = Noting::default();
    let live = Some(numbered(SlotRole::Live, 1, OLD));
    let candidate = Some(numbered(SlotRole::Candidate, 2, NEW));
    let building = Slots { live, candidate, previous: None };
    assert_eq!(journal.sees(&building), ["release.begun"]);
    let over = switched(NEW);
    assert_eq!(journal.sees(&over), ["release.cut-over"]);
    assert_eq!(journal.sees(&swapped(&over)), ["release.rolled-back"]);
    assert_eq!(journal.sees(&over), ["release.cut-over"]);
}
