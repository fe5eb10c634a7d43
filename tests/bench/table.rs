//! What is printed.

use std::io::{self, Write as _};
use std::time::Duration;

use crate::load::Figure;

pub(crate) fn say(line: &str) {
    // Whoever has stopped reading wants no more.
    drop(writeln!(io::stdout(), "{line}"));
}

/// What the lines that follow are about.
pub(crate) fn heading(text: &str) {
    say(&format!("\n{text}"));
}

/// What the columns of [`row`] are.
pub(crate) fn columns() {
    say(&format!(
        "{:<18} {:>8} {:>9} {:>9} {:>10} {:>10} {:>13} {:>12}",
        "", "people", "in flight", "a second", "p50", "p99", "of bare HTTP", "of bare log"
    ));
}

/// One kind of request at one concurrency, beside what the servers beneath can do.
pub(crate) fn row(
    name: &str,
    people: usize,
    in_flight: usize,
    ours: &Figure,
    bare_http: &Figure,
    bare_log: Option<&Figure>,
) {
    say(&format!(
        "{name:<18} {:>8} {in_flight:>9} {:>9.0} {:>10} {:>10} {:>13} {:>12}",
        number(people),
        ours.rate(),
        milliseconds(ours.percentile(50)),
        milliseconds(ours.percentile(99)),
        share(ours, bare_http),
        bare_log.map_or_else(|| "-".to_owned(), |limit| share(ours, limit)),
    ));
}

/// A figure of any other kind, beside its limit.
pub(crate) fn line(what: &str, measured: &str, limit: &str) {
    say(&format!("{what:<46} {measured:<34} limit: {limit}"));
}

/// What part of the limit's rate is ours.
pub(crate) fn share(ours: &Figure, limit: &Figure) -> String {
    percent(ours.rate() / limit.rate())
}

pub(crate) fn percent(ratio: f64) -> String {
    format!("{:.0} %", 100.0 * ratio)
}

pub(crate) fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

/// How many times as long the one took as the other.
pub(crate) fn times(one: Duration, other: Duration) -> String {
    format!("{:.2} ×", one.as_secs_f64() / other.as_secs_f64())
}

/// A number with its thousands apart.
pub(crate) fn number(number: usize) -> String {
    match number {
        0..1000 => number.to_string(),
        1000.. => format!("{},{:03}", self::number(number / 1000), number % 1000),
    }
}
