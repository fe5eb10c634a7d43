//! Reading the events at some positions, wherever these are.

use events::Seq;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::entry::Entry;
use crate::error::{Break, ReadError, unavailable};
use crate::log::Log;

/// How many questions are on their way at a time. Answers come over the connection that appends, so
/// that they have to stay few and small beside what it carries.
const PIPELINED: usize = 32;

/// What stands at a position.
#[derive(Clone, Debug)]
pub enum AtPosition {
    /// The event.
    Event(Entry),
    /// Nothing any more: an erasure names the position.
    Erased(Seq),
}

impl Log {
    /// What stands at each of these positions, in the order in which they are named, as the stream's
    /// leader knows it. A position that is empty without an erasure that names it is an error, and
    /// so is one behind the log's end.
    ///
    /// There are holes between the events, so their chain is not checked;
    /// [`Entry::read`] still checks each against its digest.
    pub async fn read_at(&self, positions: &[Seq]) -> Result<Vec<AtPosition>, ReadError> {
        if !self.is_connected() {
            // The client would hold the questions back until they time out.
            return Err(unavailable("there is no connection to NATS"));
        }
        // Futures that borrow would make those of callers fit for one thread only.
        let questions = positions.iter().copied().map(|seq| {
            let log = self.clone();
            async move { log.at(seq).await }
        });
        stream::iter(questions).buffered(PIPELINED).try_collect().await
    }

    async fn at(&self, seq: Seq) -> Result<AtPosition, ReadError> {
        if let Some(entry) = self.get(seq).await? {
            return Ok(AtPosition::Event(entry));
        }
        match self.position_at(seq).await? {
            Some(_) => Ok(AtPosition::Erased(seq)),
            None => Err(Break::Missing { seq }.into()),
        }
    }
}
