//! What is told of slots.

use std::time::Duration;

use events::{Chain, Digest, Seq};
use projector::{Scope, SlotPeek, SlotRole, Slots};

use super::by_others;

const OURS: Digest = Digest([1; 32]);
const THEIRS: Digest = Digest([2; 32]);

/// A slot that somebody keeps.
pub(crate) fn slot(role: SlotRole, made_by: Digest, position: u64) -> SlotPeek {
    SlotPeek {
        role,
        slot_id: Some(uuid::Uuid::nil()),
        position: Seq(position),
        chain: Chain([0; 32]),
        event_at: None,
        unknown: 0,
        goal: Seq(0),
        made_by,
        scope: Scope::Whole,
        job: None,
        halted: None,
        made_at: None,
        fresh: false,
        moved_at: None,
        kept_until: None,
        expired: false,
        pinned: false,
        lease_age: Some(Duration::from_secs(1)),
        superseded: Vec::new(),
        whole: true,
    }
}

#[test]
fn a_live_slot_of_other_rules_says_so_and_how_far_what_replaces_it_is() {
    let live = slot(SlotRole::Live, THEIRS, 100);
    let candidate = Some(slot(SlotRole::Candidate, OURS, 43));
    let slots = Slots { live: Some(live.clone()), candidate, previous: None };
    let told = by_others(&live, &slots, &OURS, Seq(100));
    assert_eq!(told.as_deref(), Some("made by other rules; the candidate has 43 %"));
    let left = SlotPeek { lease_age: None, ..live.clone() };
    let told = by_others(&left, &Slots::default(), &OURS, Seq(100));
    assert_eq!(told.as_deref(), Some("made by other rules; nobody follows the log with it"));
    assert_eq!(
        by_others(&live, &slots, &THEIRS, Seq(100)),
        None,
        "to its own release it is its own"
    );
}
