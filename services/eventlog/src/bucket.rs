//! The JetStream bucket beside the stream, which keeps what must outlive it.

use async_nats::jetstream::kv::{Config, Store};
use async_nats::jetstream::stream::StorageType;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Cause;
use crate::log::Log;
use crate::looked_up;

/// The bucket of the default log. Its stream is called `KV_ROLLCALL_MARK`.
pub(crate) const BUCKET: &str = "ROLLCALL_MARK";

/// So many earlier values are kept, to find out afterwards what happened.
const HISTORY: i64 = 16;

impl Log {
    /// The bucket's name.
    pub(crate) fn bucket_name(&self) -> String {
        self.name.bucket(BUCKET)
    }

    /// The bucket, if there is one.
    pub(crate) async fn existing_bucket(&self) -> Result<Option<Store>, Cause> {
        let bucket = self.bucket_name();
        // Asked for as a stream, since the error then tells a bucket that is not there.
        match looked_up::stream(&self.main.jetstream, &format!("KV_{bucket}")).await? {
            Some(_) => Ok(Some(self.main.jetstream.get_key_value(bucket).await?)),
            None => Ok(None),
        }
    }

    /// The bucket, made if there is none yet.
    pub(crate) async fn bucket(&self) -> Result<Store, Cause> {
        if let Some(bucket) = self.existing_bucket().await? {
            return Ok(bucket);
        }
        let config = Config {
            bucket: self.bucket_name(),
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
pub(crate) async fn read_key<T: DeserializeOwned>(
    bucket: &Store,
    key: &str,
) -> Result<Option<T>, Cause> {
    let Some(text) = bucket.get(key).await? else { return Ok(None) };
    match serde_json::from_slice(&text) {
        Ok(value) => Ok(Some(value)),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(bucket = bucket.name, key, error, "a value cannot be understood");
            Ok(None)
        }
    }
}

/// Writes `value` under `key`, as JSON.
pub(crate) async fn write_key(
    bucket: &Store,
    key: &str,
    value: &impl Serialize,
) -> Result<(), Cause> {
    let text = serde_json::to_vec(value)?;
    bucket.put(key, text.into()).await?;
    Ok(())
}
