//! Times as people type them: a moment, or how long ago.

use events::BadTimestamp;
use jiff::{SignedDuration, Timestamp};

/// What can be typed, for the help of options.
pub(crate) const FORMS: &str =
    "a time, such as 2026-03-02T08:20:00Z, or how long ago: 90s, 5m, 2h, 3d";

/// How far clocks may be apart.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(1);

/// Reads a time, or a span of time before now.
pub(crate) fn parse(text: &str) -> Result<Timestamp, String> {
    read(text, eventlog::clock::now())
}

/// The same, of something that has been.
pub(crate) fn past(text: &str) -> Result<Timestamp, String> {
    let now = eventlog::clock::now();
    let time = read(text, now)?;
    if time > now + CLOCKS_APART {
        return Err("that is yet to come".to_owned());
    }
    Ok(time)
}

fn read(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    let seconds = match text.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3600,
        Some('d') => 86_400,
        Some(_) | None => {
            return events::parse_timestamp(text).map_err(|error| match error {
                BadTimestamp::Unreadable(text) => format!("{text:?} is no time; say {FORMS}"),
                other => other.to_string(),
            });
        }
    };
    let number = text[..text.len() - 1].parse::<u32>().ok();
    let span = number.map(|number| SignedDuration::from_secs(i64::from(number) * seconds));
    let then = span.and_then(|span| now.checked_sub(span).ok());
    then.ok_or_else(|| format!("that is no span of time; say {FORMS}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_typed_as_it_is_or_as_how_long_ago_it_was() {
        let now: Timestamp = "2026-03-02T08:20:00Z".parse().expect("a time");
        let then = |text| read(text, now).map(|then| then.to_string());
        assert_eq!(then("2026-03-01T00:00:00+01:00"), Ok("2026-02-28T23:00:00Z".to_owned()));
        assert_eq!(then("90s"), Ok("2026-03-02T08:18:30Z".to_owned()));
        assert_eq!(then("5m"), Ok("2026-03-02T08:15:00Z".to_owned()));
        assert_eq!(then("2h"), Ok("2026-03-02T06:20:00Z".to_owned()));
        assert_eq!(then("3d"), Ok("2026-02-27T08:20:00Z".to_owned()));
        for odd in ["", "m", "-1m", "1.5h", "3w", "yesterday", "2026-03-02T08:20:00", "9999999999d"]
        {
            let said = then(odd).expect_err("no time");
            assert!(said.contains("2026-03-02T08:20:00Z"), "{odd:?}: {said}");
        }
        assert!(past("2900-01-01T00:00:00Z").is_err() && past("0s").is_ok());
    }
}
