//! One feed event: what it says, and of what.

use events::{EventId, Tenant};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{Body, Fact};

/// Something that applications are told.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedEvent {
    /// What is said.
    pub fact: Fact,
    /// Of what: the id of the person, team, booking or alert.
    pub about: Uuid,
    /// What it is like now.
    pub body: Body,
}

impl FeedEvent {
    /// Where it is published: `feed.<tenant>.<entity>.<id>.<fact>`.
    pub fn subject(&self, tenant: &Tenant) -> String {
        let (entity, fact) = (self.fact.entity().as_str(), self.fact.token());
        format!("feed.{tenant}.{entity}.{}.{fact}", self.about)
    }
}

/// The id of a feed event: a UUID of version 8, made from the id of the log's event that it follows
/// from and from what it says of what. However often it is derived, it is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FeedId(pub Uuid);

impl FeedId {
    /// The id of `event`, which follows from the log's event `cause`.
    pub fn of(cause: EventId, event: &FeedEvent) -> Self {
        let mut hash = Sha256::new();
        hash.update(cause.0.as_bytes());
        hash.update(event.about.as_bytes());
        hash.update(event.fact.name());
        let digest: [u8; 32] = hash.finalize().into();
        let id = *digest.first_chunk().expect("a digest has 32 bytes");
        Self(uuid::Builder::from_custom_bytes(id).into_uuid())
    }
}

impl std::fmt::Display for FeedId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use events::{AlertCause, AlertId};

    use super::*;
    use crate::{Alert, AlertEvent};

    fn event(about: u128, fact: Fact) -> FeedEvent {
        let cause = AlertCause::Deactivations { deactivations: 20, active_before: 100 };
        let id = AlertId(Uuid::from_u128(about));
        let alert = Alert { id, cause, holds: true, outcome: None };
        FeedEvent { fact, about: id.0, body: Body::Alert(AlertEvent { alert, reason: None }) }
    }

    #[test]
    fn an_event_has_the_same_id_however_often_it_is_derived_and_no_other_has_it() {
        let id =
            |cause, about, fact| FeedId::of(EventId(Uuid::from_u128(cause)), &event(about, fact));
        let first = id(1, 2, Fact::AlertRaised);
        assert_eq!(id(1, 2, Fact::AlertRaised), first);
        assert_eq!(first.0.get_version_num(), 8);
        for other in [
            id(2, 2, Fact::AlertRaised),
            id(1, 3, Fact::AlertRaised),
            id(1, 2, Fact::AlertReleased),
        ] {
            assert_ne!(other, first);
        }
    }

    #[test]
    fn a_subject_names_tenant_entity_id_and_fact() {
        let subject = event(7, Fact::AlertReleased).subject(&"acme".parse().unwrap());
        assert_eq!(subject, "feed.acme.alert.00000000-0000-0000-0000-000000000007.released");
    }
}
