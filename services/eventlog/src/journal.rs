//! A second stream beside the log, for what operators do: one record a message, in one order, none
//! ever removed.
//!
//! What a record says is its reader's business. Appends name the last record that the writer knows,
//! so that whoever decides has seen all that was decided before.

use async_nats::HeaderMap;
use async_nats::client::{Request, RequestErrorKind};
use async_nats::header::NATS_EXPECTED_LAST_SEQUENCE;
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};
use async_nats::jetstream::{self, ErrorCode};
use bytes::Bytes;
use serde::Deserialize;

use crate::connection::REQUEST_TIMEOUT;
use crate::error::{Cause, LogError};
use crate::log::Log;
use crate::stream::{all_is_kept, found_or_made};
use crate::stream_name::StreamName;

mod follow;
mod read;

/// The journal of the default log.
const BASE: &str = "OPERATIONS";

/// The journal beside a log. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Journal {
    log: Log,
    name: StreamName,
    /// What stands before the name of an act in a subject.
    prefix: String,
}

/// One message of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalRecord {
    /// Its position, from 1 on.
    pub seq: u64,
    /// What it says.
    pub body: Bytes,
}

/// Why a record was not appended.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Another writer was first. Nothing was written.
    #[error("somebody else has written to the journal; read on, and decide again")]
    Conflict,
    /// It cannot be written to, or gave no answer and does not tell whether it has the record.
    #[error("the journal cannot be written to at present; try again shortly")]
    Unavailable(#[source] Cause),
}

impl Journal {
    /// The journal beside `log`, made if there is none yet.
    pub async fn open(log: &Log) -> Result<Self, LogError> {
        let journal = Self::of(log);
        let faults_of = |config: &Config| journal_faults(config, &journal.subjects());
        found_or_made(&log.main.jetstream, &journal.name, journal.settings(), faults_of).await?;
        Ok(journal)
    }

    /// The journal beside `log`, to read it: nothing is made, and one that is not there is empty.
    pub fn of(log: &Log) -> Self {
        let name = log.name.beside(BASE);
        let prefix = log.name.stored("ops");
        Self { log: log.clone(), name, prefix }
    }

    /// The stream that holds it.
    pub(crate) fn stream_name(&self) -> &StreamName {
        &self.name
    }

    /// The act that a message of a journal is about.
    pub(crate) fn act_of(subject: &str) -> Option<&str> {
        // The journal of another log than the default one has that log's name in front.
        subject.split_once("ops.").map(|(_, act)| act)
    }

    pub(crate) fn subjects(&self) -> String {
        format!("{}.>", self.prefix)
    }

    /// Nothing is ever removed, not even by who may change streams: `deny_purge` and `deny_delete`
    /// cannot be lifted again.
    fn settings(&self) -> Config {
        Config {
            name: self.name.to_string(),
            description: Some("What operators did, in one order".to_owned()),
            subjects: vec![self.subjects()],
            num_replicas: self.log.replicas,
            deny_delete: true,
            deny_purge: true,
            ..all_is_kept()
        }
    }

    /// Appends a record about `act` (`replay.planned`) if the journal still ends at `after`; returns
    /// its position. No two records may have equal bodies: by its body a record is found again whose
    /// answer was lost.
    pub async fn append(&self, after: u64, act: &str, body: Vec<u8>) -> Result<u64, JournalError> {
        if !self.log.is_connected() {
            // The client would buffer it, and send it when the caller was long told that it failed.
            return Err(JournalError::Unavailable("there is no connection to NATS".into()));
        }
        let body = Bytes::from(body);
        let mut headers = HeaderMap::new();
        headers.insert(NATS_EXPECTED_LAST_SEQUENCE, after.to_string());
        let request =
            Request::new().headers(headers).payload(body.clone()).timeout(Some(REQUEST_TIMEOUT));
        let subject = format!("{}.{act}", self.prefix);
        match self.log.main.client.send_request(subject, request).await {
            Ok(message) => self.answered(after, &body, &message.payload).await,
            Err(error) => match error.kind() {
                RequestErrorKind::TimedOut
                | RequestErrorKind::NoResponders
                | RequestErrorKind::Other
                | RequestErrorKind::InvalidSubject
                | RequestErrorKind::MaxPayloadExceeded => {
                    self.look_for(after, &body, error.into()).await
                }
            },
        }
    }

    async fn answered(&self, after: u64, body: &Bytes, told: &[u8]) -> Result<u64, JournalError> {
        match serde_json::from_slice(told) {
            Ok(jetstream::response::Response::Ok(Written { seq })) => Ok(seq),
            Ok(jetstream::response::Response::Err { error }) => match error.error_code() {
                ErrorCode::STREAM_WRONG_LAST_SEQUENCE
                | ErrorCode::STREAM_WRONG_LAST_SEQUENCE_CONSTANT => Err(JournalError::Conflict),
                _ => self.look_for(after, body, error.into()).await,
            },
            Err(error) => self.look_for(after, body, error.into()).await,
        }
    }

    /// Whether a record came behind `after` for which no good answer came.
    async fn look_for(&self, after: u64, body: &Bytes, cause: Cause) -> Result<u64, JournalError> {
        match self.get(after + 1).await {
            Ok(Some(found)) if found.body == *body => Ok(found.seq),
            Ok(Some(_)) => Err(JournalError::Conflict),
            Ok(None) => Err(JournalError::Unavailable(cause)),
            Err(error) => Err(JournalError::Unavailable(error.into())),
        }
    }
}

/// The acknowledgement of an append.
#[derive(Deserialize)]
struct Written {
    seq: u64,
}

/// What is wrong with the settings of a stream that is to be a journal.
pub(crate) fn journal_faults(config: &Config, subjects: &str) -> Vec<&'static str> {
    let checks = [
        (config.subjects != [subjects], "its subjects are not those of its name alone"),
        (config.storage != StorageType::File, "it lives in memory"),
        (config.retention != RetentionPolicy::Limits, "its retention is not by limits"),
        (config.discard != DiscardPolicy::New, "it discards old records when it is full"),
        (!config.max_age.is_zero(), "its records expire (max_age)"),
        (config.max_messages_per_subject > 0, "it keeps only so many records of a subject"),
        (config.allow_rollup, "a record may replace others (allow_rollup_hdrs)"),
        (!config.deny_delete, "its records may be deleted (deny_delete)"),
        (!config.deny_purge, "it may be purged (deny_purge)"),
    ];
    checks.into_iter().filter_map(|(faulty, words)| faulty.then_some(words)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(subjects: &str) -> Config {
        Config {
            subjects: vec![subjects.to_owned()],
            discard: DiscardPolicy::New,
            deny_delete: true,
            deny_purge: true,
            ..Config::default()
        }
    }

    #[test]
    fn every_way_to_lose_records_is_named() {
        assert_eq!(journal_faults(&settings("ops.>"), "ops.>"), Vec::<&str>::new());
        let faulty = [
            Config { storage: StorageType::Memory, ..settings("ops.>") },
            Config { discard: DiscardPolicy::Old, ..settings("ops.>") },
            Config { retention: RetentionPolicy::Interest, ..settings("ops.>") },
            Config { max_age: REQUEST_TIMEOUT, ..settings("ops.>") },
            Config { max_messages_per_subject: 1, ..settings("ops.>") },
            Config { allow_rollup: true, ..settings("ops.>") },
            Config { deny_delete: false, ..settings("ops.>") },
            Config { deny_purge: false, ..settings("ops.>") },
            settings("ops.replay.>"),
        ];
        for config in faulty {
            assert_eq!(journal_faults(&config, "ops.>").len(), 1, "{config:?}");
        }
    }
}
