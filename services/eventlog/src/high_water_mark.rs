//! How far the log went, kept outside the stream.
//!
//! A stream that is deleted, purged or cut takes its own past with it; the bucket beside it still
//! tells what there was. Who writes to the log moves the mark, about once a second. A projection
//! that finds the log shorter than its read model reports that here as well, so that gateways,
//! which know no database, hear of it.

use events::{Chain, Position, Seq};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::bucket::{read_key, write_key};
use crate::continuity::Evidence;
use crate::error::{Cause, ReadError, unavailable};
use crate::log::Log;

/// How far the log went, as its last writer noted it.
const LOG: &str = "log";
/// What a projection knew that found the log shorter.
const READ_MODEL: &str = "read-model";

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Mark {
    created: Timestamp,
    seq: Seq,
    chain: Chain,
    /// The last event that an operator gave up: read models that know it are of the past.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    given_up: Option<Seq>,
}

/// What a reader knows that the log does not hold.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Report {
    witness: String,
    seq: Seq,
    chain: Chain,
    /// Whether the witness had followed this very log. One that was only starting may be of a past
    /// that an operator gave up.
    #[serde(default)]
    followed: bool,
}

impl Report {
    /// Whether the report counts, after events up to `given_up` were given up.
    fn counts(&self, given_up: Seq) -> bool {
        self.followed || self.seq > given_up
    }
}

impl Log {
    /// What the bucket tells of the log: the mark, and what was reported missing. Nothing, if there
    /// is no bucket yet.
    pub async fn recorded_evidence(&self) -> Result<Vec<Evidence>, ReadError> {
        let Some(bucket) = self.existing_bucket().await.map_err(unavailable)? else {
            return Ok(vec![]);
        };
        let mark = read_key::<Mark>(&bucket, LOG).await.map_err(unavailable)?;
        let given_up = mark.as_ref().and_then(|mark| mark.given_up).unwrap_or_default();
        let mark = mark.map(|mark| Evidence {
            witness: format!("the mark in bucket {}", bucket.name),
            position: Position { seq: mark.seq, chain: mark.chain },
            created: Some(mark.created),
        });
        let report = read_key::<Report>(&bucket, READ_MODEL).await.map_err(unavailable)?;
        let report = report.filter(|report| report.counts(given_up)).map(|report| {
            Evidence::new(report.witness, Position { seq: report.seq, chain: report.chain })
        });
        Ok(mark.into_iter().chain(report).collect())
    }

    /// Moves the mark to an event that is durable, in the stream that was made at `created`.
    pub(crate) async fn set_mark(
        &self,
        created: Timestamp,
        Position { seq, chain }: Position,
    ) -> Result<(), Cause> {
        let bucket = self.bucket().await?;
        let given_up = read_key::<Mark>(&bucket, LOG).await?.and_then(|mark| mark.given_up);
        write_key(&bucket, LOG, &Mark { created, seq, chain, given_up }).await
    }

    /// Reports that `witness` knows an event which the log does not hold, so that whoever writes to
    /// the log hears of it; `followed` tells that the witness had followed this log.
    pub async fn report_missing(
        &self,
        witness: String,
        Position { seq, chain }: Position,
        followed: bool,
    ) -> Result<(), Cause> {
        let report = Report { witness, seq, chain, followed };
        write_key(&self.bucket().await?, READ_MODEL, &report).await
    }

    /// Puts the mark where the log ends now, whatever it knew: `given_up` is the last event that is
    /// missed no longer.
    pub(crate) async fn reset_mark(
        &self,
        created: Timestamp,
        Position { seq, chain }: Position,
        given_up: Seq,
    ) -> Result<(), Cause> {
        let bucket = self.bucket().await?;
        write_key(&bucket, LOG, &Mark { created, seq, chain, given_up: Some(given_up) }).await?;
        // Whatever was reported until now was about what is given up.
        Ok(bucket.delete(READ_MODEL).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(seq: u64, followed: bool) -> Report {
        Report { witness: "a read model".to_owned(), seq: Seq(seq), chain: Chain::START, followed }
    }

    #[test]
    fn after_events_were_given_up_only_who_followed_the_log_since_is_believed_about_lower_ones() {
        assert!(report(18, true).counts(Seq(257)), "it was lost after the others were given up");
        assert!(!report(18, false).counts(Seq(257)), "it may be one of those");
        assert!(report(258, false).counts(Seq(257)));
    }
}
