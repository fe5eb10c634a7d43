//! Logs, on standard error.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
pub use tracing_subscriber::filter::LevelFilter;

/// Our own sentences tell of outages, once; the NATS client repeats itself.
const DEFAULT: &str = "info,async_nats=off";

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For a reader.
    Text,
    /// One JSON object a line, for a machine.
    Json,
}

/// Starts logging from `level` up, unless `RUST_LOG` says otherwise, as in `info,ingest=debug`. A
/// second call changes nothing.
pub fn init(format: LogFormat, level: LevelFilter) {
    let chosen = std::env::var(EnvFilter::DEFAULT_ENV).unwrap_or_else(|_| DEFAULT.to_owned());
    let filter = EnvFilter::builder().with_default_directive(level.into()).parse_lossy(chosen);
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // An error here says that logging has been started before.
    let _ = match format {
        LogFormat::Text => logs.try_init(),
        LogFormat::Json => logs.json().flatten_event(true).try_init(),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logging_may_be_started_twice() {
        init(LogFormat::Text, LevelFilter::INFO);
        init(LogFormat::Json, LevelFilter::INFO);
    }
}
