//! Subscribers: applications to which the tenant's feed is delivered.

use std::collections::BTreeSet;
use std::sync::Arc;

use events::{
    Door, EmployeeId, FactPattern, ReplayId, ReplayOutcome, ResetId, SecretId, Seq, StoredSecret,
    SubscriberId, SubscriberName, TestId,
};
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
    /// Why it is sent nothing for a while, if so.
    pub paused: Option<Paused>,
    /// Where in the log it was added or reset last: what is known of how far it has come counts if it is
    /// from behind there.
    pub begun: Seq,
    /// Its last reset.
    pub reset: Option<ResetId>,
    /// The last test event that it was to get.
    pub tested: Option<Tested>,
    /// The last part of the feed that it got, or gets, once more.
    pub replay: Option<Replay>,
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

/// Why a subscriber is sent nothing for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paused {
    /// In words, if anybody said.
    pub reason: Option<String>,
    /// Whether what it was being sent is finished first.
    pub drain: bool,
    /// Since when, by the clock.
    pub since: Timestamp,
}

/// A test event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tested {
    /// Its id.
    pub id: TestId,
    /// Where in the log it was asked for.
    pub seq: Seq,
    /// When, by the clock.
    pub at: Timestamp,
}

/// A part of the feed that a subscriber gets once more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replay {
    /// Its id.
    pub id: ReplayId,
    /// The `ce-sequence` behind which it begins.
    pub after: u64,
    /// That of its last event.
    pub through: u64,
    /// Which facts; all that the subscriber wants, if none is named.
    pub facts: BTreeSet<FactPattern>,
    /// Only what is told of this person, if one is named.
    pub person: Option<EmployeeId>,
    /// How many events a second at most.
    pub rate: u32,
    /// How many events that were when it was planned.
    pub events: u64,
    /// Where in the log it was started.
    pub started: Seq,
    /// When, by the clock.
    pub started_at: Timestamp,
    /// Whether it is at its end.
    pub ended: Option<ReplayEnd>,
}

/// The end of a replay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayEnd {
    /// How it ended.
    pub outcome: ReplayOutcome,
    /// When, by the clock.
    pub at: Timestamp,
}

impl Subscriber {
    /// The replay that is under way.
    pub fn replaying(&self) -> Option<&Replay> {
        self.replay.as_ref().filter(|replay| replay.ended.is_none())
    }

    /// Whether it wants a fact of an entity.
    pub fn wants(&self, entity: &str, fact: &str) -> bool {
        any_of(&self.facts, entity, fact)
    }
}

impl Replay {
    /// Whether a fact of an entity, about this one, is part of it, if the subscriber wants it.
    pub fn concerns(&self, entity: &str, about: &str, fact: &str) -> bool {
        concerns((&self.facts, self.person), entity, about, fact)
    }
}

/// Whether a fact of an entity, about this one, is among these facts, and about this person if one is named.
pub fn concerns(
    (facts, person): (&BTreeSet<FactPattern>, Option<EmployeeId>),
    entity: &str,
    about: &str,
    fact: &str,
) -> bool {
    let is_of_person = |person: EmployeeId| entity == "employee" && about == person.to_string();
    any_of(facts, entity, fact) && person.is_none_or(is_of_person)
}

fn any_of(facts: &BTreeSet<FactPattern>, entity: &str, fact: &str) -> bool {
    facts.is_empty() || facts.iter().any(|pattern| pattern.matches(entity, fact))
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
