//! The command line as a whole: what every verb takes, and which one it is.

use clap::{Command, CommandFactory as _, FromArgMatches as _, Parser, ValueEnum};

use crate::exit;
use crate::option_precedence::ignore_empty_variables;
use crate::telemetry::LogFormat;
use crate::verbs::cli_target::COMMON;
use crate::verbs::{ROLES, Verb};

/// Event-sourced provisioning: Entra's SCIM calls become events, events become read models.
#[derive(Debug, Parser)]
#[command(name = "rollcall", version, propagate_version = true)]
pub struct Cli {
    /// How logs are written to standard error; `RUST_LOG` chooses which
    #[arg(long, global = true, help_heading = COMMON, env = "ROLLCALL_LOG", value_enum, default_value_t = LogFormatName::Text)]
    pub(crate) log_format: LogFormatName,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

impl Cli {
    /// Reads the command line and the environment; ends the program with exit code 2 if they make no
    /// sense.
    pub fn parse_or_exit() -> Self {
        let mut command = ignore_empty_variables(with_exit_codes(Self::command()));
        let mut matches = command.get_matches_mut();
        Self::from_arg_matches_mut(&mut matches)
            .unwrap_or_else(|error| error.format(&mut command).exit())
    }
}

/// The same command, in whose help every verb says with which codes it may end. Services run until
/// they are told to stop.
fn with_exit_codes(command: Command) -> Command {
    command.after_help(exit::HELP).mut_subcommands(|verb| {
        if ROLES.contains(&verb.get_name()) { verb } else { each_with_exit_codes(verb) }
    })
}

fn each_with_exit_codes(verb: Command) -> Command {
    if verb.has_subcommands() {
        return verb.mut_subcommands(each_with_exit_codes);
    }
    let help = match verb.get_after_help() {
        Some(said) => format!("{said}\n\n{}", exit::HELP),
        None => exit::HELP.to_owned(),
    };
    verb.after_help(help)
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

    #[test]
    fn every_verb_says_its_exit_codes_and_no_role_does() {
        let mut left = vec![with_exit_codes(Cli::command())];
        let mut verbs = 0;
        while let Some(mut command) = left.pop() {
            left.extend(command.get_subcommands().cloned());
            if command.has_subcommands() {
                continue;
            }
            let name = command.get_name().to_owned();
            let help = command.render_long_help().to_string();
            let codes = help.matches("Exit codes:").count();
            assert_eq!(codes, usize::from(!ROLES.contains(&name.as_str())), "{name}: {help}");
            verbs += codes;
        }
        assert!(verbs > 40, "{verbs}");
    }

    #[test]
    fn help_fits_a_screen_of_80_columns() {
        let mut left = vec![with_exit_codes(Cli::command()).term_width(80)];
        while let Some(mut command) = left.pop() {
            let name = command.get_name().to_owned();
            left.extend(command.get_subcommands().cloned().map(|verb| verb.term_width(80)));
            let help = command.render_long_help().to_string();
            // How a verb is written is one line, which clap never breaks.
            let mut texts = help.lines().filter(|line| !line.starts_with("Usage:"));
            let wide = texts.find(|line| line.chars().count() > 80);
            assert_eq!(wide, None, "{name}");
        }
    }
}
