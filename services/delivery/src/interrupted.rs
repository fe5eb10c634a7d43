//! Why telling ends for now, or for good.

use eventlog::{AppendError, ReadError};
use events::Seq;

use crate::correct::UnknownFact;
use crate::erasing;
use crate::start::NoStart;

/// Why telling ends for now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Interrupted {
    /// Somebody else tells, or an answer was lost: look where the feed ends, and go on from there.
    #[error("the feed does not end where it did")]
    Elsewhere(#[source] AppendError),
    /// The stream is away or full.
    #[error("the feed cannot be written to")]
    Unwritable(#[source] AppendError),
    /// The feed is away, or is none of ours.
    #[error("the feed cannot be read")]
    Feed(#[from] NoStart),
    /// The log is away, or not as its chain says.
    #[error("the log cannot be read")]
    Log(#[from] ReadError),
    /// Lost events were given up, but not here.
    #[error(
        "the feed was told from another history of the log (its last message follows from event {0}); if \
         that was lost and given up, start with --accept-lost-events: applications are then told \
         what is not so any more"
    )]
    OtherLog(Seq),
    /// The feed has messages of a later release.
    #[error(transparent)]
    UnknownFact(#[from] UnknownFact),
    /// What was told of somebody who was erased is still there.
    #[error("what was told of a person who was erased cannot be removed from the feed")]
    Erasing(#[from] erasing::Undeleted),
    /// Another release wrote to the log.
    #[error(
        "event {seq} is a {name:?}, which this release does not know; start the release that wrote it"
    )]
    UnknownEvent { seq: Seq, name: String },
}

impl Interrupted {
    /// Whether waiting does not help.
    pub(crate) fn is_final(&self) -> bool {
        match self {
            Self::Log(ReadError::Unavailable(_))
            | Self::Feed(NoStart::Read(ReadError::Unavailable(_)) | NoStart::Gone)
            | Self::Elsewhere(_)
            | Self::Unwritable(_)
            | Self::Erasing(_) => false,
            Self::Log(_)
            | Self::Feed(_)
            | Self::OtherLog(_)
            | Self::UnknownFact(_)
            | Self::UnknownEvent { .. } => true,
        }
    }

    /// Tells the operator, once for all that fails in a row.
    pub(crate) fn report(&self, failing: &mut bool) {
        let error = self as &dyn std::error::Error;
        if matches!(self, Self::Elsewhere(_)) {
            tracing::debug!(error, "looks where the feed ends");
        } else if !std::mem::replace(failing, true) {
            tracing::warn!(error, "cannot tell applications; trying until it works");
        }
    }
}
