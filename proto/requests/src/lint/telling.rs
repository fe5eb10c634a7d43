//! How findings say what was seen.

use jiff::{SignedDuration, Timestamp};

use crate::finding::{Code, Finding, Severity};
use crate::seen::Seen;

/// What was right since, but not yet for so long, is still told.
pub(super) const RECENT: SignedDuration = SignedDuration::from_hours(24);

/// A finding, of its parts.
pub(super) fn finding(
    (code, severity): (Code, Severity),
    title: &str,
    seen: String,
    remedy: &str,
    link: &str,
) -> Finding {
    let [title, remedy, link] = [title, remedy, link].map(str::to_owned);
    Finding { code, severity, title, seen, remedy, link }
}

/// A moment, as all pages tell it.
pub(super) fn minute(at: Timestamp) -> String {
    at.strftime("%-d %b %Y, %H:%M UTC").to_string()
}

/// A day (UTC), as all pages tell it.
pub(super) fn day(at: Timestamp) -> String {
    at.strftime("%-d %b %Y").to_string()
}

/// How often something was seen, and when.
pub(super) fn counted(seen: Seen) -> String {
    match seen.times {
        1 => format!("seen once, on {}", minute(seen.last)),
        times => {
            format!("seen {times} times, from {} to {}", minute(seen.first), minute(seen.last))
        }
    }
}
