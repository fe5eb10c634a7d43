//! Values that several processes change together, kept beside the log.

use async_nats::jetstream::kv::{Store, UpdateErrorKind};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bucket::read_key;
use crate::error::{Cause, ReadError, unavailable};
use crate::log::Log;

/// How often other processes may be first before we give up.
const ATTEMPTS: usize = 5;

impl Log {
    /// The value that is kept under `key`; none if there is none, or it cannot be understood.
    pub async fn shared_value<T: DeserializeOwned>(
        &self,
        key: &str,
    ) -> Result<Option<T>, ReadError> {
        let Some(bucket) = self.existing_bucket().await.map_err(unavailable)? else {
            return Ok(None);
        };
        read_key(&bucket, key).await.map_err(unavailable)
    }

    /// Replaces the value that is kept under `key` by what `change` makes of it. If another process
    /// was first, `change` is called again with what that one wrote.
    pub async fn update_shared_value<T: DeserializeOwned + Serialize>(
        &self,
        key: &str,
        change: impl Fn(Option<T>) -> T,
    ) -> Result<(), ReadError> {
        let bucket = self.bucket().await.map_err(unavailable)?;
        update(&bucket, key, change).await.map(|_| ()).map_err(unavailable)
    }
}

/// Replaces a value by what `change` makes of it, and returns that. If another process was first,
/// `change` is called again with what that one wrote.
pub(crate) async fn update<T: DeserializeOwned + Serialize>(
    bucket: &Store,
    key: &str,
    change: impl Fn(Option<T>) -> T,
) -> Result<T, Cause> {
    for _ in 0..ATTEMPTS {
        let entry = bucket.entry(key).await?;
        let known = entry.as_ref().and_then(|entry| serde_json::from_slice(&entry.value).ok());
        let revision = entry.map_or(0, |entry| entry.revision);
        let changed = change(known);
        match bucket.update(key, serde_json::to_vec(&changed)?.into(), revision).await {
            Ok(_) => return Ok(changed),
            Err(error) if error.kind() == UpdateErrorKind::WrongLastRevision => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err("other processes change the same value all the time".into())
}
