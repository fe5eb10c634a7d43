//! A job is as far as its candidate.

use acts::{Built, Scope};
use events::{Digest, Seq};
use projector::SlotRole;

use super::*;
use crate::status::tests::slot;
use crate::way_back::tests::cut_over as job_of;

#[test]
fn a_job_is_ready_while_its_candidate_has_seen_all_that_it_must_and_keeps_up() {
    let job = job_of(Scope::Whole);
    let built = Built { job: job.id.clone(), events: 2494, seconds: 1.0, bytes: 1 };
    let job = Job { stage: Stage::Running, built: Some(built), ..job };
    let made_by = Digest([1; 32]);
    let live = |position| Slots {
        live: Some(slot(SlotRole::Live, made_by, position)),
        candidate: None,
        previous: None,
    };
    let candidate =
        |position| SlotPeek { goal: Seq(2494), ..slot(SlotRole::Candidate, made_by, position) };
    assert!(is_ready(&job, &candidate(2494), &live(2494)));
    assert!(is_ready(&job, &candidate(2494), &live(2500)), "it keeps up");
    assert!(!is_ready(&job, &candidate(2494), &live(9000)), "it does not keep up");
    assert!(
        !is_ready(&job, &candidate(2412), &live(2494)),
        "a crash took it, and it is built anew"
    );
    let begun = Job { built: None, ..job };
    assert!(!is_ready(&begun, &candidate(2494), &live(2494)), "nobody has noted that it was built");
}
