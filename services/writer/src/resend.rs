//! An append whose answer is lost: whether it was stored is found out, and it is sent again if not.

use std::time::Duration;

use eventlog::AppendError;
use tokio::time::Instant;

use crate::outage::Outage;
use crate::step::Appended;

/// For how long an append that was not stored is sent again.
const RESEND_TIMEOUT: Duration = Duration::from_secs(5);

/// What became of one attempt.
enum Attempt {
    Stored,
    Ended(Appended),
    /// There was no answer, and the batch is not in the log, so far.
    Lost,
}

/// Appends a batch by `append`; `was_appended` tells whether the log holds it.
///
/// When no answer came and the batch is not in the log, the same events are sent again. The first
/// ones may still arrive late. Both expect the log to end at the same position, so that only one of
/// the two is stored: the other meets a conflict, and a look at the log tells that it is ours.
pub(crate) async fn append_and_find_out<A, W, E>(
    append: impl Fn() -> A,
    was_appended: impl Fn() -> W,
) -> Appended
where
    A: Future<Output = Result<(), AppendError>>,
    W: Future<Output = Result<bool, E>>,
{
    let asked = Instant::now();
    let stored = || Appended::Durably { took: asked.elapsed() };
    let mut again = false;
    loop {
        match append_once(append().await, &was_appended).await {
            Attempt::Stored => return stored(),
            Attempt::Lost if asked.elapsed() < RESEND_TIMEOUT => again = true,
            // A server that never answers, as one whose disk was full, is as good as none.
            Attempt::Lost => return Appended::Unclear(Outage::LogAway),
            Attempt::Ended(Appended::Conflict) if again => {
                return match was_appended().await {
                    Ok(true) => stored(),
                    Ok(false) => Appended::Conflict,
                    Err(_) => Appended::Unclear(Outage::LogAway),
                };
            }
            Attempt::Ended(appended) => return appended,
        }
    }
}

async fn append_once<W, E>(answer: Result<(), AppendError>, was_appended: impl Fn() -> W) -> Attempt
where
    W: Future<Output = Result<bool, E>>,
{
    let failure = match answer {
        Ok(()) => return Attempt::Stored,
        Err(failure) => failure,
    };
    let appended = match failure {
        AppendError::Conflict => Appended::Conflict,
        // The answer was lost, which says nothing about the events: look for the first.
        AppendError::Unknown(error) => {
            tracing::debug!(error = &*error as &dyn std::error::Error, "an append got no answer");
            match was_appended().await {
                Ok(true) => return Attempt::Stored,
                Ok(false) => return Attempt::Lost,
                Err(_) => Appended::Unclear(Outage::LogAway),
            }
        }
        AppendError::Full(_) => Appended::Unclear(Outage::LogFull),
        AppendError::TooLarge { .. } | AppendError::TooMany(_) => {
            Appended::Unclear(Outage::TooLarge)
        }
        AppendError::Unavailable(error) => {
            tracing::debug!(error = &*error as &dyn std::error::Error, "cannot append");
            Appended::Unclear(Outage::LogAway)
        }
    };
    Attempt::Ended(appended)
}

#[cfg(test)]
mod tests;
