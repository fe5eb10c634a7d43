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

/// From one moment to another, in UTC; the day is told once if it is the same.
pub(crate) fn period(from: Timestamp, to: Timestamp) -> Markup {
    let (begin, end) = (from.to_zoned(TimeZone::UTC), to.to_zoned(TimeZone::UTC));
    let words = if begin.date() == end.date() {
        end.strftime("%H:%M UTC").to_string()
    } else {
        in_words(to)
    };
    html! {
        time datetime=(from) data-local { (begin.strftime("%-d %b %Y, %H:%M")) }
        @if begin.date() == end.date() { "–" } @else { " – " }
        time datetime=(to) data-local { (words) }
    }
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
    fn a_period_tells_its_day_once() {
        let text = |from: &str, to: &str| {
            let told = period(from.parse().unwrap(), to.parse().unwrap()).into_string();
            let mut shown = String::new();
            for piece in told.split('<') {
                shown.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
            }
            shown
        };
        let day = text("2026-12-01T09:00:00Z", "2026-12-01T17:00:00Z");
        assert_eq!(day, "1 Dec 2026, 09:00–17:00 UTC");
        let night = text("2026-12-01T22:00:00Z", "2026-12-02T06:00:00Z");
        assert_eq!(night, "1 Dec 2026, 22:00 – 2 Dec 2026, 06:00 UTC");
    }

    #[test]
    fn a_moment_is_told_to_the_minute_with_its_zone() {
        let at: Timestamp = "2026-12-01T09:05:59.5Z".parse().unwrap();
        assert_eq!(in_words(at), "1 Dec 2026, 09:05 UTC");
        assert!(moment(at).into_string().contains(r#"datetime="2026-12-01T09:05:59.5Z""#));
    }
}
