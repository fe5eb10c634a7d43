//! A mark of our own outside the stream: how far the log went, in a JetStream bucket.
//!
//! A stream that is deleted, purged or cut takes its own past with it; the bucket still tells what
//! there was. Who writes to the log moves the mark, about once a second. A projection that finds
//! the log shorter than its read model leaves word here as well, since a gateway knows no database;
//! and gateways tell what clients send and nobody keeps.

use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::kv::{Config, Store};
use async_nats::jetstream::stream::StorageType;
use events::{Chain, Position, Seq};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Cause;
use crate::continuity::Evidence;
use crate::read::{is_no_stream, unavailable};
use crate::{Log, ReadError, stream};

/// The bucket. Its stream is called `KV_ROLLCALL_MARK`.
pub const BUCKET: &str = "ROLLCALL_MARK";

/// How far the log went when somebody wrote to it.
const LOG: &str = "log";
/// What a projection knew that found the log shorter.
const READ_MODEL: &str = "read-model";
/// What the last verification found.
const VERIFIED: &str = "verified";

/// What is written to find out whether anything can be.
const TRIAL: &str = "trial";
const TRIAL_BYTES: usize = 256 << 10;

/// So many earlier values are kept, for whoever has to find out what happened.
const HISTORY: i64 = 16;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Mark {
    created: Timestamp,
    seq: Seq,
    chain: Chain,
    /// The last event that an operator gave up: read models that know it are of the past.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    given_up: Option<Seq>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Word {
    witness: String,
    seq: Seq,
    chain: Chain,
    /// Whether the witness had followed this very log. One that was only starting may be of a past
    /// that an operator gave up.
    #[serde(default)]
    followed: bool,
}

/// What the last verification of the whole log found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// The last event up to which all is sound.
    pub position: Seq,
    pub at: Timestamp,
    /// What is wrong behind it; nothing, if the log was sound to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damage: Option<String>,
}

impl Word {
    /// Whether the word counts, after events up to `given_up` were given up.
    fn is_believed(&self, given_up: Seq) -> bool {
        self.followed || self.seq > given_up
    }
}

impl Log {
    /// What the bucket knows of the log; nothing, if there is none yet.
    pub async fn marks(&self) -> Result<Vec<Evidence>, ReadError> {
        let Some(bucket) = self.found_bucket().await.map_err(unavailable)? else {
            return Ok(vec![]);
        };
        let mark = read::<Mark>(&bucket, LOG).await.map_err(unavailable)?;
        let given_up = mark.as_ref().and_then(|mark| mark.given_up).unwrap_or_default();
        let mark = mark.map(|mark| Evidence {
            witness: format!("the mark in bucket {BUCKET}"),
            position: Position { seq: mark.seq, chain: mark.chain },
            created: Some(mark.created),
        });
        let word = read::<Word>(&bucket, READ_MODEL).await.map_err(unavailable)?;
        let word = word
            .filter(|word| word.is_believed(given_up))
            .map(|word| Evidence::new(word.witness, Position { seq: word.seq, chain: word.chain }));
        Ok(mark.into_iter().chain(word).collect())
    }

    /// Moves the mark to an event that is durable, in the stream that was made at `created`.
    pub(crate) async fn set_mark(
        &self,
        created: Timestamp,
        Position { seq, chain }: Position,
    ) -> Result<(), Cause> {
        let bucket = self.bucket().await?;
        let given_up = read::<Mark>(&bucket, LOG).await?.and_then(|mark| mark.given_up);
        write(&bucket, LOG, &Mark { created, seq, chain, given_up }).await
    }

    /// Leaves word that `witness` knows an event which the log does not hold, so that whoever
    /// writes to the log hears of it; `followed` tells that the witness had followed this log.
    pub async fn leave_word(
        &self,
        witness: String,
        Position { seq, chain }: Position,
        followed: bool,
    ) -> Result<(), Cause> {
        let word = Word { witness, seq, chain, followed };
        write(&self.bucket().await?, READ_MODEL, &word).await
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
        write(&bucket, LOG, &Mark { created, seq, chain, given_up: Some(given_up) }).await?;
        // Whatever was said until now was about what is given up.
        Ok(bucket.delete(READ_MODEL).await?)
    }

    /// What the last verification of the log found, if there was one.
    pub async fn verified(&self) -> Result<Option<Verified>, ReadError> {
        let Some(bucket) = self.found_bucket().await.map_err(unavailable)? else {
            return Ok(None);
        };
        read(&bucket, VERIFIED).await.map_err(unavailable)
    }

    pub(crate) async fn set_verified(&self, verified: &Verified) -> Result<(), Cause> {
        write(&self.bucket().await?, VERIFIED, verified).await
    }

    /// Whether the disk under the log takes writes: writes something beside the log, as large as most
    /// batches are, and removes it. A stream at the limit that its operator set counts as full too.
    pub async fn try_to_write(&self) -> Result<(), ReadError> {
        if !self.is_within_limits().await? {
            return Err(unavailable("the log's stream has reached the limit that it is set to"));
        }
        let tried = async {
            let bucket = self.bucket().await?;
            bucket.put(TRIAL, vec![b' '; TRIAL_BYTES].into()).await?;
            Ok(bucket.purge(TRIAL).await?)
        };
        tried.await.map_err(|error: Cause| unavailable(error))
    }

    async fn is_within_limits(&self) -> Result<bool, ReadError> {
        let asked = self.main.jetstream.get_stream(stream::NAME).await;
        let stream = asked.map_err(unavailable)?;
        let info = stream.cached_info();
        // None of the two limits is set where it is negative.
        let bytes = u64::try_from(info.config.max_bytes).unwrap_or(u64::MAX);
        let messages = u64::try_from(info.config.max_messages).unwrap_or(u64::MAX);
        let used = info.state.bytes.saturating_add(TRIAL_BYTES as u64);
        Ok((bytes == 0 || used <= bytes) && (messages == 0 || info.state.messages < messages))
    }

    pub(crate) async fn found_bucket(&self) -> Result<Option<Store>, Cause> {
        // Asked for as a stream, since the error then tells a bucket that is not there.
        match self.main.jetstream.get_stream(format!("KV_{BUCKET}")).await {
            Ok(_) => Ok(Some(self.main.jetstream.get_key_value(BUCKET).await?)),
            Err(error) => match error.kind() {
                GetStreamErrorKind::JetStream(e) if is_no_stream(&e) => Ok(None),
                GetStreamErrorKind::JetStream(_)
                | GetStreamErrorKind::EmptyName
                | GetStreamErrorKind::Request
                | GetStreamErrorKind::InvalidStreamName => Err(error.into()),
            },
        }
    }

    pub(crate) async fn bucket(&self) -> Result<Store, Cause> {
        if let Some(bucket) = self.found_bucket().await? {
            return Ok(bucket);
        }
        let config = Config {
            bucket: BUCKET.to_owned(),
            description: "How far Rollcall's log went, told outside its stream".to_owned(),
            history: HISTORY,
            storage: StorageType::File,
            num_replicas: self.replicas,
            ..Config::default()
        };
        Ok(self.main.jetstream.create_key_value(config).await?)
    }
}

/// What stands under `key`. What cannot be understood was not written by us, and counts as nothing.
pub(crate) async fn read<T: DeserializeOwned>(
    bucket: &Store,
    key: &str,
) -> Result<Option<T>, Cause> {
    let Some(text) = bucket.get(key).await? else { return Ok(None) };
    match serde_json::from_slice(&text) {
        Ok(value) => Ok(Some(value)),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(bucket = BUCKET, key, error, "a mark cannot be understood");
            Ok(None)
        }
    }
}

async fn write(bucket: &Store, key: &str, value: &impl Serialize) -> Result<(), Cause> {
    let text = serde_json::to_vec(value)?;
    bucket.put(key, text.into()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(seq: u64, followed: bool) -> Word {
        Word { witness: "a read model".to_owned(), seq: Seq(seq), chain: Chain::START, followed }
    }

    #[test]
    fn after_events_were_given_up_only_who_followed_the_log_since_is_believed_about_lower_ones() {
        assert!(word(18, true).is_believed(Seq(257)), "it was lost after the others were given up");
        assert!(!word(18, false).is_believed(Seq(257)), "it may be one of those");
        assert!(word(258, false).is_believed(Seq(257)));
    }
}
