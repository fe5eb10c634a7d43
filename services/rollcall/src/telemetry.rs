//! Logs, on standard error.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::IsTerminal;

use tracing::Level;
use tracing_subscriber::filter::{Targets, filter_fn};
use tracing_subscriber::fmt;
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
pub const OURS: [&str; 25] = [
    "acts",
    "activity",
    "access",
    "api",
    "cipher",
    "delivery",
    "eventlog",
    "projector",
    "requests",
    "directory",
    "embedded",
    "events",
    "feed",
    "ingest",
    "operations",
    "portal",
    "retention",
    "rollcall",
    "roster",
    "scim",
    "simulator",
    "teams",
    "traces",
    "web",
    "writer",
];

/// Starts logging from `level` up, unless `RUST_LOG` says otherwise, as in `info,ingest=debug`.
/// Whatever it says, only our own crates log below `warn`. A second call changes nothing.
pub fn init(format: LogFormat, level: LevelFilter) {
    let levels =
        levels(std::env::var("RUST_LOG").ok().filter(|told| !told.is_empty()).as_deref(), level);
    let most = levels.iter().map(|(_, level)| level).chain(levels.default_level()).max();
    let filter = filter_fn(move |about| may_be_logged(&levels, about.target(), *about.level()))
        .with_max_level_hint(most.unwrap_or(level));
    let lines =
        fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let logs = tracing_subscriber::registry().with(filter);
    // An error here says that logging has been started before.
    let _ = match format {
        LogFormat::Text => logs.with(lines).try_init(),
        LogFormat::Json => logs.with(lines.json().flatten_event(true)).try_init(),
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

/// The levels that are asked for. By target alone, so that it is decided once for each place in the
/// code: a filter that also knew spans would cost every request.
fn levels(chosen: Option<&str>, level: LevelFilter) -> Targets {
    // Our own sentences tell of outages, once; the NATS client repeats itself.
    let standard = format!("{level},async_nats=off");
    // What cannot be read is left out, so that a typing error silences nothing else.
    let parts =
        chosen.unwrap_or(&standard).split(',').map(str::trim).filter(|part| !part.is_empty());
    let chosen: Vec<Targets> = parts.filter_map(|part| part.parse().ok()).collect();
    let general = chosen.iter().filter_map(Targets::default_level).next_back().unwrap_or(level);
    let named = chosen.iter().flat_map(Targets::iter);
    Targets::new().with_targets(named).with_default(general)
}

/// Whether a level is open to the crate that a target begins with.
fn may_be_logged(levels: &Targets, target: &str, level: Level) -> bool {
    let name = target.split("::").next().unwrap_or_default();
    (level <= Level::WARN || OURS.contains(&name)) && levels.would_enable(target, &level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_chooses_the_level_unless_the_environment_does() {
        let opens = |chosen: Option<&str>, level| {
            may_be_logged(&levels(chosen, LevelFilter::WARN), "ingest::oauth", level)
        };
        assert!(opens(None, Level::WARN) && !opens(None, Level::INFO));
        assert!(opens(Some(""), Level::WARN) && !opens(Some(""), Level::INFO));
        assert!(opens(Some("debug"), Level::DEBUG) && !opens(Some("debug"), Level::TRACE));
        assert!(opens(Some("off,ingest=debug"), Level::DEBUG));
        assert!(!opens(Some("trace,ingest=info"), Level::DEBUG));
        assert!(opens(Some("no such level=x,debug"), Level::DEBUG));
    }

    #[test]
    fn a_library_logs_warnings_and_no_more_whatever_is_asked_for() {
        for chosen in ["trace", "hyper=trace,async_nats=trace,tokio_postgres=debug,webpki=info"] {
            let levels = levels(Some(chosen), LevelFilter::WARN);
            for target in
                ["async_nats::connection", "tokio_postgres::connection", "hyper", "webpki"]
            {
                assert!(may_be_logged(&levels, target, Level::WARN), "{target} of {chosen}");
                for level in [Level::INFO, Level::DEBUG, Level::TRACE] {
                    assert!(!may_be_logged(&levels, target, level), "{target} at {level}");
                }
            }
        }
        let levels = levels(Some("trace"), LevelFilter::WARN);
        assert!(may_be_logged(&levels, "ingest::oauth", Level::TRACE));
        assert!(may_be_logged(&levels, "web", Level::DEBUG));
    }

    #[test]
    fn logging_may_be_started_twice() {
        init(LogFormat::Text, LevelFilter::INFO);
        init(LogFormat::Json, LevelFilter::INFO);
    }
}
