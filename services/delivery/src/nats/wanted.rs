//! What the roster says of subscribers that fetch from NATS: who may come in, and through which consumer
//! each reads.

use std::collections::{BTreeMap, BTreeSet};

use eventlog::{
    Admitted, KeptConsumer, Login, SubscriberConsumer, replay_consumer, subscriber_user,
};
use events::{Door, ReplayId, StoredSecret, SubscriberId, SubscriberName, Tenant};
use feed::{Entity, Fact, Pattern};
use roster::{Replay, Roster, Subscriber};

/// A consumer that is to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) tenant: Tenant,
    /// The `ce-sequence` behind which it begins.
    pub(super) after: u64,
    pub(super) consumer: SubscriberConsumer,
}

impl Wanted {
    /// Whether a consumer is this one, and not of another subscriber that had the name before, or from before a
    /// reset.
    pub(super) fn is(&self, found: &KeptConsumer) -> bool {
        let SubscriberConsumer { subscriber, added, .. } = &self.consumer;
        (found.subscriber, found.added) == (*subscriber, *added)
    }
}

/// A replay that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Replaying {
    pub(super) tenant: Tenant,
    pub(super) subscriber: SubscriberId,
    pub(super) id: ReplayId,
    /// The `ce-sequence` of its last event.
    pub(super) through: u64,
    pub(super) consumer: String,
}

/// All consumers that are to be there, by name: one that delivers what is new, and one for each replay. That of
/// a disabled subscriber stays: it keeps the place.
pub(super) fn wanted(roster: &Roster) -> BTreeMap<String, Wanted> {
    let all = fetching(roster).flat_map(|(tenant, subscriber)| {
        let name = subscriber_user(tenant, &subscriber.name);
        let replay = subscriber.replaying().map(|replay| {
            let consumer = SubscriberConsumer {
                name: replay_consumer(&name),
                subscriber: SubscriberId(replay.id.0),
                added: replay.started,
                subjects: replayed(tenant, subscriber, replay),
                paused: subscriber.paused.is_some(),
            };
            (consumer, replay.after)
        });
        let live = SubscriberConsumer {
            name,
            subscriber: subscriber.id,
            added: subscriber.begun,
            subjects: subjects(tenant, subscriber),
            paused: subscriber.paused.is_some(),
        };
        [(live, subscriber.after)].into_iter().chain(replay).map(|(consumer, after)| {
            let name = consumer.name.clone();
            (name, Wanted { tenant: tenant.clone(), after, consumer })
        })
    });
    all.collect()
}

/// The replays that are under way.
pub(super) fn replays(roster: &Roster) -> Vec<Replaying> {
    let all = fetching(roster).filter_map(|(tenant, subscriber)| {
        let replay = subscriber.replaying()?;
        Some(Replaying {
            tenant: tenant.clone(),
            subscriber: subscriber.id,
            id: replay.id,
            through: replay.through,
            consumer: replay_consumer(&subscriber_user(tenant, &subscriber.name)),
        })
    });
    all.collect()
}

/// Who may be connected, and by which secret.
pub(super) fn live(roster: &Roster) -> BTreeSet<Admitted> {
    let of = |(tenant, subscriber): (&Tenant, &Subscriber)| {
        let user = subscriber_user(tenant, &subscriber.name);
        let secrets = enabled_secrets(subscriber).map(|(id, _)| id);
        secrets.map(|secret| Admitted { user: user.clone(), secret }).collect::<Vec<_>>()
    };
    fetching(roster).flat_map(of).collect()
}

/// The tenant whose subscriber somebody says they are.
pub(super) fn tenant(login: &Login) -> Option<Tenant> {
    login.user.split_once('_')?.0.parse().ok()
}

/// Who comes in with these, if anybody may.
pub(super) fn admitted(roster: &Roster, login: &Login) -> Option<Admitted> {
    let (tenant, (_, name)) = (tenant(login)?, login.user.split_once('_')?);
    let name: SubscriberName = name.parse().ok()?;
    let subscriber = roster.tenant(&tenant)?.subscribers().named(&name)?;
    let (secret, _) = enabled_secrets(subscriber).find(|(_, digest)| *digest == login.digest)?;
    Some(Admitted { user: login.user.clone(), secret })
}

fn fetching(roster: &Roster) -> impl Iterator<Item = (&Tenant, &Subscriber)> {
    let all = roster.tenants().flat_map(|(slug, tenant)| {
        tenant.subscribers().iter().map(move |subscriber| (slug, subscriber))
    });
    all.filter(|(_, subscriber)| subscriber.door == Door::Nats)
}

/// The secrets that open something now.
fn enabled_secrets(
    subscriber: &Subscriber,
) -> impl Iterator<Item = (events::SecretId, events::Digest)> {
    let secrets = subscriber.secrets.iter().filter(|_| subscriber.disabled.is_none());
    secrets.filter_map(|secret| match secret.secret {
        StoredSecret::Digest(digest) => Some((secret.id, digest)),
        StoredSecret::Encrypted(_) => None,
    })
}

/// What it reads: what it wants, without what is in another subject already, which JetStream refuses.
/// What this program does not know is wanted for nothing.
fn subjects(tenant: &Tenant, subscriber: &Subscriber) -> BTreeSet<String> {
    let known = subscriber.facts.iter().filter_map(|text| text.as_str().parse().ok());
    let mut patterns: BTreeSet<Pattern> = known.collect();
    if subscriber.facts.is_empty() {
        patterns.extend(Entity::TOLD.map(Pattern::All));
    }
    let whole = patterns.clone();
    patterns.retain(|pattern| match pattern {
        Pattern::All(_) => true,
        Pattern::One(fact) => !whole.contains(&Pattern::All(fact.entity())),
    });
    let mut subjects: BTreeSet<String> =
        patterns.into_iter().map(|pattern| pattern.subject(tenant)).collect();
    // What is sent to it alone, to try whether it is there.
    subjects.insert(format!("feed.{tenant}.subscriber.{}.>", subscriber.id));
    subjects
}

/// What a replay delivers: the part that the subscriber wants, by fact and of one person, if it is of one. There
/// is always some subject, since a consumer without one delivers everything.
fn replayed(tenant: &Tenant, subscriber: &Subscriber, replay: &Replay) -> BTreeSet<String> {
    let person = replay.person.map(|person| person.to_string());
    let about = person.as_deref().unwrap_or("*");
    let wanted = Fact::told().filter(|fact| {
        let (entity, token) = (fact.entity().as_str(), fact.token());
        subscriber.wants(entity, token) && replay.concerns(entity, about, token)
    });
    let subject =
        |fact: Fact| format!("feed.{tenant}.{}.{about}.{}", fact.entity().as_str(), fact.token());
    let subjects: BTreeSet<String> = wanted.map(subject).collect();
    if subjects.is_empty() {
        return BTreeSet::from([format!("feed.{tenant}.subscriber.{}.>", replay.id)]);
    }
    subjects
}

#[cfg(test)]
mod tests {
    use events::{
        Actor, AddedSubscriber, Chain, CreatedTenant, Digest, DisabledSubscriber, Envelope, Event,
        EventId, IssuedSubscriberSecret, Recorded, SecretId, Seq, SubscriberId, SubscriberState,
        TenantId,
    };
    use uuid::Uuid;

    use super::*;

    const KITCHEN: SubscriberId = SubscriberId(Uuid::from_u128(1));

    fn told(events: impl IntoIterator<Item = Event>) -> Roster {
        let mut roster = Roster::default();
        for event in events {
            let seq = roster.position().seq.next();
            let envelope = Envelope {
                id: EventId(Uuid::from_u128(seq.0.into())),
                tenant: "acme".parse().unwrap(),
                time: jiff::Timestamp::UNIX_EPOCH,
                actor: Actor::operator(),
                request: None,
                trace_parent: None,
            };
            let (digest, chain) = (Digest([0; 32]), Chain([0; 32]));
            let recorded = Recorded { seq, envelope, event, digest, chain, commit: true };
            roster::evolve(&mut roster, &recorded);
        }
        roster
    }

    fn kitchen(facts: &[&str]) -> [Event; 3] {
        let state = SubscriberState {
            subscriber_id: KITCHEN,
            name: "kitchen".parse().unwrap(),
            door: Door::Nats,
            facts: facts.iter().map(|fact| fact.parse().unwrap()).collect(),
        };
        [
            Event::TenantCreated(CreatedTenant {
                tenant_id: TenantId(Uuid::from_u128(9)),
                slug: "acme".parse().unwrap(),
            }),
            Event::SubscriberAdded(AddedSubscriber { state, after: 0 }),
            Event::SubscriberSecretIssued(IssuedSubscriberSecret {
                subscriber_id: KITCHEN,
                secret_id: SecretId(Uuid::from_u128(2)),
                secret: StoredSecret::Digest(Digest::of(b"open")),
            }),
        ]
    }

    fn login(user: &str, password: &str) -> Login {
        Login { user: user.to_owned(), digest: Digest::of(password.as_bytes()) }
    }

    #[test]
    fn whoever_shows_a_secret_that_counts_comes_in_and_nobody_else() {
        let roster = told(kitchen(&[]));
        let may = admitted(&roster, &login("acme_kitchen", "open")).unwrap();
        assert_eq!(live(&roster), BTreeSet::from([may]));
        for (user, password) in [
            ("acme_kitchen", "shut"),
            ("acme_kitchen", ""),
            ("acme_doors", "open"),
            ("initech_kitchen", "open"),
            ("kitchen", "open"),
            ("", ""),
        ] {
            assert_eq!(admitted(&roster, &login(user, password)), None, "{user} {password}");
        }
    }

    #[test]
    fn a_disabled_subscriber_keeps_its_consumer_and_stays_outside() {
        let disabled = Event::SubscriberDisabled(DisabledSubscriber {
            subscriber_id: KITCHEN,
            reason: "too loud".to_owned(),
            by_itself: false,
        });
        let roster = told(kitchen(&[]).into_iter().chain([disabled]));
        assert_eq!(admitted(&roster, &login("acme_kitchen", "open")), None);
        assert!(live(&roster).is_empty());
        assert_eq!(wanted(&roster).len(), 1);
    }

    #[test]
    fn a_consumer_delivers_what_is_wanted_each_once() {
        let of = |facts: &[&str]| {
            let wanted = wanted(&told(kitchen(facts)));
            let one = &wanted["acme_kitchen"];
            assert_eq!((one.consumer.added, one.consumer.subscriber), (Seq(2), KITCHEN));
            one.consumer.subjects.clone()
        };
        let own = format!("feed.acme.subscriber.{KITCHEN}.>");
        let subjects = |wanted: &[&str]| -> BTreeSet<String> {
            wanted.iter().map(|subject| (*subject).to_owned()).chain([own.clone()]).collect()
        };
        assert_eq!(
            of(&["employee.*", "employee.left", "team.changed", "comet.seen"]),
            subjects(&["feed.acme.employee.>", "feed.acme.team.*.changed"])
        );
        assert_eq!(of(&[]).len(), Entity::TOLD.len() + 1);
    }
}
