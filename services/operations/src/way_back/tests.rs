//! A rollback does what it says, or is refused.

use acts::{BlastRadius, By, Forecast, JobId, Pace, Plan, PlanId, World};
use events::Digest;
use jiff::{SignedDuration, Timestamp};
use projector::SlotRole;
use uuid::Uuid;

use super::*;
use crate::status::tests::slot;

const OURS: Digest = Digest([1; 32]);

/// A slot by number, of a job if of any.
fn numbered(role: SlotRole, number: u128, job: Option<&JobId>) -> SlotPeek {
    let slot_id = Some(Uuid::from_u128(number));
    SlotPeek { slot_id, job: job.map(JobId::to_string), ..slot(role, OURS, 10) }
}

/// A job that was cut over to, planned while slot 1 was live.
pub(crate) fn cut_over(scope: Scope) -> Job {
    let id = PlanId::of(&[7; 32]);
    let pace = Pace::Default { events_per_second: 1.0 };
    Job {
        id: JobId::from(&id),
        plan: Plan {
            id,
            projection: "teams".to_owned(),
            scope,
            reason: None,
            expires_at: Timestamp::UNIX_EPOCH,
            world: World {
                rules: OURS,
                live: Some(Uuid::from_u128(1).to_string()),
                candidate: None,
                previous: None,
            },
            forecast: Forecast { events: 1, of_person: None, of: 1, seconds: 0.1, bytes: 0, pace },
            blast_radius: BlastRadius { tenants: 1, people: 1, teams: 0 },
            parked: 0,
        },
        by: By::Root,
        started_at: Timestamp::UNIX_EPOCH,
        stage: Stage::CutOver { kept_until: Timestamp::UNIX_EPOCH },
        since: Timestamp::UNIX_EPOCH,
        paused: SignedDuration::ZERO,
        built: None,
    }
}

fn slots(live: Option<SlotPeek>, previous: Option<SlotPeek>) -> Slots {
    Slots { live, candidate: None, previous }
}

#[test]
fn one_goes_back_from_a_job_to_what_was_live_when_it_was_planned_and_to_nothing_else() {
    let job = cut_over(Scope::Whole);
    let live = |number, job| Some(numbered(SlotRole::Live, number, job));
    let previous = |number, job| Some(numbered(SlotRole::Previous, number, job));
    let of = |found: &Slots| way_back(&job, found);
    let open = slots(live(2, Some(&job.id)), previous(1, None));
    assert!(matches!(of(&open), WayBack::Open));
    let gone = slots(live(1, None), previous(2, Some(&job.id)));
    assert!(matches!(of(&gone), WayBack::Gone));
    let other = JobId::of(&[8; 32]);
    for closed in [
        // The job's slot lacked a table, or another release came, and a new slot is live.
        slots(live(3, None), previous(2, Some(&job.id))),
        // Somebody went back from there, and the previous slot is not what was before the job.
        slots(live(2, Some(&job.id)), previous(3, None)),
        slots(live(3, Some(&other)), previous(2, Some(&job.id))),
        slots(live(2, Some(&job.id)), None),
        slots(live(1, None), None),
        Slots::default(),
    ] {
        let WayBack::Closed(why) = of(&closed) else { panic!("{closed:?}") };
        assert!(why.contains("cannot be undone"), "{why}");
    }
}
