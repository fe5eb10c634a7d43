//! What a parked event is called: its slot, and its position in the log.

use std::fmt;

use events::Seq;
use web::Problem;

use super::OpsError;
use crate::operations::Operations;

/// A parked event's name: `teams:4182330`, or `teams_next:4182330` in the candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ParkedId {
    /// The schema.
    pub(crate) slot: String,
    pub(crate) position: Seq,
}

impl ParkedId {
    pub(crate) fn new(slot: &str, position: Seq) -> Self {
        Self { slot: slot.to_owned(), position }
    }

    /// The schemas of a projection's slots.
    pub(crate) fn slots_of(projection: &str) -> [String; 3] {
        [projection.to_owned(), format!("{projection}_next"), format!("{projection}_previous")]
    }

    /// Reads a name; only slots of this program's projections have one.
    pub(crate) fn parse(text: &str, ops: &Operations) -> Result<Self, OpsError> {
        let read = || {
            let (slot, position) = text.split_once(':')?;
            let mut slots = ops.projections().iter().flat_map(|p| Self::slots_of(p.name));
            slots.any(|known| known == slot).then_some(())?;
            Some(Self { slot: slot.to_owned(), position: Seq(position.parse().ok()?) })
        };
        read().ok_or_else(|| {
            let text: String = text.chars().take(64).collect();
            let why = format!(
                "{text:?} names no parked event: they are called by slot and position, as \
                 teams:4182330; `rollcall parked list` shows them"
            );
            Problem::malformed(why).into()
        })
    }

    /// The projection whose slot it is.
    pub(crate) fn projection(&self) -> &str {
        let slot = self.slot.as_str();
        slot.strip_suffix("_next").or_else(|| slot.strip_suffix("_previous")).unwrap_or(slot)
    }
}

impl fmt::Display for ParkedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.slot, self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parked_event_of_a_candidate_is_one_of_its_projection() {
        for (slot, projection) in
            [("teams", "teams"), ("teams_next", "teams"), ("teams_previous", "teams")]
        {
            let id = ParkedId::new(slot, Seq(7));
            assert_eq!(id.projection(), projection);
            assert_eq!(id.to_string(), format!("{slot}:7"));
        }
    }
}
