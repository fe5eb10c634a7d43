//! The program.

use std::process::ExitCode;

use mimalloc::MiMalloc;
use rollcall::Cli;

/// Events are many small texts: the system's allocator took a fifth of the processor under load.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    rollcall::run(Cli::parse_or_exit()).await
}
