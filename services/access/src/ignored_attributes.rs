//! Attributes that clients send and that are not kept: noted beside the log by whichever gateway
//! receives them, and shown to operators by `rollcall status`.

use eventlog::{Log, ReadError};
use events::Tenant;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Under which name they are noted.
const KEY: &str = "unkept";

/// An attribute that clients of a tenant send and that is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IgnoredAttribute {
    /// The tenant whose clients send it.
    pub tenant: Tenant,
    /// In the spelling in which it came first; `(other)` for all the names that there is no room
    /// for.
    pub attribute: String,
    /// In how many requests, and operations of bulk requests, it came.
    pub times: u64,
    /// When it came last.
    pub last_sent_at: Timestamp,
}

/// The attributes that clients send and that are not kept, tenant by tenant.
pub async fn ignored_attributes(log: &Log) -> Result<Vec<IgnoredAttribute>, ReadError> {
    Ok(log.shared_value(KEY).await?.unwrap_or_default())
}

/// Changes what is noted; `change` may be asked again, if another gateway was first.
pub async fn note_ignored_attributes(
    log: &Log,
    change: impl Fn(Vec<IgnoredAttribute>) -> Vec<IgnoredAttribute>,
) -> Result<(), ReadError> {
    log.update_shared_value(KEY, |known: Option<Vec<_>>| change(known.unwrap_or_default())).await
}
