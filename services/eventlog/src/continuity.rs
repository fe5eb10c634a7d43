//! Checks the log against what read models, snapshots and the high-water mark remember of it.
//!
//! Pure: what the log shows of itself is compared with what others know of it. The chain makes that
//! simple: a chain value at one position stands for all events up to there. The questions
//! to the server are in `continuity_check`.

use std::collections::{BTreeMap, BTreeSet};

use events::{Chain, Position, Seq};
use jiff::Timestamp;

/// What a reader of the log remembers of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What remembers it: `the checkpoint of read model teams`.
    pub witness: String,
    /// The last event that was read.
    pub position: Position,
    /// When the stream was made from which it was read, if the witness knows.
    pub created: Option<Timestamp>,
}

impl Evidence {
    /// What `witness` knows, without the age of the stream.
    pub fn new(witness: impl Into<String>, position: Position) -> Self {
        Self { witness: witness.into(), position, created: None }
    }
}

/// How far the log goes, as the server tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// When the stream was made.
    pub created: Timestamp,
    /// The position of the last message.
    pub last: Seq,
    /// How many messages there are, and positions whose emptiness an erasure explains.
    pub messages: u64,
}

/// What is found at a position of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PositionContent {
    /// No event, and no erasure that names one.
    Nothing,
    /// A message that tells no chain value: it is not one of ours.
    Foreign,
    /// An event with this chain value, or one that was erased.
    Event(Chain),
}

/// One way in which the log differs from what is known of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Discrepancy {
    /// There is no stream at all.
    #[error("there is no stream, but {witness} knows event {seq}", witness = .0.witness, seq = .0.position.seq)]
    NoStream(Evidence),
    /// The log ends before an event that the witness has read.
    #[error(
        "the log ends at event {end}, but {witness} knows event {seq}: {count} are missing{remade}",
        witness = evidence.witness,
        seq = evidence.position.seq,
        count = evidence.position.seq.0.saturating_sub(end.0),
        remade = remade(evidence, *created),
    )]
    Short {
        /// What is known.
        evidence: Evidence,
        /// Where the log ends.
        end: Seq,
        /// When the stream was made.
        created: Timestamp,
    },
    /// An event that the witness has read is missing, though later ones exist.
    #[error(
        "event {seq} is not in the log, but {witness} knows it",
        witness = .0.witness,
        seq = .0.position.seq
    )]
    Gone(Evidence),
    /// The log has another event at the position that the witness has read.
    #[error(
        "event {seq} has chain value {found} in the log, but {witness} knows it as {known}: the log has another history{remade}",
        seq = evidence.position.seq,
        found = shown(*found),
        witness = evidence.witness,
        known = evidence.position.chain,
        remade = remade(evidence, *created),
    )]
    DifferentHistory {
        /// What is known.
        evidence: Evidence,
        /// The chain value in the log; none for a message that is no event.
        found: Option<Chain>,
        /// When the stream was made.
        created: Timestamp,
    },
    /// Positions are empty that no erasure names.
    #[error(
        "of the {end} events that the log counts, {missing} are missing: it was purged or damaged"
    )]
    Holes {
        /// How many.
        missing: u64,
        /// Where the log ends.
        end: Seq,
    },
}

impl Discrepancy {
    /// Whether an operator may accept the log without what is missing. A log with holes cannot be
    /// accepted: the chain of what remains cannot be checked.
    pub fn can_be_accepted(&self) -> bool {
        match self {
            Self::NoStream(_) | Self::Short { .. } | Self::DifferentHistory { .. } => true,
            Self::Gone(_) | Self::Holes { .. } => false,
        }
    }

    /// What the witness remembers; none for holes, which need no witness.
    pub fn evidence(&self) -> Option<&Evidence> {
        match self {
            Self::NoStream(evidence)
            | Self::Short { evidence, .. }
            | Self::Gone(evidence)
            | Self::DifferentHistory { evidence, .. } => Some(evidence),
            Self::Holes { .. } => None,
        }
    }
}

fn shown(chain: Option<Chain>) -> String {
    chain.map_or_else(|| "none".to_owned(), |chain| chain.to_string())
}

fn remade(evidence: &Evidence, created: Timestamp) -> String {
    match evidence.created {
        Some(known) if known != created => {
            format!(" (the stream was made at {created}, the one that it knows at {known})")
        }
        Some(_) | None => String::new(),
    }
}

/// The log has lost events, or is another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss(pub Vec<Discrepancy>);

impl Loss {
    /// Whether an operator may take the log as it is.
    pub fn can_be_accepted(&self) -> bool {
        self.0.iter().all(Discrepancy::can_be_accepted)
    }
}

impl std::error::Error for Loss {}

impl std::fmt::Display for Loss {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the log has lost events: ")?;
        for (index, discrepancy) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{discrepancy}")?;
        }
        f.write_str(". Restore the JetStream store or a backup that holds them")?;
        if self.can_be_accepted() {
            f.write_str(", or give them up: start once with --accept-lost-events")?;
        }
        Ok(())
    }
}

/// The positions whose content [`compare`] needs.
pub fn positions_to_look_up(extent: Option<&Extent>, evidence: &[Evidence]) -> BTreeSet<Seq> {
    let Some(extent) = extent else { return BTreeSet::new() };
    let known = evidence.iter().map(|evidence| evidence.position.seq);
    known.chain([extent.last]).filter(|seq| seq.0 > 0 && *seq <= extent.last).collect()
}

/// Where the log differs from what is known of it. `found` is the content of the
/// [`positions_to_look_up`].
pub fn compare(
    extent: Option<&Extent>,
    found: &BTreeMap<Seq, PositionContent>,
    evidence: &[Evidence],
) -> Vec<Discrepancy> {
    // A witness that has read nothing has nothing to compare.
    let witnesses = evidence.iter().filter(|evidence| evidence.position.seq.0 > 0);
    let Some(&Extent { created, last, messages }) = extent else {
        return witnesses.cloned().map(Discrepancy::NoStream).collect();
    };
    let at = |seq: Seq| found.get(&seq).copied().unwrap_or(PositionContent::Nothing);
    let mut discrepancies = Vec::new();
    let uncounted = last.0.saturating_sub(messages);
    let missing = if last.0 > 0 && at(last) == PositionContent::Nothing {
        uncounted.max(1)
    } else {
        uncounted
    };
    if missing > 0 {
        discrepancies.push(Discrepancy::Holes { missing, end: last });
    }
    discrepancies.extend(witnesses.filter_map(|evidence| {
        let Position { seq, chain } = evidence.position;
        if seq > last {
            return Some(Discrepancy::Short { evidence: evidence.clone(), end: last, created });
        }
        let other =
            |found| Discrepancy::DifferentHistory { evidence: evidence.clone(), found, created };
        match at(seq) {
            PositionContent::Event(found) if found == chain => None,
            PositionContent::Event(found) => Some(other(Some(found))),
            PositionContent::Foreign => Some(other(None)),
            PositionContent::Nothing => Some(Discrepancy::Gone(evidence.clone())),
        }
    }));
    discrepancies
}

#[cfg(test)]
mod tests;
