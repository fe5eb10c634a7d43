//! How long to wait before a projection that failed is tried again, and what is logged.

use std::error::Error;
use std::time::Duration;

use eventlog::sentence;
use events::Seq;

use crate::error::ProjectorError;

/// The first pause after a failure that passes by itself; each further one doubles it.
const FIRST_DELAY: Duration = Duration::from_millis(100);
/// The longest such pause.
const MAX_DELAY: Duration = Duration::from_secs(5);
/// The pauses after so much failed alike that it was not about single events; then the last again.
const MANY_FAIL_DELAYS: [Duration; 5] = [
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
];
/// How often to try again what somebody must mend.
const STUCK_DELAY: Duration = Duration::from_secs(30);

/// Failures one after the other, without work in between.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
    /// How often in a row so much failed alike, and where.
    many: (usize, Seq),
    /// The failure that was logged last.
    logged: String,
}

impl Backoff {
    /// How long to wait after `error`. Logs the error, unless it is the one that was logged last.
    pub(crate) fn pause(
        &mut self,
        slot: &str,
        error: &ProjectorError,
        worked: bool,
        position: Seq,
    ) -> Duration {
        if let ProjectorError::ManyFail { .. } = error {
            let (times, at) = self.many;
            let again = times > 0 && at == position;
            self.many = (if again { times + 1 } else { 1 }, position);
            // That the read model was opened in between is no work.
            self.log(slot, error);
            return MANY_FAIL_DELAYS[self.many.0.min(MANY_FAIL_DELAYS.len()) - 1];
        }
        if worked {
            *self = Self::default();
        }
        if error.is_moved() {
            tracing::debug!(slot, "the checkpoint is looked for again");
            return FIRST_DELAY;
        }
        self.failures += 1;
        self.log(slot, error);
        if error.passes() {
            (FIRST_DELAY * 2_u32.pow(self.failures.min(7) - 1)).min(MAX_DELAY)
        } else {
            STUCK_DELAY
        }
    }

    fn log(&mut self, slot: &str, error: &ProjectorError) {
        let why = sentence(error);
        if why != self.logged {
            let cause: &dyn Error = error;
            if error.passes() {
                tracing::warn!(slot, error = cause, "the projection waits, and goes on by itself");
            } else {
                tracing::error!(slot, error = cause, "the projection has stopped");
            }
            self.logged = why;
        }
    }
}
