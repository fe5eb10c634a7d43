//! Exit codes, the same for every verb.

use std::process::ExitCode;

use crate::operator_token::WeakToken;
use crate::option_precedence::UsageError;

/// The exit codes, as the help of every verb tells them.
pub(crate) const HELP: &str = "\
Exit codes:
  0  done, and all is well
  1  an error: what failed is told
  2  what was typed makes no sense
  3  somebody should look: at what is told
  4  something differs, or is damaged
  5  a safety rule refuses it: which, and what to do, is told
  6  the operator token does not open this
  7  the plan is out of date: plan again";

/// How a verb ended that did its work, and so its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    /// Exit code 0.
    Success,
    /// It works, and somebody should look; or a part could not be looked at: exit code 3.
    NeedsAttention,
    /// A comparison found differences, or a check found damage: exit code 4.
    Differs,
}

/// Why the program that was asked did not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// A safety rule forbids it: exit code 5.
    #[error("{0}")]
    BySafetyRule(String),
    /// The token opens other things, or nothing: exit code 6.
    #[error("{0}")]
    NotAllowed(String),
    /// The world has moved since the plan was made: exit code 7.
    #[error("{0}")]
    PlanOutOfDate(String),
}

impl Refused {
    fn code(&self) -> u8 {
        match self {
            Self::BySafetyRule(_) => 5,
            Self::NotAllowed(_) => 6,
            Self::PlanOutOfDate(_) => 7,
        }
    }
}

/// The exit code of a verb. Wrong usage is 2: clap exits with it, and so do a weak operator token
/// and options that contradict each other. Any other error is 1.
pub(crate) fn code(done: anyhow::Result<ExitStatus>) -> ExitCode {
    match done {
        Ok(ExitStatus::Success) => ExitCode::SUCCESS,
        Ok(ExitStatus::NeedsAttention) => ExitCode::from(3),
        Ok(ExitStatus::Differs) => ExitCode::from(4),
        Err(error) => {
            crate::output::complain(&error);
            if error.is::<WeakToken>() || error.is::<UsageError>() {
                ExitCode::from(2)
            } else if let Some(refused) = error.downcast_ref::<Refused>() {
                ExitCode::from(refused.code())
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn each_refusal_has_an_exit_code_of_its_own_whatever_is_said_around_it() {
        let no = || "no".to_owned();
        let refusals = [
            (Refused::BySafetyRule(no()), 5),
            (Refused::NotAllowed(no()), 6),
            (Refused::PlanOutOfDate(no()), 7),
        ];
        for (refusal, expected) in refusals {
            let error = Err::<ExitStatus, _>(refusal).context("ask the gateway");
            assert_eq!(code(error), ExitCode::from(expected));
        }
        assert_eq!(code(Err(anyhow::anyhow!("no"))), ExitCode::FAILURE);
    }
}
