//! Exit codes, the same for every verb.

use std::process::ExitCode;

use crate::operator_token::WeakToken;
use crate::said::Usage;

/// How a verb ended that did its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Exit code 0.
    Well,
    /// It works, and somebody should look: exit code 3.
    NeedsAttention,
    /// A comparison found differences, or a check found damage: exit code 4.
    Differs,
    /// What could be checked is sound, and a part could not be checked: exit code 5.
    Partly,
}

/// Usage errors exit with 2, by clap, for a weak operator token and where options do not fit; errors with 1.
pub(crate) fn code(done: anyhow::Result<Ended>) -> ExitCode {
    match done {
        Ok(Ended::Well) => ExitCode::SUCCESS,
        Ok(Ended::NeedsAttention) => ExitCode::from(3),
        Ok(Ended::Differs) => ExitCode::from(4),
        Ok(Ended::Partly) => ExitCode::from(5),
        Err(error) => {
            crate::output::complain(&error);
            if error.is::<WeakToken>() || error.is::<Usage>() {
                ExitCode::from(2)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}
