//! Date-times, to be compared whatever their notation.
//!
//! This is no strict parser: what a directory has been able to send stays comparable. README.md says
//! why `jiff` does not do it.

use serde::{Deserialize, Serialize};

/// A point in time, by which date-times of different notations and time zones are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Instant {
    /// Seconds since 1970. Cursors hold this and the next, by these names.
    seconds: i64,
    nanoseconds: u32,
}

impl Instant {
    /// Reads an RFC 3339 date-time, or a date; without an offset it is taken as UTC.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (date, time) = match text.split_once(['T', 't']) {
            Some((date, time)) => (date, time),
            None => (text, "00:00:00Z"),
        };
        let [year, month, day] = numbers(date, '-')?;
        if year > 9999 || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        let (clock, offset) = split_offset(time)?;
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
        let [hour, minute, second] = numbers(clock, ':')?;
        if hour > 24 || minute > 59 || second > 60 {
            return None;
        }
        let seconds =
            days_since_1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second
                - offset;
        Some(Self { seconds, nanoseconds: nanoseconds(fraction)? })
    }
}

/// Splits `12:00:00+02:00` into the clock and the offset in seconds.
fn split_offset(time: &str) -> Option<(&str, i64)> {
    if let Some(clock) = time.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    let Some(at) = time.rfind(['+', '-']) else { return Some((time, 0)) };
    let [hours, minutes] = numbers(&time[at + 1..], ':')?;
    let sign = if time[at..].starts_with('-') { -1 } else { 1 };
    Some((&time[..at], sign * (hours * 3_600 + minutes * 60)))
}

fn numbers<const N: usize>(text: &str, separator: char) -> Option<[i64; N]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; N];
    for number in &mut numbers {
        *number = digits(parts.next()?, 4)?.into();
    }
    parts.next().is_none().then_some(numbers)
}

fn nanoseconds(fraction: &str) -> Option<u32> {
    let digit = |byte: &u8| byte.is_ascii_digit();
    if fraction.is_empty() || !fraction.as_bytes().iter().all(digit) {
        return None;
    }
    let nine = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    Some(nine.fold(0, |number, byte| number * 10 + u32::from(byte - b'0')))
}

fn digits(text: &str, most: usize) -> Option<u32> {
    let plain = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// Days of the proleptic Gregorian calendar; months are counted from March, so that a leap day
/// ends its year.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (month * 153 + 2) / 5 + day - 719_469
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds(text: &str) -> i64 {
        Instant::parse(text).unwrap().seconds
    }

    #[test]
    fn an_instant_is_the_same_in_every_time_zone() {
        assert_eq!(seconds("1970-01-01T00:00:00Z"), 0);
        assert_eq!(seconds("2000-03-01T00:00:00Z"), 951_868_800);
        assert_eq!(seconds("2024-02-29T23:59:59Z"), 1_709_251_199);
        assert_eq!(
            Instant::parse("2015-10-10T14:38:21.8617979-07:00"),
            Instant::parse("2015-10-10T21:38:21.8617979Z")
        );
        assert!(Instant::parse("2015-10-10T00:00:00.1Z") > Instant::parse("2015-10-10"));
    }

    #[test]
    fn what_is_no_date_time_is_none() {
        for text in ["", "T", "2015", "2015-13-01", "2015-10-10T", "2015-10-10T1:2", "2015-10-10Tä"]
        {
            assert_eq!(Instant::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn spellings_that_rfc_3339_does_not_have_are_read() {
        for (text, same) in [
            ("2015-10-10", "2015-10-10T00:00:00Z"),
            ("2015-10-10T14:38:21", "2015-10-10T14:38:21Z"),
            ("2015-10-10t14:38:21z", "2015-10-10T14:38:21Z"),
            ("2015-1-2T3:4:5Z", "2015-01-02T03:04:05Z"),
            ("2015-02-30T00:00:00Z", "2015-03-02T00:00:00Z"),
            ("2015-10-10T24:00:00Z", "2015-10-11T00:00:00Z"),
            ("2015-06-30T23:59:60Z", "2015-07-01T00:00:00Z"),
            ("2015-10-10T00:00:00.1234567899Z", "2015-10-10T00:00:00.123456789Z"),
            ("9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59-12:00"),
        ] {
            assert!(Instant::parse(text).is_some(), "{text}");
            assert_eq!(Instant::parse(text), Instant::parse(same), "{text}");
        }
        for text in
            ["2015-10-10", "2015-1-2T3:4:5Z", "2015-02-30T00:00:00Z", "9999-12-31T23:59:59Z"]
        {
            assert!(
                text.parse::<jiff::Timestamp>().is_err(),
                "jiff reads {text} now: see README.md"
            );
        }
    }

    proptest! {
        #[test]
        fn what_jiff_writes_is_the_same_instant(
            seconds in -62_167_219_200..253_402_207_200_i64,
            nanoseconds in 0..1_000_000_000_u32,
            offset in -23..=23_i8,
        ) {
            let timestamp = jiff::Timestamp::new(seconds, nanoseconds.cast_signed()).unwrap();
            let instant = Some(Instant { seconds, nanoseconds });
            prop_assert_eq!(Instant::parse(&timestamp.to_string()), instant);
            let text = timestamp.display_with_offset(jiff::tz::offset(offset)).to_string();
            prop_assume!(!text.starts_with('-'));
            prop_assert_eq!(Instant::parse(&text), instant, "{}", text);
        }
    }
}
