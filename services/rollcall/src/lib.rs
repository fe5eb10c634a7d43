//! The one program: every service as a role, `up` for all of them at once, and the operators'
//! verbs.

mod cli;
mod data_dir;
mod exit;
mod lifecycle;
mod log_access;
mod log_args;
mod metrics;
mod operator_token;
mod option_precedence;
mod output;
mod position;
pub mod projections;
mod readiness;
mod revocations;
mod roles;
mod server_args;
mod slot_args;
mod startup;
pub mod telemetry;
mod tenants;
mod up;
mod verbs;
mod write_side;

use std::process::ExitCode;

pub use cli::Cli;

/// Carries out what the command line says.
pub async fn run(cli: Cli) -> ExitCode {
    telemetry::keep_panics_short();
    telemetry::init(cli.log_format.into(), cli.verb.log_level());
    exit::code(cli.verb.run().await)
}
