//! How often something was seen, and when.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How often something was seen, first and last when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Seen {
    /// How often.
    pub times: u64,
    /// For the first time.
    pub first: Timestamp,
    /// For the last time.
    pub last: Timestamp,
}

impl Seen {
    /// Once more, at a time.
    pub(crate) fn again(seen: &mut Option<Self>, at: Timestamp) {
        let one = seen.get_or_insert(Self { times: 0, first: at, last: at });
        one.times += 1;
        one.first = one.first.min(at);
        one.last = one.last.max(at);
    }
}
