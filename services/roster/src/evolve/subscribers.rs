//! Subscribers come and go.

use events::{
    AddedSubscriber, DisabledSubscriber, EnabledSubscriber, IssuedSubscriberSecret,
    SubscriberState, WithdrawnSubscriberSecret,
};

use super::moment::Moment;
use crate::{Disabled, Subscriber, SubscriberSecret, Subscribers};

pub(super) fn added(subscribers: &mut Subscribers, at: Moment, body: &AddedSubscriber) {
    let SubscriberState { subscriber_id, name, door, facts } = body.state.clone();
    let subscriber = Subscriber {
        id: subscriber_id,
        name,
        door,
        facts,
        after: body.after,
        added: at.seq,
        added_at: at.time,
        secrets: vec![],
        disabled: None,
        paused: None,
        begun: at.seq,
        reset: None,
        tested: None,
        replay: None,
    };
    subscribers.put(subscriber);
}

pub(super) fn changed(subscribers: &mut Subscribers, body: &SubscriberState) {
    subscribers.change(body.subscriber_id, |subscriber| {
        subscriber.door.clone_from(&body.door);
        subscriber.facts.clone_from(&body.facts);
    });
}

pub(super) fn issued(subscribers: &mut Subscribers, at: Moment, body: &IssuedSubscriberSecret) {
    let IssuedSubscriberSecret { subscriber_id, secret_id, secret } = body.clone();
    subscribers.change(subscriber_id, |subscriber| {
        subscriber.secrets.push(SubscriberSecret { id: secret_id, secret, issued_at: at.time });
    });
}

pub(super) fn withdrawn(subscribers: &mut Subscribers, body: &WithdrawnSubscriberSecret) {
    subscribers.change(body.subscriber_id, |subscriber| {
        subscriber.secrets.retain(|secret| secret.id != body.secret_id);
    });
}

pub(super) fn disabled(subscribers: &mut Subscribers, at: Moment, body: &DisabledSubscriber) {
    let DisabledSubscriber { subscriber_id, reason, by_itself } = body.clone();
    subscribers.change(subscriber_id, |subscriber| {
        subscriber.disabled = Some(Disabled { reason, by_itself, since: at.time });
    });
}

pub(super) fn enabled(subscribers: &mut Subscribers, body: &EnabledSubscriber) {
    subscribers.change(body.subscriber_id, |subscriber| subscriber.disabled = None);
}
