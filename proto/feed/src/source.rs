//! How far in the log the feed is.

use events::{Position, Seq};

/// What a feed event follows from: the events of the log up to a position, of whose consequences so
/// many are told.
///
/// What one request led to in the log is told together, but a thousand messages are the most that a
/// stream takes at once: so the last feed event says too how much of it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// The last event of the log that is taken into account.
    pub position: Position,
    /// How many of the feed events that follow from it are told, this one included.
    pub told: u32,
    /// How many there are.
    pub of: u32,
}

impl Source {
    /// Whether all that follows from it is told.
    pub fn is_complete(self) -> bool {
        self.told == self.of
    }
}

/// A text that is no [`Source`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it does not say how far in the log the feed is")]
pub struct BadSource;

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Position { seq, chain } = self.position;
        write!(f, "{seq} {chain} {} {}", self.told, self.of)
    }
}

impl std::str::FromStr for Source {
    type Err = BadSource;

    fn from_str(text: &str) -> Result<Self, BadSource> {
        let words: Vec<&str> = text.split(' ').collect();
        let [seq, chain, told, of] = words[..] else { return Err(BadSource) };
        let number = |word: &str| word.parse().map_err(|_| BadSource);
        let seq = Seq(seq.parse().map_err(|_| BadSource)?);
        let chain = chain.parse().map_err(|_| BadSource)?;
        let position = Position { seq, chain };
        Ok(Self { position, told: number(told)?, of: number(of)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_read_back_as_it_was_written() {
        let position = Position { seq: Seq(7), ..Position::START };
        let source = Source { position, told: 2, of: 3 };
        assert_eq!(source.to_string().parse(), Ok(source));
        for bad in ["", "7", "7 x 1 1", "7  2 3", "seven"] {
            assert_eq!(bad.parse::<Source>(), Err(BadSource), "{bad:?}");
        }
    }
}
