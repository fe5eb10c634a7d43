//! The gaps of a log: positions that are empty, and that no erasure names.

use events::Seq;

use crate::error::{ReadError, unavailable};
use crate::log::Log;

/// Empty positions, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Gap {
    /// The first of them.
    pub first: Seq,
    /// The last.
    pub last: Seq,
}

impl std::fmt::Display for Gap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{} to {}", self.first, self.last)
        }
    }
}

impl Log {
    /// The gaps up to the end of the log, as the server counts them; erased events leave none.
    pub async fn gaps(&self) -> Result<Vec<Gap>, ReadError> {
        let Some(extent) = self.extent().await? else { return Ok(vec![]) };
        if extent.messages == extent.last.0 {
            return Ok(vec![]);
        }
        let info = self.stream.info_builder().with_deleted(true).fetch().await;
        let state = info.map_err(unavailable)?.info.state;
        let mut empty: Vec<u64> = (1..state.first_sequence.min(extent.last.0 + 1)).collect();
        empty.extend(state.deleted.unwrap_or_default());
        empty.sort_unstable();
        let known = self.known_erasures().await?;
        let named = |seq: Seq| known.tombstones.chain_at(seq).is_some();
        Ok(joined(empty.into_iter().map(Seq).filter(|seq| *seq <= extent.last && !named(*seq))))
    }
}

/// Positions in order as runs of neighbours.
fn joined(positions: impl Iterator<Item = Seq>) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    for seq in positions {
        match gaps.last_mut() {
            Some(gap) if gap.last.next() >= seq => gap.last = seq,
            Some(_) | None => gaps.push(Gap { first: seq, last: seq }),
        }
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_one_gap() {
        let gaps = joined([2, 3, 4, 7, 9, 10].into_iter().map(Seq));
        let told: Vec<String> = gaps.iter().map(Gap::to_string).collect();
        assert_eq!(told, ["2 to 4", "7", "9 to 10"]);
    }
}
