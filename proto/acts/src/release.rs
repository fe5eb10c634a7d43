//! Making live what no job built: the candidate of a release, and back.

use std::collections::BTreeMap;

use crate::act::{Act, ReleaseSwitched};
use crate::record::Acted;

/// The last switch of each projection that no job was about.
#[derive(Clone, Debug, Default)]
pub struct Releases {
    last: BTreeMap<String, LastSwitch>,
    /// By projection, the slot that a release began last.
    begun: BTreeMap<String, String>,
}

/// Which way the last one went.
#[derive(Clone, Debug, PartialEq)]
pub enum LastSwitch {
    /// To the candidate of a release.
    CutOver(ReleaseSwitched),
    /// Back to what was live before.
    RolledBack(ReleaseSwitched),
}

impl LastSwitch {
    /// What was done.
    pub fn switched(&self) -> &ReleaseSwitched {
        match self {
            Self::CutOver(switched) | Self::RolledBack(switched) => switched,
        }
    }
}

impl Releases {
    pub(crate) fn apply(&mut self, acted: &Acted) {
        if let Act::ReleaseBegun(begun) = &acted.act {
            self.begun.insert(begun.projection.clone(), begun.slot.clone());
        }
        let last = if let Act::ReleaseCutOver(switched) = &acted.act {
            LastSwitch::CutOver((**switched).clone())
        } else if let Act::ReleaseRolledBack(switched) = &acted.act {
            LastSwitch::RolledBack((**switched).clone())
        } else {
            return;
        };
        self.last.insert(last.switched().projection.clone(), last);
    }

    /// The last one of a projection, wherever it went.
    pub fn latest(&self, projection: &str) -> Option<&LastSwitch> {
        self.last.get(projection)
    }

    /// The slot that a release began last for a projection.
    pub fn begun(&self, projection: &str) -> Option<&str> {
        self.begun.get(projection).map(String::as_str)
    }

    /// The last one of a projection, if readers still see the slot to which it went: `live`.
    pub fn last(&self, projection: &str, live: &str) -> Option<&LastSwitch> {
        self.last.get(projection).filter(|last| last.switched().live == live)
    }
}

#[cfg(test)]
mod tests {
    use events::{Digest, Seq};
    use jiff::Timestamp;

    use super::*;
    use crate::{By, Record, State};

    fn switched(live: &str, before: &str) -> Box<ReleaseSwitched> {
        Box::new(ReleaseSwitched {
            projection: "teams".to_owned(),
            live: live.to_owned(),
            rules: Digest([1; 32]),
            before: before.to_owned(),
            rules_before: Digest([2; 32]),
            position: Seq(7),
            milliseconds: 3,
            kept_until: Timestamp::UNIX_EPOCH,
            reason: None,
        })
    }

    fn after(acts: &[Act]) -> State {
        let mut state = State::default();
        for (act, seq) in acts.iter().zip(1..) {
            let record = Record::new(seq.to_string(), Timestamp::UNIX_EPOCH, By::Root, act);
            state.apply(&Record::read(seq, &record.body()).unwrap());
        }
        state
    }

    #[test]
    fn the_last_switch_counts_as_long_as_readers_see_where_it_went() {
        let there = Act::ReleaseCutOver(switched("new", "old"));
        let back = Act::ReleaseRolledBack(switched("old", "new"));
        let state = after(&[there.clone(), back]);
        let last = state.releases.last("teams", "old");
        assert_eq!(last, Some(&LastSwitch::RolledBack(*switched("old", "new"))));
        assert_eq!(state.releases.last("teams", "new"), None, "something else came since");
        assert_eq!(state.releases.last("directory", "old"), None);
        let last = after(&[there]);
        let last = last.releases.last("teams", "new");
        assert!(matches!(last, Some(LastSwitch::CutOver(_))), "{last:?}");
    }
}
