//! Subscribers: applications to which the tenant's feed is delivered.

use std::collections::BTreeSet;
use std::sync::Arc;

use events::{Door, FactPattern, SecretId, Seq, StoredSecret, SubscriberId, SubscriberName};
use imbl::OrdMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An application to which the tenant's feed is delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscriber {
    /// Its id.
    pub id: SubscriberId,
    /// Its name, unique in the tenant.
    pub name: SubscriberName,
    /// How the feed gets to it.
    pub door: Door,
    /// Which facts it wants; all, if none is named.
    pub facts: BTreeSet<FactPattern>,
    /// The `ce-sequence` of the tenant's feed behind which it begins.
    pub after: u64,
    /// Where in the log it was added.
    pub added: Seq,
    /// When it was added, by the clock.
    pub added_at: Timestamp,
    /// The secrets that count, the oldest first.
    pub secrets: Vec<SubscriberSecret>,
    /// Why it gets nothing, if so.
    pub disabled: Option<Disabled>,
}

/// A secret of a subscriber.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriberSecret {
    /// Its id.
    pub id: SecretId,
    /// What is kept of it.
    pub secret: StoredSecret,
    /// When it was issued, by the clock.
    pub issued_at: Timestamp,
}

/// Why a subscriber gets nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disabled {
    /// In words.
    pub reason: String,
    /// Whether Rollcall did it by itself.
    pub by_itself: bool,
    /// Since when, by the clock.
    pub since: Timestamp,
}

impl Subscriber {
    /// Whether it wants a fact of an entity.
    pub fn wants(&self, entity: &str, fact: &str) -> bool {
        self.facts.is_empty() || self.facts.iter().any(|pattern| pattern.matches(entity, fact))
    }
}

/// The subscribers of a tenant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Subscribers(OrdMap<SubscriberId, Arc<Subscriber>>);

impl Subscribers {
    /// A subscriber, by its id.
    pub fn get(&self, id: SubscriberId) -> Option<&Subscriber> {
        self.0.get(&id).map(Arc::as_ref)
    }

    /// A subscriber, by its name.
    pub fn named(&self, name: &SubscriberName) -> Option<&Subscriber> {
        self.iter().find(|subscriber| subscriber.name == *name)
    }

    /// All of them, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Subscriber> {
        self.0.values().map(Arc::as_ref)
    }

    pub(crate) fn put(&mut self, subscriber: Subscriber) {
        self.0.insert(subscriber.id, Arc::new(subscriber));
    }

    pub(crate) fn take(&mut self, id: SubscriberId) {
        self.0.remove(&id);
    }

    pub(crate) fn change(&mut self, id: SubscriberId, change: impl FnOnce(&mut Subscriber)) {
        if let Some(subscriber) = self.0.get_mut(&id) {
            change(Arc::make_mut(subscriber));
        }
    }
}
