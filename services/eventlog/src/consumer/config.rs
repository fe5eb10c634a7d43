//! The settings of consumers: those that we choose, and what is wrong with others.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, Config, DeliverPolicy, Info, pull};
use events::{Entity, Seq, Tenant};

use super::consumer_types::{Consumer, NewConsumer};
use crate::stream_name::StreamName;

/// An event that nobody acknowledges for so long is delivered again.
const ACK_WAIT: Duration = Duration::from_secs(30);
/// How many requests for events an application may have open.
const MAX_WAITING: i64 = 64;
/// How many events one request may ask for.
const MAX_BATCH: i64 = 1000;
/// How long a request may stay open. The border between accounts forgets a request after two
/// minutes, so it has to end before.
const MAX_EXPIRES: Duration = Duration::from_mins(1);

/// The subjects of the events that an application of a tenant may read.
fn subjects(tenant: &Tenant) -> Vec<String> {
    let readable = Entity::ALL.into_iter().filter(|entity| entity.is_for_applications());
    readable.map(|entity| format!("prov.{tenant}.{}.>", entity.as_str())).collect()
}

/// How the server is told to make a consumer on `stream`.
pub(super) fn config_of(stream: &StreamName, new: &NewConsumer) -> pull::Config {
    let deliver_policy = match new.after {
        Seq(0) => DeliverPolicy::All,
        after => DeliverPolicy::ByStartSequence { start_sequence: after.next().0 },
    };
    pull::Config {
        durable_name: Some(new.name.to_string()),
        description: Some(format!("An application of {}", new.tenant)),
        deliver_policy,
        filter_subjects: subjects(&new.tenant).iter().map(|own| stream.stored(own)).collect(),
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

/// A consumer of `stream`, as the server describes it.
pub(super) fn described(stream: &StreamName, info: &Info) -> Consumer {
    let config = &info.config;
    let filters = match &*config.filter_subject {
        "" => config.filter_subjects.clone(),
        subject => vec![subject.to_owned()],
    };
    // What is not of the stream by its name, such as `>`, is shown as it is, and is a fault.
    let own = |filter: &String| stream.of_event(filter).unwrap_or(filter).to_owned();
    let subjects: Vec<String> = filters.iter().map(own).collect();
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
        assert_eq!(config_of(&StreamName::default(), &new(0)).filter_subjects, expected);
    }

    #[test]
    fn it_begins_with_the_event_behind_the_position_that_was_read() {
        assert_eq!(config_of(&StreamName::default(), &new(0)).deliver_policy, DeliverPolicy::All);
        let from = DeliverPolicy::ByStartSequence { start_sequence: 1235 };
        assert_eq!(config_of(&StreamName::default(), &new(1234)).deliver_policy, from);
    }

    #[test]
    fn a_consumer_of_ours_has_no_fault_and_every_other_kind_is_named() {
        let ours = config_of(&StreamName::default(), &new(0)).into_consumer_config();
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
}
