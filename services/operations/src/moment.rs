//! A moment of the past as a position of the log, so that whatever is told as of it is told up to the
//! same event.

use eventlog::{AtPosition, Log, ReadError};
use events::Seq;
use jiff::Timestamp;

/// How many positions are looked at together where erasures have left some empty.
const TOGETHER: u64 = 32;

/// A moment, and the last event of the log that had happened by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) time: Timestamp,
    pub(crate) position: Seq,
}

/// Why there is nothing to be told as of a moment.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MomentError {
    /// Nothing had happened.
    #[error(
        "the log begins later, with event {} of {}; ask for that moment or a later one",
        .first.0, .first.1
    )]
    BeforeTheLog {
        /// The first event that is left, and when it happened.
        first: (Seq, Timestamp),
    },
    #[error("the log is empty; nothing has happened yet")]
    EmptyLog,
    #[error(transparent)]
    Log(#[from] ReadError),
}

/// The position of a moment. Where a clock was set back, events of two positions claim the same time:
/// the moment is one of these, the same for whoever asks.
pub(crate) async fn moment(log: &Log, time: Timestamp) -> Result<Moment, MomentError> {
    let end = log.end().await?;
    // The last event that is known to be early enough, and the first that is known not to be.
    let (mut early, mut late, mut first) = (0, end.0 + 1, None);
    while late - early > 1 {
        let middle = early + (late - early) / 2;
        // Positions that an erasure emptied say nothing of time: the next event does.
        match next_event(log, Seq(middle), Seq(late)).await? {
            Some((seq, at)) if at <= time => early = seq.0,
            Some((seq, at)) => (late, first) = (middle, Some((seq, at))),
            None => late = middle,
        }
    }
    match (early, first) {
        (0, Some(first)) => Err(MomentError::BeforeTheLog { first }),
        (0, None) => Err(MomentError::EmptyLog),
        (position, _) => Ok(Moment { time, position: Seq(position) }),
    }
}

/// The first event from a position on and before another one, and when it happened.
async fn next_event(
    log: &Log,
    from: Seq,
    before: Seq,
) -> Result<Option<(Seq, Timestamp)>, ReadError> {
    let (mut next, mut together) = (from.0, 1);
    while next < before.0 {
        let to = before.0.min(next + together);
        let positions: Vec<Seq> = (next..to).map(Seq).collect();
        for found in log.read_at(&positions).await? {
            if let AtPosition::Event(entry) = found {
                let seq = entry.seq;
                let at = entry.time().map_err(|source| ReadError::Undecodable { seq, source })?;
                return Ok(Some((seq, at)));
            }
        }
        (next, together) = (to, TOGETHER);
    }
    Ok(None)
}
