//! Keys that all replicas of a service share.

use async_nats::jetstream::kv::{Config, CreateErrorKind};
use async_nats::jetstream::stream::StorageType;
use bytes::Bytes;

use crate::Log;
use crate::{Cause, ids};

const BUCKET: &str = "ROLLCALL_KEYS";

/// Why there is no shared key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("get the shared key {name:?} from bucket {BUCKET}")]
    Unavailable { name: String, source: Cause },
    #[error("the shared key {name:?} in bucket {BUCKET} is not of 32 bytes; delete it")]
    Damaged { name: String },
}

impl Log {
    /// The random key called `name`, the same for everybody on this log, and kept beside it.
    /// Whoever comes first makes it.
    pub async fn shared_key(&self, name: &str) -> Result<[u8; 32], KeyError> {
        let key = self.made_or_found(name).await;
        let bytes =
            key.map_err(|source| KeyError::Unavailable { name: name.to_owned(), source })?;
        bytes.as_ref().try_into().map_err(|_| KeyError::Damaged { name: name.to_owned() })
    }

    async fn made_or_found(&self, name: &str) -> Result<Bytes, Cause> {
        let bucket = Config {
            bucket: BUCKET.to_owned(),
            description: "Keys that Rollcall's processes share".to_owned(),
            history: 1,
            storage: StorageType::File,
            num_replicas: self.replicas,
            ..Config::default()
        };
        let bucket = match self.main.jetstream.get_key_value(BUCKET).await {
            Ok(bucket) => bucket,
            Err(_) => self.main.jetstream.create_key_value(bucket).await?,
        };
        loop {
            if let Some(key) = bucket.get(name).await? {
                return Ok(key);
            }
            let fresh = Bytes::copy_from_slice(&ids::random());
            match bucket.create(name, fresh.clone()).await {
                Ok(_) => return Ok(fresh),
                // Somebody else came first: theirs it is.
                Err(error) if error.kind() == CreateErrorKind::AlreadyExists => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
