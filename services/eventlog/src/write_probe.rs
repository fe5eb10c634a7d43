//! Whether the disk under the log takes writes again.

use crate::error::{Cause, ReadError, unavailable};
use crate::log::Log;

/// The key under which a value is written to find out whether anything can be.
const TRIAL: &str = "trial";
const TRIAL_BYTES: usize = 256 << 10;

impl Log {
    /// Whether the disk under the log takes writes: writes something beside the log, as large as most
    /// batches are, and removes it. A stream at the limit that its operator set counts as full too.
    pub async fn probe_write(&self) -> Result<(), ReadError> {
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
        let asked = self.main.jetstream.get_stream(self.name.as_str()).await;
        let stream = asked.map_err(unavailable)?;
        let info = stream.cached_info();
        // A limit that is negative is not set.
        let bytes = u64::try_from(info.config.max_bytes).unwrap_or(u64::MAX);
        let messages = u64::try_from(info.config.max_messages).unwrap_or(u64::MAX);
        let used = info.state.bytes.saturating_add(TRIAL_BYTES as u64);
        Ok((bytes == 0 || used <= bytes) && (messages == 0 || info.state.messages < messages))
    }
}
