//! Where the telling goes on.

use eventlog::{Entry, Feed, ReadError};
use feed::{Source, header};
use roster::Roster;

/// What the last message of the feed says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LastTold {
    /// The last message; 0 if there is none.
    pub(crate) end: u64,
    /// How far in the log it is; none if nothing was told yet.
    pub(crate) source: Option<Source>,
    /// Whether it was derived by the rules of this program.
    pub(crate) same_rules: bool,
}

/// Why it cannot be said where the telling goes on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoStart {
    /// The feed cannot be read.
    #[error(transparent)]
    Read(ReadError),
    /// There is no stream, or it ends before what was read from it.
    #[error("the feed's stream is gone, or is another one; start this process again")]
    Gone,
    /// The last message is none of ours.
    #[error("message {0} of the feed does not say how far in the log it is; it is none of ours")]
    Foreign(u64),
}

impl From<ReadError> for NoStart {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Broken(_) => Self::Gone,
            error => Self::Read(error),
        }
    }
}

/// How far the feed is now.
pub(crate) async fn last_told(feed: &Feed) -> Result<LastTold, NoStart> {
    let end = feed.end().await?.seq;
    if end == 0 {
        return Ok(LastTold { end, source: None, same_rules: true });
    }
    let Some(last) = feed.last(None).await? else { return Err(NoStart::Foreign(end)) };
    let end = last.seq.0;
    let source = source(&last).ok_or(NoStart::Foreign(end))?;
    let same_rules = last.header(header::RULES) == Some(Roster::RULES);
    Ok(LastTold { end, source: Some(source), same_rules })
}

fn source(entry: &Entry) -> Option<Source> {
    entry.header(header::LOG)?.parse().ok()
}

impl LastTold {
    /// How many of `derived` feed events are told, which follow from the part of the log that ends at
    /// `seq`.
    pub(crate) fn told_of(&self, seq: events::Seq, derived: usize) -> usize {
        match self.source {
            Some(source) if seq < source.position.seq => derived,
            Some(source) if seq == source.position.seq && source.is_complete() => derived,
            Some(source) if seq == source.position.seq => {
                usize::try_from(source.told).unwrap_or(derived)
            }
            Some(_) | None => 0,
        }
    }
}
