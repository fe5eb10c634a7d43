//! Durable consumers: how an application reads one tenant's events, made by an operator.
//!
//! An application that subscribed to the subjects would also see what gateways publish and the
//! stream refuses. A consumer delivers what is in the stream, in its order, and keeps the
//! application's place.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, Config, DeliverPolicy, Info, pull};
use async_nats::jetstream::context::ConsumerInfoErrorKind;
use events::{Entity, Seq, Tenant};
use futures_util::TryStreamExt;

use crate::Cause;
use crate::read::unavailable;
use crate::{Log, ReadError, stream};

/// An event that nobody acknowledges for so long is delivered again.
const ACK_WAIT: Duration = Duration::from_secs(30);
/// How many requests for events an application may have open.
const MAX_WAITING: i64 = 64;
/// How many events one request may ask for.
const MAX_BATCH: i64 = 1000;
/// How long a request may stay open. The border between accounts forgets a request after two
/// minutes, so it has to end before.
const MAX_EXPIRES: Duration = Duration::from_mins(1);

/// The name of a consumer, which is also the name of its user and of its account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerName(String);

/// A text that cannot name a consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a consumer's name is 1 to 63 of a-z, 0-9 and -, and begins with a letter")]
pub struct BadConsumerName;

impl std::str::FromStr for ConsumerName {
    type Err = BadConsumerName;

    fn from_str(text: &str) -> Result<Self, BadConsumerName> {
        let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        let begins = text.starts_with(|c: char| c.is_ascii_lowercase());
        if begins && text.len() <= 63 && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadConsumerName)
        }
    }
}

impl std::fmt::Display for ConsumerName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A consumer to make.
#[derive(Clone, Debug)]
pub struct NewConsumer {
    pub name: ConsumerName,
    pub tenant: Tenant,
    /// It begins with the event behind this one; 0 means with the first.
    pub after: Seq,
    /// How many events may be delivered and not yet acknowledged.
    pub max_unacknowledged: u32,
}

/// A consumer as the server tells of it.
#[derive(Clone, Debug)]
pub struct Consumer {
    pub name: String,
    /// Whose events it delivers, if they are one tenant's.
    pub tenant: Option<Tenant>,
    pub subjects: Vec<String>,
    /// All events up to this one are acknowledged.
    pub acknowledged: Seq,
    /// How many are delivered and not acknowledged.
    pub unacknowledged: usize,
    /// How many are still to be delivered.
    pub pending: u64,
    /// Why no application should read through it, if so.
    pub fault: Option<String>,
}

/// Why a consumer was not made or deleted.
#[derive(Debug, thiserror::Error)]
pub enum ConsumerError {
    #[error("there is a consumer {0} already; delete it first, or choose another name")]
    Exists(ConsumerName),
    #[error("there is no consumer {0}")]
    Unknown(ConsumerName),
    #[error("consumer {name} is not of tenant {tenant}: it delivers {subjects}")]
    OfAnother { name: ConsumerName, tenant: Tenant, subjects: String },
    #[error("the log ends at event {end}, so nothing can begin after {after}")]
    Beyond { after: Seq, end: Seq },
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(
        "JetStream did not do it; did you use the operator's NATS user? A service's user may not"
    )]
    Refused(#[source] Cause),
}

impl Log {
    /// Makes a consumer for an application of one tenant.
    pub async fn create_consumer(&self, new: &NewConsumer) -> Result<Consumer, ConsumerError> {
        let end = self.end().await?;
        if new.after > end {
            return Err(ConsumerError::Beyond { after: new.after, end });
        }
        let jetstream = &self.main.jetstream;
        // Asked before, since making an equal one again succeeds and does not go back to where it
        // was told to begin.
        if self.consumer(&new.name).await?.is_some() {
            return Err(ConsumerError::Exists(new.name.clone()));
        }
        match jetstream.create_consumer_strict_on_stream(settings(new), stream::NAME).await {
            Ok(consumer) => Ok(told(consumer.cached_info())),
            Err(error) => Err(ConsumerError::Refused(error.into())),
        }
    }

    /// All durable consumers, and whatever else delivers events to a subject.
    pub async fn consumers(&self) -> Result<Vec<Consumer>, ConsumerError> {
        let stream = self.main.jetstream.get_stream(stream::NAME).await.map_err(unavailable)?;
        let all: Vec<Info> = stream.consumers().try_collect().await.map_err(unavailable)?;
        let lasting = |info: &&Info| {
            info.config.durable_name.is_some() || info.config.deliver_subject.is_some()
        };
        let mut consumers: Vec<Consumer> = all.iter().filter(lasting).map(told).collect();
        consumers.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(consumers)
    }

    /// Deletes a consumer of this tenant, and with it the application's place.
    pub async fn delete_consumer(
        &self,
        name: &ConsumerName,
        tenant: &Tenant,
    ) -> Result<(), ConsumerError> {
        let found = self.consumer(name).await?;
        let found = found.ok_or_else(|| ConsumerError::Unknown(name.clone()))?;
        if found.tenant.as_ref() != Some(tenant) {
            let (name, tenant) = (name.clone(), tenant.clone());
            let subjects = found.subjects.join(", ");
            return Err(ConsumerError::OfAnother { name, tenant, subjects });
        }
        let asked = self.main.jetstream.delete_consumer_from_stream(&name.0, stream::NAME).await;
        asked.map(|_| ()).map_err(|error| ConsumerError::Refused(error.into()))
    }

    async fn consumer(&self, name: &ConsumerName) -> Result<Option<Consumer>, ConsumerError> {
        let asked = self.stream.consumer_info(&name.0).await;
        match asked {
            Ok(info) => Ok(Some(told(&info))),
            Err(error) => match error.kind() {
                ConsumerInfoErrorKind::NotFound => Ok(None),
                ConsumerInfoErrorKind::InvalidName
                | ConsumerInfoErrorKind::Offline
                | ConsumerInfoErrorKind::StreamNotFound
                | ConsumerInfoErrorKind::Request
                | ConsumerInfoErrorKind::JetStream(_)
                | ConsumerInfoErrorKind::TimedOut
                | ConsumerInfoErrorKind::NoResponders => Err(ConsumerError::Refused(error.into())),
            },
        }
    }
}

/// The subjects that an application of a tenant may read.
fn subjects(tenant: &Tenant) -> Vec<String> {
    let readable = Entity::ALL.into_iter().filter(|entity| entity.is_for_applications());
    readable.map(|entity| format!("prov.{tenant}.{}.>", entity.as_str())).collect()
}

fn settings(new: &NewConsumer) -> pull::Config {
    let deliver_policy = match new.after {
        Seq(0) => DeliverPolicy::All,
        after => DeliverPolicy::ByStartSequence { start_sequence: after.next().0 },
    };
    pull::Config {
        durable_name: Some(new.name.0.clone()),
        description: Some(format!("An application of {}", new.tenant)),
        deliver_policy,
        filter_subjects: subjects(&new.tenant),
        ack_policy: AckPolicy::Explicit,
        ack_wait: ACK_WAIT,
        max_deliver: -1,
        max_ack_pending: i64::from(new.max_unacknowledged),
        max_waiting: MAX_WAITING,
        max_batch: MAX_BATCH,
        max_expires: MAX_EXPIRES,
        // As many copies as the log has.
        num_replicas: 0,
        ..pull::Config::default()
    }
}

fn told(info: &Info) -> Consumer {
    let config = &info.config;
    let subjects = match &*config.filter_subject {
        "" => config.filter_subjects.clone(),
        subject => vec![subject.to_owned()],
    };
    Consumer {
        name: info.name.clone(),
        tenant: tenant_of(&subjects),
        acknowledged: Seq(info.ack_floor.stream_sequence),
        unacknowledged: info.num_ack_pending,
        pending: info.num_pending,
        fault: fault(config, &subjects),
        subjects,
    }
}

/// The one tenant whose events match, if it is one.
fn tenant_of(subjects: &[String]) -> Option<Tenant> {
    let tenant = |subject: &String| subject.split('.').nth(1)?.parse::<Tenant>().ok();
    let first = tenant(subjects.first()?)?;
    subjects.iter().all(|subject| tenant(subject).as_ref() == Some(&first)).then_some(first)
}

/// Why no application should read through such a consumer.
fn fault(config: &Config, found: &[String]) -> Option<String> {
    if let Some(subject) = &config.deliver_subject {
        return Some(format!("it pushes to {subject}, whether anybody keeps up or not"));
    }
    if config.ack_policy != AckPolicy::Explicit {
        return Some("it counts events as read that nobody acknowledged".to_owned());
    }
    let Some(tenant) = tenant_of(found) else {
        return Some("it delivers events of more than one tenant".to_owned());
    };
    let allowed = subjects(&tenant);
    let within = |subject: &String| {
        let narrow = |all: &String| subject.starts_with(all.trim_end_matches('>'));
        allowed.iter().any(narrow)
    };
    found
        .iter()
        .find(|subject| !within(subject))
        .map(|subject| format!("it delivers {subject}, which is not for applications"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_nats::jetstream::consumer::IntoConsumerConfig;

    fn new(after: u64) -> NewConsumer {
        NewConsumer {
            name: "acme-app".parse().unwrap(),
            tenant: "acme".parse().unwrap(),
            after: Seq(after),
            max_unacknowledged: 100,
        }
    }

    #[test]
    fn a_consumer_names_each_entity_and_no_credential() {
        let expected = ["tenant", "integration", "user", "group", "team", "booking", "alert"]
            .map(|entity| format!("prov.acme.{entity}.>"));
        assert_eq!(settings(&new(0)).filter_subjects, expected);
    }

    #[test]
    fn it_begins_with_the_event_behind_the_position_that_was_read() {
        assert_eq!(settings(&new(0)).deliver_policy, DeliverPolicy::All);
        let from = DeliverPolicy::ByStartSequence { start_sequence: 1235 };
        assert_eq!(settings(&new(1234)).deliver_policy, from);
    }

    #[test]
    fn a_consumer_of_ours_has_no_fault_and_every_other_kind_is_named() {
        let ours = settings(&new(0)).into_consumer_config();
        assert_eq!(fault(&ours, &ours.filter_subjects), None);
        let pushing = Config { deliver_subject: Some("spy".to_owned()), ..ours.clone() };
        let careless = Config { ack_policy: AckPolicy::None, ..ours.clone() };
        for config in [pushing, careless] {
            assert!(fault(&config, &config.filter_subjects).is_some(), "{config:?}");
        }
        let one = |subject: &str| vec![subject.to_owned()];
        for narrow in ["prov.acme.user.>", "prov.acme.user.*.created"] {
            assert_eq!(fault(&ours, &one(narrow)), None, "{narrow}");
        }
        let wide = ["prov.>", "prov.acme.>", "prov.*.user.>", "prov.acme.*.*.issued", ">"];
        for subject in wide.into_iter().chain(["prov.acme.credential.>", "prov.acme.users.>"]) {
            assert!(fault(&ours, &one(subject)).is_some(), "{subject}");
        }
        let two = [one("prov.acme.user.>"), one("prov.initech.user.>")].concat();
        for subjects in [vec![], two] {
            assert!(fault(&ours, &subjects).is_some(), "{subjects:?}");
        }
    }

    #[test]
    fn a_name_is_a_plain_word() {
        for good in ["acme-app", "a", "a1"] {
            assert_eq!(good.parse(), Ok(ConsumerName(good.to_owned())));
        }
        let long = "a".repeat(64);
        for bad in ["", "Acme", "acme.app", "a b", "a*", ">", "1a", "-a", "a/b", "ä", &long] {
            assert_eq!(bad.parse::<ConsumerName>(), Err(BadConsumerName), "{bad:?}");
        }
    }
}
