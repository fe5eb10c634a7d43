//! Moments, for people and for programs.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};

/// A moment to the minute, in UTC; a script shows the reader's own time beside it.
pub(crate) fn moment(at: Timestamp) -> Markup {
    html! { time datetime=(at) data-local { (in_words(at)) } }
}

/// The same as text.
pub(crate) fn in_words(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%-d %b %Y, %H:%M UTC").to_string()
}

/// A day, in UTC.
pub(crate) fn day(at: Timestamp) -> Markup {
    let zoned = at.to_zoned(TimeZone::UTC);
    html! { time datetime=(zoned.date()) { (zoned.strftime("%-d %b %Y")) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_to_the_minute_with_its_zone() {
        let at: Timestamp = "2026-12-01T09:05:59.5Z".parse().unwrap();
        assert_eq!(in_words(at), "1 Dec 2026, 09:05 UTC");
        assert!(moment(at).into_string().contains(r#"datetime="2026-12-01T09:05:59.5Z""#));
    }
}
