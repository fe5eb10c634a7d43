//! Following the chain, also over positions whose events were erased.
//!
//! Pure. An erasure (`user.erased`) names the events that go, each with the digest of its body and
//! its chain value. So the chain can be continued over the empty positions, and whoever follows it
//! notices a position that no erasure names, an erasure that tells wrong values, and a change to an
//! event before the hole, just as in a log without holes.

use std::collections::BTreeMap;

use events::{Chain, Digest, ErasedEvent, Position, Seq};
use jiff::Timestamp;

use crate::error::Break;

/// What the erasures of a log tell of the events that are gone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tombstones(BTreeMap<Seq, Tombstone>);

#[derive(Clone, Copy, Debug)]
struct Tombstone {
    digest: Digest,
    chain: Chain,
}

impl Tombstones {
    /// Takes in the erasure at position `erasure`. It can name only events before it; of several
    /// erasures that name one event, the first counts.
    pub(crate) fn add(&mut self, erasure: Seq, events: &[ErasedEvent]) {
        for event in events.iter().filter(|event| event.seq < erasure) {
            let tombstone = Tombstone { digest: event.digest, chain: event.chain };
            self.0.entry(event.seq).or_insert(tombstone);
        }
    }

    /// The chain value of the event that was erased at `seq`; none if no erasure names it.
    pub(crate) fn chain_at(&self, seq: Seq) -> Option<Chain> {
        self.0.get(&seq).map(|tombstone| tombstone.chain)
    }

    /// How many of the positions are named.
    pub(crate) fn count(&self, positions: impl Iterator<Item = Seq>) -> u64 {
        positions.filter(|seq| self.0.contains_key(seq)).count() as u64
    }

    /// How many positions from `first` to `last` are named.
    pub(crate) fn count_between(&self, first: Seq, last: Seq) -> u64 {
        if first > last { 0 } else { self.0.range(first..=last).count() as u64 }
    }

    /// The first position behind `after` that no erasure names.
    pub(crate) fn first_unnamed(&self, after: Seq) -> Seq {
        let mut seq = after.next();
        while self.0.contains_key(&seq) {
            seq = seq.next();
        }
        seq
    }

    /// Continues the chain from `after` over the empty positions before `next`.
    pub(crate) fn cross(&self, after: Position, next: Seq) -> Result<Position, Break> {
        let mut position = after;
        while position.seq.next() < next {
            let seq = position.seq.next();
            let tombstone = self.0.get(&seq).ok_or(Break::Missing { seq })?;
            let expected = position.chain.then(tombstone.digest);
            if tombstone.chain != expected {
                return Err(Break::Erasure { seq, expected, found: tombstone.chain });
            }
            position = Position { seq, chain: expected };
        }
        Ok(position)
    }
}

/// Continues the chain from `after` by the event at the next position, which tells `digest` and
/// `found` of itself.
pub(crate) fn link(after: Position, digest: Digest, found: Chain) -> Result<Position, Break> {
    let seq = after.seq.next();
    let expected = after.chain.then(digest);
    if found == expected {
        Ok(Position { seq, chain: found })
    } else {
        Err(Break::Chain { seq, expected, found })
    }
}

/// What one process has learned of the erasures of a log.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// When the stream was made that the erasures were read from.
    pub(crate) created: Option<Timestamp>,
    /// The last erasure that was read.
    pub(crate) last: Seq,
    /// What the erasures name.
    pub(crate) tombstones: Tombstones,
    /// So many positions were empty when all of them were named. Positions are never filled again,
    /// so as long as the number stays, they are the same ones.
    pub(crate) named: u64,
}

#[cfg(test)]
mod tests;
