//! Keys that all replicas of a service share.

use async_nats::jetstream::kv::{Config, CreateErrorKind};
use async_nats::jetstream::stream::StorageType;
use bytes::Bytes;

use crate::error::Cause;
use crate::ids;
use crate::log::Log;

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
            Ok(bytes) => bytes.as_ref().try_into().map_err(|_| KeyError::Damaged { name, bucket }),
            Err(source) => Err(KeyError::Unavailable { name, bucket, source }),
        }
    }

    async fn find_or_create_key(&self, bucket: &str, name: &str) -> Result<Bytes, Cause> {
        let config = Config {
            bucket: bucket.to_owned(),
            description: "Keys that Rollcall's processes share".to_owned(),
            history: 1,
            storage: StorageType::File,
            num_replicas: self.replicas,
            ..Config::default()
        };
        let bucket = match self.main.jetstream.get_key_value(bucket).await {
            Ok(bucket) => bucket,
            Err(_) => self.main.jetstream.create_key_value(config).await?,
        };
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
