//! Points in time as clients write them.

use jiff::Timestamp;
use jiff::civil::DateTime;

/// The beginning of the year 1, the earliest time that is accepted. The latest is `Timestamp::MAX`,
/// 9999-12-30T22:00:00Z.
pub const EARLIEST: Timestamp = Timestamp::constant(-62_135_596_800, 0);

/// Why a text is no timestamp. Messages quote its first 64 characters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTimestamp {
    /// It does not have the shape of RFC 3339, or is no date or time of day.
    #[error("{0:?} is no time; write RFC 3339 with an offset, such as 2026-03-02T08:20:00Z")]
    Unreadable(String),
    /// It has no offset from UTC.
    #[error(
        "{0:?} has no offset, so that nobody knows when it is; write one, such as \
         2026-03-02T08:20:00Z or 2026-03-02T09:20:00+01:00"
    )]
    NoOffset(String),
    /// It names a time zone in brackets (RFC 9557).
    #[error(
        "{0:?} names a time zone in brackets, which would be lost; write the offset alone, such as \
         2026-03-02T09:20:00+01:00"
    )]
    TimeZone(String),
    /// It is more exact than a nanosecond.
    #[error("{0:?} has more than nine digits of a second, which would be lost; leave them out")]
    TooFine(String),
    /// Its second is 60.
    #[error("{0:?} is in a leap second, which cannot be held; write the second before or after it")]
    LeapSecond(String),
    /// It is before [`EARLIEST`], or after `Timestamp::MAX`.
    #[error(
        "{0:?} is not between 0001-01-01T00:00:00Z and 9999-12-30T22:00:00Z, the times that can be \
         held; write one that is, the last of them for a booking without an end"
    )]
    OutOfRange(String),
}

/// Parses a timestamp of RFC 3339 with an offset, as all our APIs take it.
///
/// Only the point in time is kept, so a text with more in it, such as a time zone or a tenth digit of
/// a second, is refused rather than changed. `jiff` alone is not strict enough: it takes more than
/// RFC 3339, and reads second 60 as second 59. So the shape is checked first.
pub fn parse_timestamp(text: &str) -> Result<Timestamp, BadTimestamp> {
    let shown = || text.chars().take(64).collect::<String>();
    if text.contains('[') {
        return Err(BadTimestamp::TimeZone(shown()));
    }
    let Shape { civil, second, fraction, offset } =
        shape(text).ok_or_else(|| BadTimestamp::Unreadable(shown()))?;
    if second == "60" {
        return Err(BadTimestamp::LeapSecond(shown()));
    }
    if civil.parse::<DateTime>().is_err() {
        return Err(BadTimestamp::Unreadable(shown()));
    }
    if fraction.len() > 9 {
        return Err(BadTimestamp::TooFine(shown()));
    }
    if offset.is_empty() {
        return Err(BadTimestamp::NoOffset(shown()));
    }
    match text.parse::<Timestamp>() {
        Ok(timestamp) if timestamp >= EARLIEST => Ok(timestamp),
        // The text is complete, so it is out of the range of `Timestamp`.
        Ok(_) | Err(_) => Err(BadTimestamp::OutOfRange(shown())),
    }
}

/// What a text of the shape of RFC 3339 §5.6 consists of, the offset apart, which may be missing.
struct Shape<'t> {
    /// Date and time to the second.
    civil: &'t str,
    second: &'t str,
    /// The digits behind the point.
    fraction: &'t str,
    offset: &'t str,
}

fn shape(text: &str) -> Option<Shape<'_>> {
    // A space may stand for the T (the note in §5.6).
    let civil = text.get(..19).filter(|civil| is_like(civil, "0000-00-00T00:00:00"))?;
    let second = &civil[17..];
    let rest = &text[19..];
    let (fraction, offset) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())),
        None => ("", rest),
    };
    let point_alone = rest.starts_with('.') && fraction.is_empty();
    let known = match offset {
        "" | "Z" | "z" => true,
        numeric => {
            (is_like(numeric, "+00:00") || is_like(numeric, "-00:00"))
                && &numeric[1..3] < "24"
                && &numeric[4..] < "60"
        }
    };
    (known && !point_alone).then_some(Shape { civil, second, fraction, offset })
}

/// Whether the text has digits where the model has them, and the signs of the model elsewhere.
fn is_like(text: &str, model: &str) -> bool {
    text.len() == model.len()
        && text.bytes().zip(model.bytes()).all(|(is, model)| match model {
            b'0' => is.is_ascii_digit(),
            b'T' => matches!(is, b'T' | b't' | b' '),
            sign => is == sign,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_a_date_a_time_and_an_offset() {
        let noon: Timestamp = "2026-03-02T08:20:00Z".parse().unwrap();
        for text in [
            "2026-03-02T08:20:00Z",
            "2026-03-02t08:20:00z",
            "2026-03-02T09:20:00+01:00",
            "2026-03-02T08:20:00.000Z",
            "2026-03-02T08:20:00.000000000+00:00",
            "2026-03-02T08:20:00-00:00",
            "2026-03-03T08:19:00+23:59",
            "2026-03-02 08:20:00Z",
        ] {
            assert_eq!(parse_timestamp(text), Ok(noon), "{text}");
        }
        assert_eq!(parse_timestamp("0001-01-01T00:00:00Z"), Ok(EARLIEST));
    }

    #[test]
    fn a_text_that_is_none_is_told_the_rule_that_it_breaks() {
        let told = |text: &str| parse_timestamp(text).unwrap_err();
        for text in [
            "",
            "soon",
            "2026-03-02",
            "2026-02-30T08:20:00Z",
            "2026-02-30T08:20:00",
            "1772439600",
            "2026-03-02T24:00:00Z",
            "2026-03-02T08:20:00 Z",
            " 2026-03-02T08:20:00Z",
            "2026-03-02T08:20:00Zé",
            "2026-03-02T08:20:0é",
        ] {
            assert_eq!(told(text), BadTimestamp::Unreadable(text.into()));
        }
        let text = "2026-03-02T08:20:00";
        assert_eq!(told(text), BadTimestamp::NoOffset(text.into()));
        for text in
            ["2026-03-02T08:20:00+01:00[Europe/Berlin]", "2026-03-02T08:20:00Z[u-ca=hebrew]"]
        {
            assert_eq!(told(text), BadTimestamp::TimeZone(text.into()));
        }
        for text in
            ["0000-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+01:00"]
        {
            assert_eq!(told(text), BadTimestamp::OutOfRange(text.into()));
        }
        assert!(told(&"9".repeat(10_000)).to_string().len() < 200, "the whole text is repeated");
    }

    #[test]
    fn what_rfc_3339_does_not_write_is_no_timestamp() {
        for text in [
            "20260302T082000Z",
            "2026-03-02T08Z",
            "2026-03-02T08:20Z",
            "2026-03-02T08:20:00,5Z",
            "2026-03-02T08:20:00.Z",
            "2026-03-02T08:20:00+25:00",
            "2026-03-02T08:20:00+24:00",
            "2026-03-02T08:20:00+01:60",
            "2026-03-02T08:20:00+00:00:01",
            "2026-03-02T08:20:00+0100",
            "2026-03-02T08:20:00+01",
            "2026-061T08:20:00Z",
            "+002026-03-02T08:20:00Z",
            "-000001-03-02T08:20:00Z",
        ] {
            assert_eq!(parse_timestamp(text), Err(BadTimestamp::Unreadable(text.into())));
        }
    }

    #[test]
    fn no_timestamp_is_changed_in_silence() {
        for text in ["2027-01-01T23:59:60Z", "2016-12-31T23:59:60.5Z", "2017-01-01T00:59:60+01:00"]
        {
            assert_eq!(parse_timestamp(text), Err(BadTimestamp::LeapSecond(text.into())));
        }
        let text = "2027-01-01T10:00:00.1234567891Z";
        assert_eq!(parse_timestamp(text), Err(BadTimestamp::TooFine(text.into())));
        assert_eq!(
            parse_timestamp("2027-01-01T10:00:00.123456789Z").unwrap().to_string(),
            "2027-01-01T10:00:00.123456789Z"
        );
    }

    #[test]
    fn the_last_timestamp_that_is_held_is_the_one_that_the_refusal_names() {
        assert!(parse_timestamp("9999-12-30T22:00:00Z").is_ok());
        assert_eq!(parse_timestamp("9999-12-30T22:00:00.999999999Z"), Ok(Timestamp::MAX));
        for text in ["9999-12-30T22:00:01Z", "9999-12-31T23:59:59Z"] {
            let refused = parse_timestamp(text).unwrap_err();
            assert_eq!(refused, BadTimestamp::OutOfRange(text.into()));
            assert!(refused.to_string().contains("9999-12-30T22:00:00Z"), "{refused}");
        }
    }
}
