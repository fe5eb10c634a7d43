//! Which events are passed over, as follows from the acts.

use std::collections::{BTreeMap, BTreeSet};

use events::Seq;

use crate::act::{Act, Skipped};
use crate::record::Acted;

/// The events that a projection passes over, since somebody decided so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skips(BTreeMap<String, BTreeSet<Seq>>);

impl Skips {
    /// Takes in the next act.
    pub fn apply(&mut self, acted: &Acted) {
        if let Act::ParkedSkipped(Skipped { projection, seq, .. }) = &acted.act {
            self.0.entry(projection.clone()).or_default().insert(*seq);
        }
    }

    /// Those of a projection, in order.
    pub fn of(&self, projection: &str) -> BTreeSet<Seq> {
        self.0.get(projection).cloned().unwrap_or_default()
    }
}
