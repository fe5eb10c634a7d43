//! Finding the erasures of a log, when a position is found empty.
//!
//! Nobody asks for them as long as no position is empty. What was found is kept, so that each
//! erasure is read once by a process.

use events::{Event, Position, Seq};
use tokio::sync::MutexGuard;

use crate::continuity::Extent;
use crate::entry::Entry;
use crate::error::{Break, ReadError, unavailable};
use crate::log::Log;
use crate::looked_up;
use crate::tombstones::Known;

/// Where erasures are published.
const ERASURES: &str = "prov.*.user.*.erased";

impl Log {
    /// The position of the event at `seq`, or that it had before it was erased; none if there is no
    /// such event.
    pub async fn position_at(&self, seq: Seq) -> Result<Option<Position>, ReadError> {
        let chain = match self.get(seq).await? {
            Some(entry) => {
                Some(entry.chain().map_err(|source| ReadError::Undecodable { seq, source })?)
            }
            None if seq == Seq(0) => None,
            None => self.known_erasures().await?.tombstones.chain_at(seq),
        };
        Ok(chain.map(|chain| Position { seq, chain }))
    }

    /// What all erasures of the log tell that are there now, as the stream's leader knows them: a
    /// replica may be behind.
    pub(crate) async fn known_erasures(&self) -> Result<MutexGuard<'_, Known>, ReadError> {
        let created = self.extent().await?.ok_or(Break::NoStream)?.created;
        let mut known = self.erasures.lock().await;
        if known.created != Some(created) {
            *known = Known { created: Some(created), ..Known::default() };
        }
        while let Some(entry) = self.first_erasure(known.last.next()).await? {
            let recorded =
                entry.read().map_err(|source| ReadError::Undecodable { seq: entry.seq, source })?;
            if let Event::UserErased(body) = recorded.event {
                known.tombstones.add(entry.seq, &body.events);
            }
            known.last = entry.seq;
        }
        Ok(known)
    }

    /// How many of the positions up to the log's end are empty without an erasure that names them.
    pub(crate) async fn unnamed_holes(&self, extent: &Extent) -> Result<u64, ReadError> {
        let empty = extent.last.0.saturating_sub(extent.messages);
        if empty == 0 {
            return Ok(0);
        }
        {
            let known = self.erasures.lock().await;
            if known.created == Some(extent.created) && known.named == empty {
                return Ok(0);
            }
        }
        let info = self.stream.info_builder().with_deleted(true).fetch().await;
        let state = info.map_err(unavailable)?.info.state;
        let first = (1..state.first_sequence.min(extent.last.0 + 1)).map(Seq);
        let inner = state.deleted.unwrap_or_default().into_iter().map(Seq);
        let mut known = self.known_erasures().await?;
        let named = known.tombstones.count(first.chain(inner.filter(|seq| *seq <= extent.last)));
        if named >= empty {
            known.named = empty;
        }
        Ok(empty.saturating_sub(named))
    }

    /// The first erasure at `from` or behind it.
    async fn first_erasure(&self, from: Seq) -> Result<Option<Entry>, ReadError> {
        let subject = self.name.stored(ERASURES);
        let found = self.stream.get_first_raw_message_by_subject(&subject, from.0).await;
        let found = looked_up::message(found)?;
        Ok(found.map(|message| Entry::stored(&self.name, message)))
    }
}
