//! The one program: every service as a role, `up` for all of them at once, and the operators'
//! verbs.

mod acts;
mod cli;
mod collector;
mod data_dir;
mod delivery_database;
mod doctor_args;
mod exit;
mod lifecycle;
mod log_access;
mod log_args;
mod metrics;
mod nats_door;
mod oidc_args;
mod operator_token;
mod option_precedence;
mod output;
mod placement;
mod portal_pages;
mod position;
pub mod projections;
mod pull_args;
mod readiness;
mod receipt_args;
mod record_args;
mod revocations;
mod roles;
mod sample_args;
mod server_args;
mod slot_args;
mod startup;
pub mod telemetry;
mod tenants;
mod time_text;
mod up;
mod verbs;
mod watching;
mod webhook_args;
mod write_side;

use std::process::ExitCode;

pub use cli::Cli;

/// Carries out what the command line says.
pub async fn run(cli: Cli) -> ExitCode {
    telemetry::keep_panics_short();
    telemetry::init(cli.log_format.into(), cli.verb.log_level());
    let collector = if cli.verb.is_role() { collector::start() } else { Ok(None) };
    let collector = match collector {
        Ok(collector) => collector,
        Err(error) => return exit::code(Err(error)),
    };
    let ended = Box::pin(cli.verb.run()).await;
    if let Some(collector) = collector {
        collector.finish().await;
    }
    exit::code(ended)
}
