//! What is printed.

use std::io::{self, Write as _};
use std::time::Duration;

use crate::load::Figure;

pub(crate) fn say(line: &str) {
    // Whoever has stopped reading wants no more.
    drop(writeln!(io::stdout(), "{line}"));
}

pub(crate) fn headings() {
    say(&format!(
        "{:<18} {:>9} {:>9} {:>9} {:>9} {:>13} {:>12}",
        "", "in flight", "a second", "p50", "p99", "of bare HTTP", "of bare log"
    ));
}

/// One kind of request at one concurrency, beside what the servers beneath can do.
pub(crate) fn row(
    name: &str,
    in_flight: usize,
    ours: &Figure,
    bare_http: &Figure,
    bare_log: Option<&Figure>,
) {
    let share = |limit: &Figure| format!("{:.0} %", 100.0 * ours.rate() / limit.rate());
    say(&format!(
        "{name:<18} {in_flight:>9} {:>9.0} {:>9} {:>9} {:>13} {:>12}",
        ours.rate(),
        milliseconds(ours.percentile(50)),
        milliseconds(ours.percentile(99)),
        share(bare_http),
        bare_log.map_or_else(|| "-".to_owned(), share),
    ));
}

pub(crate) fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}
