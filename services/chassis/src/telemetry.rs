//! Logs, on standard error.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::IsTerminal;

use tracing::Level;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

pub use tracing_subscriber::filter::LevelFilter;

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For a reader.
    Text,
    /// One JSON object a line, for a machine.
    Json,
}

/// The crates whose own sentences may be logged at any level. A library's `debug` and `trace` hold
/// what it carries: profiles, tokens, the key that signs them.
pub const OURS: [&str; 14] = [
    "api",
    "chassis",
    "directory",
    "embedded",
    "events",
    "ingest",
    "retention",
    "rollcall",
    "roster",
    "scim",
    "simulator",
    "teams",
    "web",
    "writer",
];

/// Starts logging from `level` up, unless `RUST_LOG` says otherwise, as in `info,ingest=debug`.
/// Whatever it says, only our own crates log below `warn`. A second call changes nothing.
pub fn init(format: LogFormat, level: LevelFilter) {
    let filter = filter(std::env::var(EnvFilter::DEFAULT_ENV).ok(), level);
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let cap = filter_fn(|about| may_be_logged(about.target(), *about.level()));
    // An error here says that logging has been started before.
    let _ = match format {
        LogFormat::Text => logs.finish().with(cap).try_init(),
        LogFormat::Json => logs.json().flatten_event(true).finish().with(cap).try_init(),
    };
}

/// From now on a panic tells where it happened, and no more: the values in its words may be
/// somebody's. `RUST_BACKTRACE=1` adds how it came there.
pub fn keep_panics_short() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(|| "?".to_owned(), ToString::to_string);
        let backtrace = Backtrace::capture();
        if backtrace.status() == BacktraceStatus::Captured {
            tracing::error!(place, %backtrace, "a panic: a bug of ours");
        } else {
            tracing::error!(place, "a panic: a bug of ours; RUST_BACKTRACE=1 tells more");
        }
    }));
}

/// Whether a level is open to the crate that a target begins with.
fn may_be_logged(target: &str, level: Level) -> bool {
    let name = target.split("::").next().unwrap_or_default();
    level <= Level::WARN || OURS.contains(&name)
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
    fn a_library_logs_warnings_and_no_more_whatever_is_asked_for() {
        for target in ["async_nats::connection", "tokio_postgres::connection", "hyper", "webpki"] {
            assert!(may_be_logged(target, Level::WARN), "{target}");
            for level in [Level::INFO, Level::DEBUG, Level::TRACE] {
                assert!(!may_be_logged(target, level), "{target} at {level}");
            }
        }
        assert!(may_be_logged("ingest::oauth", Level::TRACE));
        assert!(may_be_logged("web", Level::DEBUG));
    }

    #[test]
    fn logging_may_be_started_twice() {
        init(LogFormat::Text, LevelFilter::INFO);
        init(LogFormat::Json, LevelFilter::INFO);
    }
}
