//! What workers of several releases do with what they find.

use events::{Chain, Seq};
use uuid::Uuid;

use super::*;
use crate::slot::SlotRole;

const OURS: Digest = Digest([1; 32]);
const THEIRS: Digest = Digest([2; 32]);

fn slot(role: SlotRole, made_by: Digest) -> SlotPeek {
    SlotPeek {
        role,
        slot_id: Some(Uuid::from_u128(role as u128 + 1)),
        position: Seq(10),
        chain: Chain([0; 32]),
        event_at: None,
        unknown: 0,
        goal: Seq(5),
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

fn live(made_by: Digest) -> Slots {
    Slots { live: Some(slot(SlotRole::Live, made_by)), ..Slots::default() }
}

fn auto(slots: &Slots) -> Decision {
    decide(slots, &OURS, Some(&Wanted::default()), OnNewRules::Auto)
}

const GONE: Duration = Duration::from_secs(31);

#[test]
fn what_is_not_there_is_made_and_what_is_ours_is_followed() {
    for slots in [Slots::default(), live(OURS)] {
        let decision = auto(&slots);
        let idle = (Candidate::None, Previous::None, None);
        assert_eq!(decision.live, Live::Follow);
        assert_eq!((decision.candidate, decision.previous, decision.switch), idle);
    }
}

#[test]
fn other_rules_get_a_candidate_beside_which_is_cut_over_when_it_has_seen_as_much() {
    let mut slots = live(THEIRS);
    assert_eq!(auto(&slots).candidate, Candidate::Make(Making::default()));
    slots.candidate = Some(slot(SlotRole::Candidate, OURS));
    assert_eq!(auto(&slots).switch, Some(Switch::CutOver));
    let held = decide(&slots, &OURS, Some(&Wanted::default()), OnNewRules::Hold);
    assert_eq!((held.candidate, held.switch), (Candidate::Follow, None), "it waits for somebody");
    slots.live.as_mut().unwrap().position = Seq(11);
    assert_eq!(auto(&slots).switch, None, "it is behind");
    slots.live.as_mut().unwrap().position = Seq(1);
    slots.candidate.as_mut().unwrap().goal = Seq(11);
    assert_eq!(auto(&slots).switch, None, "it is being built");
}

#[test]
fn a_candidate_of_another_release_is_left_alone_as_long_as_somebody_keeps_it() {
    let mut slots = live(OURS);
    slots.candidate = Some(slot(SlotRole::Candidate, THEIRS));
    assert_eq!(auto(&slots).candidate, Candidate::None, "it is somebody's");
    slots.live = Some(slot(SlotRole::Live, Digest([3; 32])));
    assert_eq!(auto(&slots).candidate, Candidate::Wait, "and we want one of our own");
    slots.candidate.as_mut().unwrap().lease_age = Some(GONE);
    assert_eq!(auto(&slots).candidate, Candidate::Drop);
    slots.live = Some(slot(SlotRole::Live, OURS));
    assert_eq!(auto(&slots).candidate, Candidate::None, "it may come back");
    slots.candidate.as_mut().unwrap().lease_age = Some(ABANDONED * 2);
    assert_eq!(auto(&slots).candidate, Candidate::Drop);
}

#[test]
fn who_was_superseded_follows_the_previous_slot_and_goes_back_only_when_the_live_one_is_left() {
    let mut slots = live(THEIRS);
    slots.live.as_mut().unwrap().superseded = vec![OURS];
    let alone = auto(&slots);
    assert_eq!((alone.candidate, alone.switch), (Candidate::None, None), "it begins nothing");
    slots.previous = Some(slot(SlotRole::Previous, OURS));
    let decision = auto(&slots);
    assert_eq!((decision.previous, decision.switch), (Previous::Follow, None));
    slots.live.as_mut().unwrap().lease_age = Some(GONE);
    let decision = auto(&slots);
    assert_eq!(decision.switch, Some(Switch::RollBack));
    assert_eq!(decision.candidate, Candidate::None, "nothing has to be built");
    let held = decide(&slots, &OURS, Some(&Wanted::default()), OnNewRules::Hold);
    assert_eq!(held.switch, None);
    slots.live.as_mut().unwrap().pinned = true;
    assert_eq!(auto(&slots).switch, None, "an operator went back to it");
    slots.live.as_mut().unwrap().pinned = false;
    slots.previous = None;
    assert_eq!(auto(&slots).candidate, Candidate::Make(Making::default()), "it was not kept");
}

#[test]
fn a_previous_slot_is_followed_by_its_own_rules_and_dropped_when_its_time_is_over() {
    let mut slots = live(OURS);
    slots.previous = Some(slot(SlotRole::Previous, THEIRS));
    assert_eq!(auto(&slots).previous, Previous::None);
    slots.previous = Some(slot(SlotRole::Previous, OURS));
    assert_eq!(auto(&slots).previous, Previous::Follow);
    slots.previous.as_mut().unwrap().expired = true;
    assert_eq!(auto(&slots).previous, Previous::Drop);
}

fn job(name: &str, scope: Scope) -> Wanted {
    let job = name.to_owned();
    let candidate = WantedCandidate { job, scope, paused: false, max_rate: None };
    Wanted { candidate: Some(candidate), ended: vec![] }
}

#[test]
fn a_job_gets_its_candidate_which_is_cut_over_by_nobody_and_dropped_with_the_job() {
    let scope = Scope::Tenant("acme".parse().unwrap());
    let wanted = job("job-1", scope.clone());
    let of =
        |slots: &Slots, wanted: Option<&Wanted>| decide(slots, &OURS, wanted, OnNewRules::Auto);
    let mut slots = live(OURS);
    let making = Making { scope: scope.clone(), job: Some("job-1".to_owned()) };
    assert_eq!(of(&slots, Some(&wanted)).candidate, Candidate::Make(making));
    slots.candidate = Some(slot(SlotRole::Candidate, OURS));
    let candidate = slots.candidate.as_mut().unwrap();
    (candidate.job, candidate.scope) = (Some("job-1".to_owned()), scope.clone());
    let decision = of(&slots, Some(&wanted));
    assert_eq!((decision.candidate, decision.switch), (Candidate::Follow, None));
    assert_eq!(of(&slots, None).candidate, Candidate::None, "the journal is not known yet");
    assert_eq!(of(&slots, Some(&Wanted::default())).candidate, Candidate::Drop);
    assert_eq!(of(&slots, Some(&job("job-2", scope))).candidate, Candidate::Drop);
    slots.candidate.as_mut().unwrap().fresh = true;
    let decision = of(&slots, Some(&Wanted::default()));
    assert_eq!(decision.candidate, Candidate::None, "somebody may know the journal sooner");
    let ended = Wanted { candidate: None, ended: vec!["job-1".to_owned()] };
    assert_eq!(of(&slots, Some(&ended)).candidate, Candidate::Drop, "nobody waits for what ended");
    let next = Wanted { ended: ended.ended, ..job("job-2", Scope::Whole) };
    assert_eq!(of(&slots, Some(&next)).candidate, Candidate::Drop, "it makes room for the next");
}

#[test]
fn a_job_that_was_cut_over_to_wants_no_other_candidate_though_no_act_says_so_yet() {
    for seen_as in [SlotRole::Live, SlotRole::Previous] {
        let mut slots = live(OURS);
        let mut seen = slot(seen_as, OURS);
        seen.job = Some("job-1".to_owned());
        match seen_as {
            SlotRole::Live | SlotRole::Candidate => slots.live = Some(seen),
            SlotRole::Previous => slots.previous = Some(seen),
        }
        let wanted = job("job-1", Scope::Whole);
        let decision = decide(&slots, &OURS, Some(&wanted), OnNewRules::Auto);
        assert_eq!(decision.candidate, Candidate::None, "{seen_as:?}");
    }
}

#[test]
fn a_live_slot_that_lacks_a_table_is_replaced_under_either_setting() {
    let mut slots = live(OURS);
    slots.live.as_mut().unwrap().whole = false;
    assert_eq!(auto(&slots).candidate, Candidate::Make(Making::default()));
    slots.candidate = Some(slot(SlotRole::Candidate, OURS));
    let held = decide(&slots, &OURS, None, OnNewRules::Hold);
    assert_eq!(held.switch, Some(Switch::CutOver));
}
