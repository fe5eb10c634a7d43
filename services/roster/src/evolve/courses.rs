//! Where in the feed subscribers are.

use events::{
    EndedReplay, PausedSubscriber, ResetSubscriber, ResumedSubscriber, StartedReplay,
    TestedSubscriber,
};

use super::moment::Moment;
use crate::{Paused, Replay, ReplayEnd, Subscribers, Tested};

pub(super) fn paused(subscribers: &mut Subscribers, at: Moment, body: &PausedSubscriber) {
    let PausedSubscriber { subscriber_id, reason, drain } = body.clone();
    subscribers.change(subscriber_id, |subscriber| {
        subscriber.paused = Some(Paused { reason, drain, since: at.time });
    });
}

pub(super) fn resumed(subscribers: &mut Subscribers, body: &ResumedSubscriber) {
    subscribers.change(body.subscriber_id, |subscriber| subscriber.paused = None);
}

pub(super) fn reset(subscribers: &mut Subscribers, at: Moment, body: &ResetSubscriber) {
    subscribers.change(body.subscriber_id, |subscriber| {
        subscriber.after = body.after;
        subscriber.begun = at.seq;
        subscriber.reset = Some(body.reset_id);
    });
}

pub(super) fn tested(subscribers: &mut Subscribers, at: Moment, body: &TestedSubscriber) {
    subscribers.change(body.subscriber_id, |subscriber| {
        subscriber.tested = Some(Tested { id: body.test_id, seq: at.seq, at: at.time });
    });
}

pub(super) fn started(subscribers: &mut Subscribers, at: Moment, body: &StartedReplay) {
    let StartedReplay { subscriber_id, replay_id, after, through, facts, person, rate, events } =
        body.clone();
    subscribers.change(subscriber_id, |subscriber| {
        subscriber.replay = Some(Replay {
            id: replay_id,
            after,
            through,
            facts,
            person,
            rate,
            events,
            started: at.seq,
            started_at: at.time,
            ended: None,
        });
    });
}

pub(super) fn ended(subscribers: &mut Subscribers, at: Moment, body: &EndedReplay) {
    subscribers.change(body.subscriber_id, |subscriber| {
        let own = subscriber.replay.as_mut().filter(|replay| replay.id == body.replay_id);
        if let Some(replay) = own {
            replay.ended = Some(ReplayEnd { outcome: body.outcome, at: at.time });
        }
    });
}
