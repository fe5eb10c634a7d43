//! A log that is restored and not open yet.

use super::{RestoreError, Restored, server};
use crate::log::Log;
use crate::stream;

/// A log that holds what its backup does. Whoever wants to open it is refused until [`open`] says
/// that all that has to be done before is done.
///
/// [`open`]: ClosedLog::open
#[derive(Debug)]
#[must_use = "nobody can open it before `open`"]
pub struct ClosedLog {
    pub(super) log: Log,
    pub(super) restored: Restored,
}

impl ClosedLog {
    /// The log, for what is to be done to it first.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// What was restored.
    pub fn restored(&self) -> Restored {
        self.restored
    }

    /// Lets everybody open it.
    pub async fn open(self) -> Result<Log, RestoreError> {
        let Self { log, .. } = self;
        let whole = stream::settings(&log.name, log.replicas);
        log.main.jetstream.update_stream(whole).await.map_err(server)?;
        Ok(log)
    }
}
