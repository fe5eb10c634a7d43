//! Reading the journal, and on as it grows.

use futures_util::{Stream, StreamExt as _};

use super::{Journal, JournalRecord};
use crate::error::ReadError;
use crate::tail::tail;

impl Journal {
    /// Every record behind `after`, and on from there as they come, for ever. An outage is waited
    /// out, and so is a journal that nobody has made yet. A journal that ends before `after` is
    /// another one: that is an error, and ends the stream.
    pub fn follow(
        &self,
        after: u64,
    ) -> impl Stream<Item = Result<JournalRecord, ReadError>> + Send + use<> {
        let entries = tail(&self.log, &self.name, after, "the journal of operations");
        entries.map(|entry| {
            entry.map(|entry| JournalRecord { seq: entry.seq.0, body: entry.body_bytes() })
        })
    }
}
