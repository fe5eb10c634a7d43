//! The program.

use std::process::ExitCode;

use clap::Parser;
use rollcall::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    rollcall::run(Cli::parse()).await
}
