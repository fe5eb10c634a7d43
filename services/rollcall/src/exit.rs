//! Exit codes, the same for every verb.

use std::process::ExitCode;

use crate::operator_token::WeakToken;
use crate::option_precedence::UsageError;

/// How a verb ended that did its work, and so its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    /// Exit code 0.
    Success,
    /// It works, and somebody should look: exit code 3.
    NeedsAttention,
    /// A comparison found differences, or a check found damage: exit code 4.
    Differs,
    /// What could be checked is sound, and a part could not be checked: exit code 5.
    Incomplete,
}

/// The exit code of a verb. Wrong usage is 2: clap exits with it, and so do a weak operator token
/// and options that contradict each other. Any other error is 1.
pub(crate) fn code(done: anyhow::Result<ExitStatus>) -> ExitCode {
    match done {
        Ok(ExitStatus::Success) => ExitCode::SUCCESS,
        Ok(ExitStatus::NeedsAttention) => ExitCode::from(3),
        Ok(ExitStatus::Differs) => ExitCode::from(4),
        Ok(ExitStatus::Incomplete) => ExitCode::from(5),
        Err(error) => {
            crate::output::complain(&error);
            if error.is::<WeakToken>() || error.is::<UsageError>() {
                ExitCode::from(2)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}
