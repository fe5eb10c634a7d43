//! One record of the journal.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::act::Act;
use crate::by::By;

/// An act in the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Acted {
    /// Its position in the journal.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: By,
    /// What.
    pub act: Act,
}

/// An act as it is written down, one JSON object a message. Its position is that of the message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Tells this record from all others, so that a lost answer can be cleared up.
    id: String,
    at: Timestamp,
    by: By,
    act: String,
    of: Value,
}

/// A message of the journal that is no record.
#[derive(Debug, thiserror::Error)]
#[error("record {seq} of the journal cannot be read")]
pub struct BadRecord {
    /// Its position.
    seq: u64,
    /// Why not.
    source: serde_json::Error,
}

impl Record {
    /// The record of an act. `id` is one of its own.
    pub fn new(id: String, at: Timestamp, by: By, act: &Act) -> Self {
        Self { id, at, by, act: act.name().to_owned(), of: act.of() }
    }

    /// The body of its message.
    pub fn body(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("records have string keys only")
    }

    /// Reads the message at `seq`. An act of a later release is [`Act::Unknown`].
    pub fn read(seq: u64, body: &[u8]) -> Result<Acted, BadRecord> {
        let bad = |source| BadRecord { seq, source };
        let Self { id: _, at, by, act, of } = serde_json::from_slice(body).map_err(bad)?;
        Ok(Acted { seq, at, by, act: Act::read(&act, of).map_err(bad)? })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{JobDecision, JobId};

    #[test]
    fn an_act_is_read_back_as_it_was_written() {
        let act = Act::ReplayPaused(JobDecision { job: JobId::of(&[1; 32]), reason: None });
        let record = Record::new("a".to_owned(), Timestamp::UNIX_EPOCH, By::Root, &act);
        let read = Record::read(7, &record.body()).unwrap();
        let at = Timestamp::UNIX_EPOCH;
        assert_eq!(read, Acted { seq: 7, at, by: By::Root, act });
    }

    #[test]
    fn an_act_of_a_later_release_is_shown_and_not_refused() {
        let body = json!({ "id": "a", "at": "2026-01-01T00:00:00Z", "by": "root",
                           "act": "moon.landed", "of": { "feet": 2 } });
        let read = Record::read(1, body.to_string().as_bytes()).unwrap();
        assert_eq!(read.act.name(), "moon.landed");
        assert_eq!(read.act.of(), json!({ "feet": 2 }));
    }

    #[test]
    fn a_known_act_with_another_body_is_an_error_and_not_passed_over() {
        let body = json!({ "id": "a", "at": "2026-01-01T00:00:00Z", "by": "root",
                           "act": "replay.paused", "of": { "feet": 2 } });
        assert!(Record::read(1, body.to_string().as_bytes()).is_err());
    }
}
