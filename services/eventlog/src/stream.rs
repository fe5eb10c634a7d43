//! The stream that holds the log, and the settings that keep it whole.

use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::{
    Config, DiscardPolicy, PersistenceMode, RetentionPolicy, StorageType,
};
use tokio::time::Instant;

use crate::error::{Cause, LogError};
use crate::log::ELECTION_TIMEOUT;
use crate::looked_up;
use crate::stream_name::StreamName;

/// Stands in the settings of a stream that is being restored from a backup, until all of it is there.
const RESTORING: &str = "rollcall-restoring";

/// Whether a restore began to make this stream and did not end.
pub(crate) fn is_half_restored(config: &Config) -> bool {
    config.metadata.contains_key(RESTORING)
}

/// The settings of a log that is being restored: it cannot be opened.
pub(crate) fn settings_of_half(name: &StreamName, replicas: usize) -> Config {
    let metadata = [(RESTORING.to_owned(), "true".to_owned())].into();
    Config { metadata, ..settings(name, replicas) }
}

/// Whether there is a stream. One that would lose events is an error.
pub(crate) async fn exists(
    jetstream: &Context,
    name: &StreamName,
    deadline: Instant,
) -> Result<bool, LogError> {
    loop {
        match config(jetstream, name).await {
            Ok(None) => return Ok(false),
            Ok(Some(config)) if is_half_restored(&config) => {
                return Err(LogError::HalfRestored { stream: name.clone() });
            }
            Ok(Some(config)) => {
                let faults = log_faults(name, &config);
                return if faults.is_empty() {
                    Ok(true)
                } else {
                    Err(LogError::Lossy { stream: name.clone(), faults: faults.join(", ") })
                };
            }
            // A server that has just started needs a moment until JetStream answers.
            Err(_) if Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Err(source) => return Err(LogError::Stream { stream: name.clone(), source }),
        }
    }
}

/// Whether there is a stream of this name, whatever it is for.
pub(crate) async fn is_there(jetstream: &Context, name: &str) -> Result<bool, Cause> {
    Ok(looked_up::stream(jetstream, name).await?.is_some())
}

/// The stream's settings; none, if there is no stream.
pub(crate) async fn config(
    jetstream: &Context,
    name: &StreamName,
) -> Result<Option<Config>, Cause> {
    let found = looked_up::stream(jetstream, name.as_str()).await?;
    Ok(found.map(|stream| stream.cached_info().config.clone()))
}

/// Makes the stream. Making an equal one again succeeds.
pub(crate) async fn create(
    jetstream: &Context,
    name: &StreamName,
    replicas: usize,
    deadline: Instant,
) -> Result<(), LogError> {
    loop {
        match jetstream.create_stream(settings(name, replicas)).await {
            Ok(_) => {
                tracing::info!(stream = name.as_str(), replicas, "made the log");
                return Ok(());
            }
            Err(_) if Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Err(error) => {
                return Err(LogError::Stream { stream: name.clone(), source: error.into() });
            }
        }
    }
}

/// Finds a stream beside the log, or makes it with these settings. One that has faults is refused.
pub(crate) async fn found_or_made(
    jetstream: &Context,
    name: &StreamName,
    settings: Config,
    faults_of: impl Fn(&Config) -> Vec<&'static str>,
) -> Result<(), LogError> {
    let deadline = Instant::now() + ELECTION_TIMEOUT;
    let stream = loop {
        match jetstream.get_or_create_stream(settings.clone()).await {
            Ok(stream) => break stream,
            // A server that has just started, or lost its leader, needs a moment.
            Err(_) if Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Err(error) => {
                return Err(LogError::Stream { stream: name.clone(), source: error.into() });
            }
        }
    };
    let faults = faults_of(&stream.cached_info().config);
    if faults.is_empty() {
        return Ok(());
    }
    Err(LogError::Lossy { stream: name.clone(), faults: faults.join(", ") })
}

/// The settings of a stream on disk that keeps everything; what does not fit is refused.
pub(crate) fn all_is_kept() -> Config {
    Config {
        storage: StorageType::File,
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::New,
        max_messages: -1,
        max_bytes: -1,
        max_messages_per_subject: -1,
        max_consumers: -1,
        allow_direct: true,
        ..Config::default()
    }
}

/// The settings of a log. Deleting stays possible, to those whom the
/// server's permissions allow it: to erase a person's events is the one way in which any may go, and
/// a stream that was made with `deny_delete` can never do so.
pub(crate) fn settings(name: &StreamName, replicas: usize) -> Config {
    Config {
        name: name.to_string(),
        description: Some("Every provisioning event, in one order".to_owned()),
        subjects: vec![name.subjects()],
        num_replicas: replicas,
        allow_atomic_publish: true,
        ..all_is_kept()
    }
}

/// What is wrong with a stream's settings, in words; nothing, if events are safe in it.
pub(crate) fn log_faults(name: &StreamName, config: &Config) -> Vec<&'static str> {
    faults(&name.subjects(), config)
}

/// What is wrong with the settings of a stream of `subjects` that is to keep everything.
pub(crate) fn faults(subjects: &str, config: &Config) -> Vec<&'static str> {
    let checks = [
        (config.subjects != [subjects], "its subjects are not those of its name alone"),
        (config.storage != StorageType::File, "it lives in memory"),
        (config.retention != RetentionPolicy::Limits, "its retention is not by limits"),
        (config.discard != DiscardPolicy::New, "it discards old events when it is full"),
        (!config.max_age.is_zero(), "its events expire (max_age)"),
        (config.max_messages_per_subject > 0, "it keeps only so many events of a subject"),
        (config.allow_message_ttl, "its events may expire (allow_msg_ttl)"),
        (config.allow_rollup, "a message may replace others (allow_rollup_hdrs)"),
        (config.no_ack, "it does not acknowledge (no_ack)"),
        (config.sealed, "it is sealed"),
        (config.mirror.is_some() || config.sources.is_some(), "it copies another stream"),
        (config.subject_transform.is_some(), "it rewrites subjects"),
        (!config.allow_atomic_publish, "it takes no atomic batches (allow_atomic)"),
        (
            config.persist_mode == Some(PersistenceMode::Async),
            "it acknowledges before it has written (persist_mode: async)",
        ),
    ];
    checks.into_iter().filter_map(|(faulty, words)| faulty.then_some(words)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(replicas: usize) -> Config {
        super::settings(&StreamName::default(), replicas)
    }

    fn faults(config: &Config) -> Vec<&'static str> {
        log_faults(&StreamName::default(), config)
    }

    #[test]
    fn the_settings_we_choose_are_safe() {
        assert_eq!(faults(&settings(1)), Vec::<&str>::new());
    }

    #[test]
    fn every_way_to_lose_events_is_named() {
        let faulty = [
            Config { storage: StorageType::Memory, ..settings(1) },
            Config { discard: DiscardPolicy::Old, ..settings(1) },
            Config { retention: RetentionPolicy::WorkQueue, ..settings(1) },
            Config { max_age: Duration::from_secs(1), ..settings(1) },
            Config { max_messages_per_subject: 1, ..settings(1) },
            Config { persist_mode: Some(PersistenceMode::Async), ..settings(1) },
            Config { allow_atomic_publish: false, ..settings(1) },
            Config { allow_rollup: true, ..settings(1) },
            Config { allow_message_ttl: true, ..settings(1) },
            Config { no_ack: true, ..settings(1) },
            Config { subjects: vec!["prov.acme.>".to_owned()], ..settings(1) },
        ];
        for config in faulty {
            assert_eq!(faults(&config).len(), 1, "{config:?}");
        }
    }
}
