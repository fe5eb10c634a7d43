//! Pages of a long list.

use std::ops::Bound;

use events::Seq;
use imbl::OrdMap;
use serde::{Deserialize, Serialize};

/// Things in the order in which they came, where a page from the middle is found without walking
/// there: how many there are is known for each stretch of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct InOrder<T: Copy> {
    places: OrdMap<Seq, T>,
    stretches: OrdMap<u64, usize>,
}

/// How many positions of the log share a count.
const STRETCH: u64 = 1024;

impl<T: Copy> InOrder<T> {
    pub(crate) fn insert(&mut self, came: Seq, thing: T) {
        if self.places.insert(came, thing).is_none() {
            *self.stretches.entry(came.0 / STRETCH).or_insert(0) += 1;
        }
    }

    pub(crate) fn remove(&mut self, came: Seq) {
        if self.places.remove(&came).is_none() {
            return;
        }
        let stretch = came.0 / STRETCH;
        match self.stretches.get_mut(&stretch) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => {
                self.stretches.remove(&stretch);
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// What came, without the first `offset` of it.
    pub(crate) fn skipping(&self, offset: usize) -> impl Iterator<Item = T> {
        let mut rest = offset;
        let stretch = self.stretches.iter().find_map(|(stretch, count)| {
            if rest < *count {
                return Some(*stretch);
            }
            rest -= count;
            None
        });
        let beginning = stretch.map_or(Seq(u64::MAX), |stretch| Seq(stretch * STRETCH));
        self.places.range(beginning..).skip(rest).map(|(_, thing)| *thing)
    }

    /// What came after the event `came`, whether the thing that came with it is still there or not.
    pub(crate) fn after(&self, came: Seq) -> impl Iterator<Item = T> {
        self.places.range((Bound::Excluded(came), Bound::Unbounded)).map(|(_, thing)| *thing)
    }
}

impl<T: Copy> Default for InOrder<T> {
    fn default() -> Self {
        Self { places: OrdMap::new(), stretches: OrdMap::new() }
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
            let mut list = InOrder::default();
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
