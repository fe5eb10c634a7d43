//! Events as the log tells them.

use events::{Actor, Chain, Digest, Envelope, Event, EventId, Recorded, Seq, Tenant};
use jiff::Timestamp;
use uuid::Uuid;

/// The tenant that most tests are about.
pub fn acme() -> Tenant {
    "acme".parse().expect("a slug")
}

/// The log in which `events` happen one after the other, a second apart.
pub fn log(events: impl IntoIterator<Item = Event>) -> Vec<Recorded> {
    (1..).zip(events).map(|(seq, event)| recorded(&acme(), seq, event)).collect()
}

/// An event that an administrator caused, at this position.
pub fn recorded(tenant: &Tenant, seq: u64, event: Event) -> Recorded {
    Recorded {
        seq: Seq(seq),
        envelope: Envelope {
            id: EventId(Uuid::from_u128(seq.into())),
            tenant: tenant.clone(),
            time: at(seq),
            actor: Actor::from_header("portal:grace"),
            request: None,
            trace_parent: None,
        },
        event,
        digest: Digest::of(b""),
        chain: Chain::START,
        commit: true,
    }
}

/// When the event with this position happened.
pub fn at(seq: u64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seq.cast_signed()).expect("a time")
}
