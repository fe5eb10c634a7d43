//! Bodies about subscribers.

use proptest::collection::btree_set;
use proptest::prelude::*;

use super::values::uuid;
use crate::{
    AddedSubscriber, Digest, DisabledSubscriber, Door, EnabledSubscriber, FactPattern,
    IssuedSubscriberSecret, RemovedSubscriber, SecretId, StoredSecret, SubscriberId,
    SubscriberState, WithdrawnSubscriberSecret,
};

pub(super) fn added() -> impl Strategy<Value = AddedSubscriber> {
    (state(), any::<u64>()).prop_map(|(state, after)| AddedSubscriber { state, after })
}

pub(super) fn state() -> impl Strategy<Value = SubscriberState> {
    let door = prop_oneof![
        Just(Door::Nats),
        Just(Door::Pull),
        ".{0,40}".prop_map(|url| Door::Webhook { url }),
    ];
    (subscriber_id(), "[a-z][a-z0-9-]{0,62}", door, btree_set(fact_pattern(), 0..4)).prop_map(
        |(subscriber_id, name, door, facts)| SubscriberState {
            subscriber_id,
            name: name.parse().expect("a name"),
            door,
            facts,
        },
    )
}

pub(super) fn removed() -> impl Strategy<Value = RemovedSubscriber> {
    subscriber_id().prop_map(|subscriber_id| RemovedSubscriber { subscriber_id })
}

pub(super) fn issued_secret() -> impl Strategy<Value = IssuedSubscriberSecret> {
    let secret = prop_oneof![
        any::<[u8; 32]>().prop_map(|digest| StoredSecret::Digest(Digest(digest))),
        ".{0,40}".prop_map(StoredSecret::Encrypted),
    ];
    (subscriber_id(), uuid(), secret).prop_map(|(subscriber_id, id, secret)| {
        IssuedSubscriberSecret { subscriber_id, secret_id: SecretId(id), secret }
    })
}

pub(super) fn withdrawn_secret() -> impl Strategy<Value = WithdrawnSubscriberSecret> {
    (subscriber_id(), uuid()).prop_map(|(subscriber_id, id)| WithdrawnSubscriberSecret {
        subscriber_id,
        secret_id: SecretId(id),
    })
}

pub(super) fn disabled() -> impl Strategy<Value = DisabledSubscriber> {
    (subscriber_id(), ".{0,40}", any::<bool>()).prop_map(|(subscriber_id, reason, by_itself)| {
        DisabledSubscriber { subscriber_id, reason, by_itself }
    })
}

pub(super) fn enabled() -> impl Strategy<Value = EnabledSubscriber> {
    subscriber_id().prop_map(|subscriber_id| EnabledSubscriber { subscriber_id })
}

pub(super) fn subscriber_id() -> impl Strategy<Value = SubscriberId> {
    uuid().prop_map(SubscriberId)
}

pub(super) fn fact_pattern() -> impl Strategy<Value = FactPattern> {
    r"[a-z][a-z-]{0,20}\.(\*|[a-z][a-z-]{0,20})".prop_map(|text| text.parse().expect("a pattern"))
}
