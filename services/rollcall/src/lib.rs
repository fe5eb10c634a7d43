//! The one program: every service as a role, `up` for all of them at once, and the operators'
//! verbs.

mod cli;
mod data_dir;
mod exit;
mod lifecycle;
mod listening;
mod metrics;
mod operator_token;
mod output;
mod position;
pub mod projections;
mod readiness;
mod revocations;
mod roles;
mod said;
mod startup;
pub mod telemetry;
mod tenants;
mod the_log;
mod up;
mod verbs;
mod write_side;

use std::process::ExitCode;

pub use cli::Cli;
use cli::Verb;

/// Carries out what the command line says.
pub async fn run(cli: Cli) -> ExitCode {
    telemetry::keep_panics_short();
    telemetry::init(cli.log_format.into(), cli.verb.log_level());
    let done = match cli.verb {
        Verb::Up(options) => up::run(options).await,
        Verb::Ingest(options) => roles::ingest(options).await,
        Verb::Project(options) => roles::project(options).await,
        Verb::Api(options) => roles::api(options).await,
        Verb::Tenant(verb) => verbs::tenant::run(verb).await,
        Verb::Integration(verb) => verbs::integration::run(verb).await,
        Verb::Extension(verb) => verbs::extension::run(verb).await,
        Verb::Token(verb) => verbs::token::run(verb).await,
        Verb::Guard(verb) => verbs::guard::run(verb).await,
        Verb::Alerts(verb) => verbs::alerts::run(verb).await,
        Verb::Status(options) => verbs::status::run(options).await,
        Verb::Events(verb) => verbs::events::run(verb).await,
        Verb::Consumer(verb) => verbs::consumer::run(verb).await,
        Verb::Log(verb) => verbs::log::run(verb).await,
        Verb::Simulate(verb) => verbs::simulate::run(verb).await,
    };
    exit::code(done)
}
