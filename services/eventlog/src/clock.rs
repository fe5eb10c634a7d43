//! The clock. Only code that does I/O calls it; rules get the time as an argument.

use jiff::{Timestamp, Unit};

/// The time, rounded to microseconds as Postgres keeps them, so that it is read back unchanged.
pub fn now() -> Timestamp {
    Timestamp::now().round(Unit::Microsecond).expect("a microsecond more is no end of time")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_has_whole_microseconds() {
        assert_eq!(now().as_nanosecond() % 1000, 0);
    }
}
