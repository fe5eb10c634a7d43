//! Bodies about a subscriber's course through the feed.

use proptest::collection::btree_set;
use proptest::option;
use proptest::prelude::*;

use super::subscribers::{fact_pattern, subscriber_id};
use super::values::uuid;
use crate::{
    EmployeeId, EndedReplay, PausedSubscriber, ReplayId, ReplayOutcome, ResetId, ResetSubscriber,
    ResumedSubscriber, StartedReplay, TestId, TestedSubscriber,
};

pub(super) fn paused() -> impl Strategy<Value = PausedSubscriber> {
    (subscriber_id(), option::of(".{0,40}"), any::<bool>()).prop_map(
        |(subscriber_id, reason, drain)| PausedSubscriber { subscriber_id, reason, drain },
    )
}

pub(super) fn resumed() -> impl Strategy<Value = ResumedSubscriber> {
    subscriber_id().prop_map(|subscriber_id| ResumedSubscriber { subscriber_id })
}

pub(super) fn reset() -> impl Strategy<Value = ResetSubscriber> {
    (subscriber_id(), uuid(), any::<u64>()).prop_map(|(subscriber_id, reset, after)| {
        ResetSubscriber { subscriber_id, reset_id: ResetId(reset), after }
    })
}

pub(super) fn tested() -> impl Strategy<Value = TestedSubscriber> {
    (subscriber_id(), uuid())
        .prop_map(|(subscriber_id, test)| TestedSubscriber { subscriber_id, test_id: TestId(test) })
}

pub(super) fn started_replay() -> impl Strategy<Value = StartedReplay> {
    let part = (any::<u64>(), any::<u64>(), btree_set(fact_pattern(), 0..4));
    let how = (option::of(uuid()), any::<u32>(), any::<u64>());
    (subscriber_id(), uuid(), part, how).prop_map(
        |(subscriber_id, replay, (after, through, facts), (person, rate, events))| StartedReplay {
            subscriber_id,
            replay_id: ReplayId(replay),
            after,
            through,
            facts,
            person: person.map(EmployeeId),
            rate,
            events,
        },
    )
}

pub(super) fn ended_replay() -> impl Strategy<Value = EndedReplay> {
    let outcome = prop_oneof![Just(ReplayOutcome::Done), Just(ReplayOutcome::Cancelled)];
    (subscriber_id(), uuid(), outcome).prop_map(|(subscriber_id, replay, outcome)| EndedReplay {
        subscriber_id,
        replay_id: ReplayId(replay),
        outcome,
    })
}
