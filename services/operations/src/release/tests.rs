//! What is told of a release and its projection.

use std::time::Duration;

use acts::{Act, By, Record, ReleaseSwitched};
use events::Digest;
use projector::SlotRole;
use uuid::Uuid;

use super::*;
use crate::status::tests::slot;

const OLD: Digest = Digest([1; 32]);
const NEW: Digest = Digest([2; 32]);

fn of(role: SlotRole, made_by: Digest) -> SlotPeek {
    // A slot keeps its id when it is renamed.
    let slot_id = Some(Uuid::from_u128(u128::from(made_by.0[0])));
    SlotPeek { slot_id, ..slot(role, made_by, 100) }
}

fn held() -> Slots {
    let live = Some(of(SlotRole::Live, OLD));
    Slots { live, candidate: Some(of(SlotRole::Candidate, NEW)), previous: None }
}

fn switched() -> Slots {
    let previous =
        SlotPeek { kept_until: Some(Timestamp::UNIX_EPOCH), ..of(SlotRole::Previous, OLD) };
    Slots { live: Some(of(SlotRole::Live, NEW)), candidate: None, previous: Some(previous) }
}

#[test]
fn a_candidate_that_waits_is_told_with_the_command_that_lets_it_be_seen() {
    let known = State::default();
    let told = release(&known, "teams", &held());
    assert_eq!(told.state, ReleaseState::Ready);
    let next = told.next.expect("a command");
    assert!(next.ends_with("rollcall replay cutover teams --confirm teams"), "{next}");
    let mut slots = held();
    slots.candidate.as_mut().unwrap().position = Seq(0);
    slots.candidate.as_mut().unwrap().goal = Seq(50);
    let told = release(&known, "teams", &slots);
    assert_eq!((told.state, told.next), (ReleaseState::Building, None));
    // What nobody keeps would grow old in front of readers.
    let mut slots = held();
    slots.candidate.as_mut().unwrap().lease_age = Some(Duration::from_mins(1));
    let told = release(&known, "teams", &slots);
    assert!(told.why.is_some_and(|why| why.contains("nobody keeps")), "it is not ready");
    // A job's candidate is the job's matter.
    let mut slots = held();
    slots.candidate.as_mut().unwrap().job = Some("r_1".to_owned());
    assert_eq!(release(&known, "teams", &slots).state, ReleaseState::Settled);
}

#[test]
fn what_can_be_had_back_is_told_with_its_time_and_command() {
    let mut known = State::default();
    let told = release(&known, "teams", &switched());
    assert_eq!(told.state, ReleaseState::CutOver);
    assert_eq!(told.until, Some(Timestamp::UNIX_EPOCH));
    assert_eq!(told.next.as_deref(), Some("rollcall replay rollback teams"));
    // Went back to by an operator, the same slots are the other way round.
    let slots = switched();
    let (live, previous) = (slots.live.unwrap(), slots.previous.unwrap());
    let back = Act::ReleaseRolledBack(Box::new(ReleaseSwitched {
        projection: "teams".to_owned(),
        live: name(&previous),
        rules: OLD,
        before: name(&live),
        rules_before: NEW,
        position: Seq(100),
        milliseconds: 1,
        kept_until: Timestamp::UNIX_EPOCH,
        reason: None,
    }));
    let record = Record::new("1".to_owned(), Timestamp::UNIX_EPOCH, By::Root, &back);
    known.apply(&Record::read(1, &record.body()).unwrap());
    let slots = Slots { live: Some(previous), candidate: None, previous: Some(live) };
    let told = release(&known, "teams", &slots);
    assert_eq!(told.state, ReleaseState::RolledBack);
    assert_eq!(told.next.as_deref(), Some("rollcall replay cutover teams --confirm teams"));
}

#[test]
fn what_cannot_be_had_back_is_not_promised() {
    let known = State::default();
    let previous = |change: fn(&mut SlotPeek)| {
        let mut slots = switched();
        change(slots.previous.as_mut().unwrap());
        release(&known, "teams", &slots)
    };
    for told in [
        previous(|slot| slot.whole = false),
        previous(|slot| slot.expired = true),
        previous(|slot| slot.scope = Scope::Tenant("acme".parse().unwrap())),
    ] {
        assert_eq!((told.state, told.until, told.next), (ReleaseState::Settled, None, None));
        assert!(told.why.is_some());
    }
}
