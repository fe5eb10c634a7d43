//! The command line as a whole: what every verb takes, and which one it is.

use clap::{CommandFactory as _, FromArgMatches as _, Parser, ValueEnum};

use crate::option_precedence::ignore_empty_variables;
use crate::telemetry::LogFormat;
use crate::verbs::Verb;

/// Event-sourced provisioning: Entra's SCIM calls become events, events become read models.
#[derive(Debug, Parser)]
#[command(name = "rollcall", version, propagate_version = true)]
pub struct Cli {
    /// How logs are written to standard error; `RUST_LOG` chooses which
    #[arg(long, global = true, env = "ROLLCALL_LOG", value_enum, default_value_t = LogFormatName::Text)]
    pub(crate) log_format: LogFormatName,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

impl Cli {
    /// Reads the command line and the environment; ends the program with exit code 2 if they make no
    /// sense.
    pub fn parse_or_exit() -> Self {
        let mut command = ignore_empty_variables(Self::command());
        let mut matches = command.get_matches_mut();
        Self::from_arg_matches_mut(&mut matches)
            .unwrap_or_else(|error| error.format(&mut command).exit())
    }
}

/// A log format as the command line names it.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LogFormatName {
    Text,
    Json,
}

impl From<LogFormatName> for LogFormat {
    fn from(name: LogFormatName) -> Self {
        match name {
            LogFormatName::Text => Self::Text,
            LogFormatName::Json => Self::Json,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
