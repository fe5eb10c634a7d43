//! Keys that all replicas of a service share.

use std::collections::BTreeMap;

use async_nats::jetstream::kv::{Config, CreateErrorKind, Store};
use async_nats::jetstream::stream::StorageType;
use bytes::Bytes;
use futures_util::TryStreamExt as _;

use crate::error::Cause;
use crate::ids;
use crate::log::Log;
use crate::stream;

/// The bucket of the default log's keys.
const BUCKET: &str = "ROLLCALL_KEYS";

/// Why there is no shared key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The server gives no answer, or refuses.
    #[error("get the shared key {name:?} from bucket {bucket}")]
    Unavailable {
        /// The key's name.
        name: String,
        /// The bucket that holds it.
        bucket: String,
        /// What the server answered.
        source: Cause,
    },
    /// What is kept is no key.
    #[error("the shared key {name:?} in bucket {bucket} is not of 32 bytes; delete it")]
    Damaged {
        /// The key's name.
        name: String,
        /// The bucket that holds it.
        bucket: String,
    },
}

impl Log {
    /// The random key called `name`, the same for everybody on this log, and kept beside it.
    /// The first caller makes it.
    pub async fn shared_key(&self, name: &str) -> Result<[u8; 32], KeyError> {
        let (name, bucket) = (name.to_owned(), self.name.bucket(BUCKET));
        match self.find_or_create_key(&bucket, &name).await {
            Ok(bytes) => whole(&bytes, name, bucket),
            Err(source) => Err(KeyError::Unavailable { name, bucket, source }),
        }
    }

    /// The same, if somebody has made it: for who may not make it.
    pub async fn find_shared_key(&self, name: &str) -> Result<Option<[u8; 32]>, KeyError> {
        let (name, bucket) = (name.to_owned(), self.name.bucket(BUCKET));
        match self.find_key(&name).await {
            Ok(None) => Ok(None),
            Ok(Some(bytes)) => whole(&bytes, name, bucket).map(Some),
            Err(source) => Err(KeyError::Unavailable { name, bucket, source }),
        }
    }

    /// All keys that are kept beside the log.
    pub(crate) async fn shared_keys(&self) -> Result<BTreeMap<String, Vec<u8>>, Cause> {
        let mut keys = BTreeMap::new();
        if let Some(bucket) = self.find_keys_bucket().await? {
            let names: Vec<String> = bucket.keys().await?.try_collect().await?;
            for name in names {
                if let Some(key) = bucket.get(&name).await? {
                    keys.insert(name, key.to_vec());
                }
            }
        }
        Ok(keys)
    }

    /// Puts keys beside the log that were beside it before.
    pub(crate) async fn put_shared_keys(
        &self,
        keys: BTreeMap<String, Vec<u8>>,
    ) -> Result<(), Cause> {
        if keys.is_empty() {
            return Ok(());
        }
        let bucket = self.keys_bucket(&self.name.bucket(BUCKET)).await?;
        for (name, key) in keys {
            bucket.put(name, key.into()).await?;
        }
        Ok(())
    }

    /// The bucket's stream.
    pub(crate) fn keys_stream(&self) -> String {
        format!("KV_{}", self.name.bucket(BUCKET))
    }

    /// The bucket, if there is one.
    async fn find_keys_bucket(&self) -> Result<Option<Store>, Cause> {
        if !stream::is_there(&self.main.jetstream, &self.keys_stream()).await? {
            return Ok(None);
        }
        Ok(Some(self.main.jetstream.get_key_value(self.name.bucket(BUCKET)).await?))
    }

    async fn keys_bucket(&self, bucket: &str) -> Result<Store, Cause> {
        let config = Config {
            bucket: bucket.to_owned(),
            description: "Keys that Rollcall's processes share".to_owned(),
            history: 1,
            storage: StorageType::File,
            num_replicas: self.replicas,
            ..Config::default()
        };
        Ok(match self.main.jetstream.get_key_value(bucket).await {
            Ok(bucket) => bucket,
            Err(_) => self.main.jetstream.create_key_value(config).await?,
        })
    }

    async fn find_key(&self, name: &str) -> Result<Option<Bytes>, Cause> {
        match self.find_keys_bucket().await? {
            Some(bucket) => Ok(bucket.get(name).await?),
            None => Ok(None),
        }
    }

    async fn find_or_create_key(&self, bucket: &str, name: &str) -> Result<Bytes, Cause> {
        let bucket = self.keys_bucket(bucket).await?;
        loop {
            if let Some(key) = bucket.get(name).await? {
                return Ok(key);
            }
            let key = Bytes::copy_from_slice(&ids::random());
            match bucket.create(name, key.clone()).await {
                Ok(_) => return Ok(key),
                // Another process came first: its key counts.
                Err(error) if error.kind() == CreateErrorKind::AlreadyExists => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn whole(bytes: &[u8], name: String, bucket: String) -> Result<[u8; 32], KeyError> {
    bytes.try_into().map_err(|_| KeyError::Damaged { name, bucket })
}
