//! When something is to be done that can be taken back until then.

use jiff::{SignedDuration, Timestamp};
use web::Problem;

/// When it is due, as a body says it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due<'b> {
    pub(super) undo_seconds: Option<u32>,
    pub(super) at: Option<&'b str>,
}

/// The longest time to undo something: a day. Whoever means longer says when.
const MAX_SECONDS: u32 = 86_400;

impl Due<'_> {
    /// The time; none for at once.
    pub(super) fn from(self, now: Timestamp) -> Result<Option<Timestamp>, Problem> {
        match (self.undo_seconds, self.at) {
            (None | Some(0), None) => Ok(None),
            (Some(seconds), None) if seconds <= MAX_SECONDS => {
                let due = now.checked_add(SignedDuration::from_secs(seconds.into()));
                due.map(Some).map_err(|_| Problem::malformed("undoSeconds leads beyond all time"))
            }
            (Some(seconds), None) => Err(Problem::malformed(format!(
                "undoSeconds is {seconds}, and {MAX_SECONDS} are the most; say `at` for a later time"
            ))),
            (None, Some(at)) => match events::parse_timestamp(at) {
                Ok(due) => Ok(Some(due)),
                Err(bad) => Err(Problem::malformed(format!("at: {bad}"))),
            },
            (Some(_), Some(_)) => {
                Err(Problem::malformed("say when by one of undoSeconds and at, not by both"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_in_seconds_or_as_a_time_and_not_in_both_ways() {
        let now = Timestamp::UNIX_EPOCH;
        let said = |undo_seconds, at| Due { undo_seconds, at }.from(now);
        for at_once in [None, Some(0)] {
            assert_eq!(said(at_once, None).unwrap(), None);
        }
        let in_a_minute = Timestamp::from_second(60).unwrap();
        assert_eq!(said(Some(60), None).unwrap(), Some(in_a_minute));
        assert_eq!(said(None, Some("1970-01-01T00:01:00Z")).unwrap(), Some(in_a_minute));
        for (seconds, at) in [
            (Some(86_401), None),
            (None, Some("tomorrow")),
            (Some(0), Some("1970-01-01T00:01:00Z")),
        ] {
            said(seconds, at).unwrap_err();
        }
    }
}
