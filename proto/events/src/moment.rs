//! Times that somebody tells us.

use jiff::Timestamp;
use jiff::fmt::temporal::Pieces;

/// The first moment of the year 1. What keeps our times need not go further back.
pub const EARLIEST: Timestamp = Timestamp::constant(-62_135_596_800, 0);

/// Why a text is no moment. Texts are shown by their beginning.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadMoment {
    #[error("{0:?} is no time; write RFC 3339 with an offset, such as 2026-03-02T08:20:00Z")]
    Unreadable(String),
    #[error(
        "{0:?} has no offset, so that nobody knows when it is; write one, such as \
         2026-03-02T08:20:00Z or 2026-03-02T09:20:00+01:00"
    )]
    NoOffset(String),
    #[error(
        "{0:?} names a time zone in brackets, which would be lost; write the offset alone, such as \
         2026-03-02T09:20:00+01:00"
    )]
    TimeZone(String),
    #[error("{0:?} is not within the years 1 to 9999 of UTC; correct it")]
    OutOfRange(String),
}

/// Reads a moment as every door of ours does: RFC 3339 with an offset, and without what RFC 9557 may
/// put behind it, since only the moment is kept.
pub fn moment(text: &str) -> Result<Timestamp, BadMoment> {
    let shown = || text.chars().take(64).collect::<String>();
    if text.contains('[') {
        return Err(BadMoment::TimeZone(shown()));
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return if moment < EARLIEST { Err(BadMoment::OutOfRange(shown())) } else { Ok(moment) };
    }
    match Pieces::parse(text) {
        Ok(pieces) if pieces.time().is_none() => Err(BadMoment::Unreadable(shown())),
        Ok(pieces) if pieces.offset().is_none() => Err(BadMoment::NoOffset(shown())),
        // All of it is there: it is a time that cannot be held.
        Ok(_) => Err(BadMoment::OutOfRange(shown())),
        Err(_) => Err(BadMoment::Unreadable(shown())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_date_a_time_and_an_offset() {
        let noon: Timestamp = "2026-03-02T08:20:00Z".parse().unwrap();
        for text in [
            "2026-03-02T08:20:00Z",
            "2026-03-02t08:20:00z",
            "2026-03-02T09:20:00+01:00",
            "2026-03-02T08:20:00.000Z",
        ] {
            assert_eq!(moment(text), Ok(noon), "{text}");
        }
        assert_eq!(moment("0001-01-01T00:00:00Z"), Ok(EARLIEST));
    }

    #[test]
    fn a_text_that_is_none_is_told_the_rule_that_it_breaks() {
        let told = |text: &str| moment(text).unwrap_err();
        for text in ["", "soon", "2026-03-02", "2026-02-30T08:20:00Z", "1772439600"] {
            assert_eq!(told(text), BadMoment::Unreadable(text.into()));
        }
        let text = "2026-03-02T08:20:00";
        assert_eq!(told(text), BadMoment::NoOffset(text.into()));
        for text in
            ["2026-03-02T08:20:00+01:00[Europe/Berlin]", "2026-03-02T08:20:00Z[u-ca=hebrew]"]
        {
            assert_eq!(told(text), BadMoment::TimeZone(text.into()));
        }
        for text in
            ["0000-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+01:00"]
        {
            assert_eq!(told(text), BadMoment::OutOfRange(text.into()));
        }
        assert!(told(&"9".repeat(10_000)).to_string().len() < 200, "the whole text is repeated");
    }
}
