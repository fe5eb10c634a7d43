//! Where in the feed a subscriber is: paused, begun anew, a part of it repeated.

use events::{
    Door, EndedReplay, Event, PausedSubscriber, ResetSubscriber, ResumedSubscriber, StartedReplay,
    SubscriberId, TestedSubscriber,
};

use super::subscribers::known;
use super::text;
use crate::{Refusal, Subscriber, TenantRoster};

/// One that is being drained may be paused at once; one that is paused has nothing to drain.
pub(super) fn pause(
    tenant: &TenantRoster,
    pause: &PausedSubscriber,
) -> Result<Vec<Event>, Refusal> {
    let before = known(tenant, pause.subscriber_id)?.paused.as_ref();
    if before.is_some_and(|paused| !paused.drain || pause.drain) {
        return Ok(vec![]);
    }
    if let Some(reason) = &pause.reason {
        text::said_in_words("the reason", reason)?;
    }
    Ok(vec![Event::SubscriberPaused(pause.clone())])
}

pub(super) fn resume(
    tenant: &TenantRoster,
    resume: &ResumedSubscriber,
) -> Result<Vec<Event>, Refusal> {
    let paused = known(tenant, resume.subscriber_id)?.paused.as_ref();
    Ok(paused.map(|_| Event::SubscriberResumed(resume.clone())).into_iter().collect())
}

pub(super) fn reset(tenant: &TenantRoster, reset: &ResetSubscriber) -> Result<Vec<Event>, Refusal> {
    if delivered_to(tenant, reset.subscriber_id)?.reset == Some(reset.reset_id) {
        return Ok(vec![]);
    }
    Ok(vec![Event::SubscriberReset(reset.clone())])
}

pub(super) fn test(tenant: &TenantRoster, test: &TestedSubscriber) -> Result<Vec<Event>, Refusal> {
    let before = delivered_to(tenant, test.subscriber_id)?.tested.as_ref();
    if before.is_some_and(|before| before.id == test.test_id) {
        return Ok(vec![]);
    }
    Ok(vec![Event::SubscriberTested(test.clone())])
}

/// One at a time.
pub(super) fn start_replay(
    tenant: &TenantRoster,
    replay: &StartedReplay,
) -> Result<Vec<Event>, Refusal> {
    let subscriber = delivered_to(tenant, replay.subscriber_id)?;
    match &subscriber.replay {
        Some(before) if before.id == replay.replay_id => Ok(vec![]),
        Some(before) if before.ended.is_none() => Err(Refusal::ReplayUnderWay(before.id)),
        Some(_) | None if subscriber.disabled.is_some() => {
            Err(Refusal::SubscriberDisabled(subscriber.name.clone()))
        }
        Some(_) | None => Ok(vec![Event::SubscriberReplayStarted(replay.clone())]),
    }
}

pub(super) fn end_replay(
    tenant: &TenantRoster,
    ended: &EndedReplay,
) -> Result<Vec<Event>, Refusal> {
    match &known(tenant, ended.subscriber_id)?.replay {
        Some(replay) if replay.id == ended.replay_id => match replay.ended {
            Some(_) => Ok(vec![]),
            None => Ok(vec![Event::SubscriberReplayEnded(ended.clone())]),
        },
        Some(_) | None => Err(Refusal::NoSuchReplay(ended.replay_id)),
    }
}

/// A subscriber to whom events come; who reads over HTTP begins where the request says.
fn delivered_to(tenant: &TenantRoster, id: SubscriberId) -> Result<&Subscriber, Refusal> {
    let subscriber = known(tenant, id)?;
    match subscriber.door {
        Door::Nats | Door::Webhook { .. } => Ok(subscriber),
        Door::Pull => Err(Refusal::ReadsByItself(subscriber.name.clone())),
    }
}
