//! A list in the order of the log, with quick access to a page in its middle.

use std::ops::Bound;

use events::Seq;
use imbl::OrdMap;
use serde::{Deserialize, Serialize};

/// Entries by the position of the log at which they came. The n-th is found without a walk over those
/// before it, since the number of entries is kept for each block of positions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct OrderIndex<T: Copy> {
    entries: OrdMap<Seq, T>,
    counts: OrdMap<u64, usize>,
}

/// How many positions of the log share a count.
const BLOCK: u64 = 1024;

impl<T: Copy> OrderIndex<T> {
    pub(crate) fn insert(&mut self, came: Seq, thing: T) {
        if self.entries.insert(came, thing).is_none() {
            *self.counts.entry(came.0 / BLOCK).or_insert(0) += 1;
        }
    }

    pub(crate) fn remove(&mut self, came: Seq) {
        if self.entries.remove(&came).is_none() {
            return;
        }
        let block = came.0 / BLOCK;
        match self.counts.get_mut(&block) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => {
                self.counts.remove(&block);
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// What came, without the first `offset` of it.
    pub(crate) fn skipping(&self, offset: usize) -> impl Iterator<Item = T> {
        let mut rest = offset;
        let block = self.counts.iter().find_map(|(block, count)| {
            if rest < *count {
                return Some(*block);
            }
            rest -= count;
            None
        });
        let beginning = block.map_or(Seq(u64::MAX), |block| Seq(block * BLOCK));
        self.entries.range(beginning..).skip(rest).map(|(_, thing)| *thing)
    }

    /// What came after the event `came`, whether the thing that came with it is still there or not.
    pub(crate) fn after(&self, came: Seq) -> impl Iterator<Item = T> {
        self.entries.range((Bound::Excluded(came), Bound::Unbounded)).map(|(_, thing)| *thing)
    }
}

impl<T: Copy> Default for OrderIndex<T> {
    fn default() -> Self {
        Self { entries: OrdMap::new(), counts: OrdMap::new() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_page_begins_where_a_walk_would(
            came in prop::collection::btree_set(1..5000_u64, 0..300),
            gone in prop::collection::btree_set(1..5000_u64, 0..300),
            offset in 0..400_usize,
        ) {
            let mut list = OrderIndex::default();
            for seq in &came {
                list.insert(Seq(*seq), *seq);
            }
            for seq in &gone {
                list.remove(Seq(*seq));
            }
            let left: Vec<u64> = came.difference(&gone).copied().collect();
            prop_assert_eq!(list.len(), left.len());
            let walked: Vec<u64> = left.iter().copied().skip(offset).collect();
            prop_assert_eq!(list.skipping(offset).collect::<Vec<_>>(), walked);
            let seq = offset as u64 * 12;
            let later: Vec<u64> = left.into_iter().filter(|came| *came > seq).collect();
            prop_assert_eq!(list.after(Seq(seq)).collect::<Vec<_>>(), later);
        }
    }
}
