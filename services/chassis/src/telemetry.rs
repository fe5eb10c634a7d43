//! Logs, on standard error.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
pub use tracing_subscriber::filter::LevelFilter;

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
    let filter = filter(std::env::var(EnvFilter::DEFAULT_ENV).ok(), level);
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

fn filter(chosen: Option<String>, level: LevelFilter) -> EnvFilter {
    // Our own sentences tell of outages, once; the NATS client repeats itself.
    let directives = chosen.unwrap_or_else(|| format!("{level},async_nats=off"));
    EnvFilter::builder().with_default_directive(level.into()).parse_lossy(directives)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_chooses_the_level_unless_the_environment_does() {
        let level = |chosen: Option<&str>| {
            filter(chosen.map(str::to_owned), LevelFilter::WARN).max_level_hint()
        };
        assert_eq!(level(None), Some(LevelFilter::WARN));
        assert_eq!(level(Some("")), Some(LevelFilter::WARN));
        assert_eq!(level(Some("debug")), Some(LevelFilter::DEBUG));
    }

    #[test]
    fn logging_may_be_started_twice() {
        init(LogFormat::Text, LevelFilter::INFO);
        init(LogFormat::Json, LevelFilter::INFO);
    }
}
