//! What was said about a booking last, and by whom.

use std::fmt;

use events::EmployeeId;
use jiff::Timestamp;

use crate::{Booking, BookingDecision, Cancellation, Decided, HandedOver, TenantRoster};

/// What was said about a booking last, since its person left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastWord<'b> {
    /// It is cancelled.
    Cancelled(&'b Cancellation),
    /// Somebody decided about it, and it stands.
    Decided(&'b Decided),
    /// It is a colleague's by now.
    HandedOver {
        /// By whom, and when.
        by: &'b HandedOver,
        /// Whose it is.
        to: EmployeeId,
    },
    /// Its booking system told of it, and nobody decided about it since.
    Told,
}

impl TenantRoster {
    /// What was said about a booking last, and by whom.
    pub fn last_word<'b>(&self, booking: &'b Booking) -> LastWord<'b> {
        if let Some(cancelled) = &booking.cancelled {
            return LastWord::Cancelled(cancelled);
        }
        match (self.decided(booking), &booking.handed_over) {
            (Some(decided), _) => LastWord::Decided(decided),
            (None, Some(by)) => LastWord::HandedOver { by, to: booking.employee },
            (None, None) => LastWord::Told,
        }
    }
}

impl LastWord<'_> {
    /// Who said it, by id as in the log; none for a booking system that told of the booking.
    pub fn actor(&self) -> Option<&str> {
        match self {
            Self::Cancelled(cancelled) => Some(&cancelled.actor),
            Self::Decided(decided) => Some(&decided.actor),
            Self::HandedOver { by, .. } => Some(&by.actor),
            Self::Told => None,
        }
    }

    /// When it was said.
    pub fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Cancelled(cancelled) => Some(cancelled.at),
            Self::Decided(decided) => Some(decided.at),
            Self::HandedOver { by, .. } => Some(by.at),
            Self::Told => None,
        }
    }
}

/// As a part of a sentence about the booking, with people by their ids.
impl fmt::Display for LastWord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled(_) => f.write_str("it is cancelled")?,
            Self::Decided(decided) => match &decided.decision {
                BookingDecision::Keep => f.write_str("it is kept")?,
                BookingDecision::Cancel { due, .. } => write!(f, "it is cancelled at {due}")?,
                BookingDecision::Withdrawn => {
                    f.write_str("the cancellation that was planned is withdrawn")?;
                }
                BookingDecision::Reopened => f.write_str("it waits for a decision again")?,
            },
            Self::HandedOver { to, .. } => write!(f, "it is handed over to employee {to}")?,
            Self::Told => return f.write_str("its booking system has told of it anew"),
        }
        match (self.actor(), self.at()) {
            (Some(actor), Some(at)) => write!(f, ", as {actor} decided at {at}"),
            (_, _) => Ok(()),
        }
    }
}
