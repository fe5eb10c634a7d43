//! Where in the feed a subscriber is: paused, begun anew, a part of it repeated.

use std::collections::BTreeSet;

use events::{
    Digest, Door, EmployeeId, EndedReplay, EventKind, PausedSubscriber, ReplayId, ReplayOutcome,
    ResetId, ResetSubscriber, ResumedSubscriber, SecretId, StartedReplay, StoredSecret,
    SubscriberId, SubscriberState, TestId, TestedSubscriber,
};
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use uuid::Uuid;

use super::given;
use crate::{BadText, Intent, Refusal};

const KITCHEN: SubscriberId = SubscriberId(Uuid::from_u128(0x5b1));

fn kitchen() -> Intent {
    let name = "kitchen".parse().unwrap();
    let facts = BTreeSet::new();
    Intent::AddSubscriber {
        state: SubscriberState { subscriber_id: KITCHEN, name, door: Door::Nats, facts },
        after: 7,
        secret: Some((SecretId(Uuid::from_u128(1)), StoredSecret::Digest(Digest([1; 32])))),
    }
}

fn pause(drain: bool) -> Intent {
    let reason = Some("they move house".to_owned());
    Intent::PauseSubscriber(PausedSubscriber { subscriber_id: KITCHEN, reason, drain })
}

fn resume() -> Intent {
    Intent::ResumeSubscriber(ResumedSubscriber { subscriber_id: KITCHEN })
}

fn reset(number: u128, after: u64) -> Intent {
    let reset_id = ResetId(Uuid::from_u128(number));
    Intent::ResetSubscriber(ResetSubscriber { subscriber_id: KITCHEN, reset_id, after })
}

fn replay(number: u128) -> StartedReplay {
    StartedReplay {
        subscriber_id: KITCHEN,
        replay_id: ReplayId(Uuid::from_u128(number)),
        after: 3,
        through: 9,
        facts: BTreeSet::from(["employee.left".parse().unwrap()]),
        person: None,
        rate: 50,
        events: 4,
    }
}

fn started(number: u128) -> Intent {
    Intent::StartReplay(replay(number))
}

fn ended(number: u128, outcome: ReplayOutcome) -> Intent {
    let replay_id = ReplayId(Uuid::from_u128(number));
    Intent::EndReplay(EndedReplay { subscriber_id: KITCHEN, replay_id, outcome })
}

/// What may come to three subscribers.
pub(super) fn any_course() -> BoxedStrategy<Intent> {
    let subscriber = || (1..=3_u128).prop_map(|n| SubscriberId(Uuid::from_u128(n)));
    let id = || (1..=3_u128).prop_map(Uuid::from_u128);
    let outcome = prop_oneof![Just(ReplayOutcome::Done), Just(ReplayOutcome::Cancelled)];
    prop_oneof![
        (subscriber(), any::<bool>()).prop_map(|(subscriber_id, drain)| {
            Intent::PauseSubscriber(PausedSubscriber { subscriber_id, reason: None, drain })
        }),
        subscriber().prop_map(|subscriber_id| Intent::ResumeSubscriber(ResumedSubscriber {
            subscriber_id
        })),
        (subscriber(), id(), 0..9_u64).prop_map(|(subscriber_id, id, after)| {
            let reset_id = ResetId(id);
            Intent::ResetSubscriber(ResetSubscriber { subscriber_id, reset_id, after })
        }),
        (subscriber(), id()).prop_map(|(subscriber_id, id)| {
            Intent::TestSubscriber(TestedSubscriber { subscriber_id, test_id: TestId(id) })
        }),
        (subscriber(), id()).prop_map(|(subscriber_id, id)| {
            let replay_id = ReplayId(id);
            Intent::StartReplay(StartedReplay { subscriber_id, replay_id, ..replay(1) })
        }),
        (subscriber(), id(), outcome).prop_map(|(subscriber_id, id, outcome)| {
            let replay_id = ReplayId(id);
            Intent::EndReplay(EndedReplay { subscriber_id, replay_id, outcome })
        }),
    ]
    .boxed()
}

#[test]
fn a_paused_subscriber_says_why_and_since_when_until_it_is_resumed() {
    let blank = Some(" ".to_owned());
    given([kitchen()])
        .when(&Intent::PauseSubscriber(PausedSubscriber {
            subscriber_id: KITCHEN,
            reason: blank,
            drain: false,
        }))
        .refused(&Refusal::BadText { what: "the reason", problem: BadText::Blank });
    given([kitchen()])
        .when(&resume())
        .then_nothing()
        .after
        .when(&pause(false))
        .then([EventKind::SubscriberPaused])
        .so(|tenant| {
            let paused = tenant.subscribers().get(KITCHEN).unwrap().paused.clone().unwrap();
            assert_eq!((paused.reason.as_deref(), paused.drain), (Some("they move house"), false));
        })
        .when(&pause(false))
        .then_nothing()
        .after
        .when(&resume())
        .then([EventKind::SubscriberResumed])
        .so(|tenant| assert_eq!(tenant.subscribers().get(KITCHEN).unwrap().paused, None));
}

#[test]
fn one_that_is_drained_may_be_paused_at_once_and_one_that_is_paused_has_nothing_to_drain() {
    given([kitchen(), pause(true)]).when(&pause(false)).then([EventKind::SubscriberPaused]);
    given([kitchen(), pause(false)]).when(&pause(true)).then_nothing();
}

#[test]
fn a_reset_is_another_beginning_each_time_somebody_asks_for_one() {
    let history = given([kitchen()]).when(&reset(1, 0)).then([EventKind::SubscriberReset]).after;
    let begun = history.tenant().subscribers().get(KITCHEN).unwrap().begun;
    assert_eq!(history.tenant().subscribers().get(KITCHEN).unwrap().after, 0);
    history.clone().when(&reset(1, 0)).then_nothing();
    history.when(&reset(2, 0)).then([EventKind::SubscriberReset]).so(|tenant| {
        assert!(tenant.subscribers().get(KITCHEN).unwrap().begun > begun);
    });
}

#[test]
fn a_subscriber_has_one_replay_at_a_time() {
    let history = given([kitchen()]).when(&started(1)).then([EventKind::SubscriberReplayStarted]);
    let history = history.after;
    history.clone().when(&started(1)).then_nothing();
    let first = ReplayId(Uuid::from_u128(1));
    history.clone().when(&started(2)).refused(&Refusal::ReplayUnderWay(first));
    let history = history.when(&ended(1, ReplayOutcome::Cancelled));
    let history = history.then([EventKind::SubscriberReplayEnded]).after;
    history.clone().when(&ended(1, ReplayOutcome::Done)).then_nothing().so(|tenant| {
        let kitchen = tenant.subscribers().get(KITCHEN).unwrap();
        assert!(kitchen.replaying().is_none());
        let end = kitchen.replay.as_ref().unwrap().ended.as_ref().unwrap();
        assert_eq!(end.outcome, ReplayOutcome::Cancelled);
    });
    history.when(&started(2)).then([EventKind::SubscriberReplayStarted]);
}

#[test]
fn a_replay_that_there_is_not_cannot_end_and_who_is_disabled_gets_none() {
    let unknown = Refusal::NoSuchReplay(ReplayId(Uuid::from_u128(1)));
    given([kitchen()]).when(&ended(1, ReplayOutcome::Done)).refused(&unknown);
    let reason = "too loud".to_owned();
    let disable = Intent::DisableSubscriber { subscriber: KITCHEN, reason, by_itself: false };
    given([kitchen(), disable])
        .when(&started(1))
        .refused(&Refusal::SubscriberDisabled("kitchen".parse().unwrap()));
}

#[test]
fn who_reads_by_themselves_may_be_paused_and_begins_where_they_say() {
    let name = "kitchen".parse().unwrap();
    let state =
        SubscriberState { subscriber_id: KITCHEN, name, door: Door::Pull, facts: BTreeSet::new() };
    let reader = Intent::AddSubscriber { state, after: 0, secret: None };
    let test = TestedSubscriber { subscriber_id: KITCHEN, test_id: TestId(Uuid::nil()) };
    for intent in [reset(1, 0), started(1), Intent::TestSubscriber(test)] {
        let refused = Refusal::ReadsByItself("kitchen".parse().unwrap());
        given([reader.clone()]).when(&intent).refused(&refused);
    }
    given([reader]).when(&pause(false)).then([EventKind::SubscriberPaused]);
}

#[test]
fn a_replay_is_of_the_facts_that_are_named_and_of_one_person_if_one_is_named() {
    let ada = EmployeeId(Uuid::from_u128(5));
    let of = |person| {
        let started = StartedReplay { person, ..replay(1) };
        let history = given([kitchen(), Intent::StartReplay(started)]);
        history.tenant().subscribers().get(KITCHEN).unwrap().replay.clone().unwrap()
    };
    let (all, hers) = (of(None), of(Some(ada)));
    let other = Uuid::from_u128(6).to_string();
    assert!(all.concerns("employee", &other, "left"));
    assert!(!all.concerns("employee", &other, "joined"));
    assert!(hers.concerns("employee", &ada.to_string(), "left"));
    assert!(!hers.concerns("employee", &other, "left"));
}
