//! How long requests are recorded.

use std::str::FromStr;
use std::time::Duration;

use clap::Args;

/// How long what clients asked of SCIM is kept beside the log.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct RecordArgs {
    /// How long to keep what clients asked of SCIM, for whoever looks for a mistake: `14d`, `12h`, or
    /// `off`. What they said is sealed, and goes when the person is erased
    #[arg(long, env = "ROLLCALL_RECORD_REQUESTS", value_name = "SPAN", default_value = "14d")]
    record_requests: Recorded,
}

impl RecordArgs {
    /// How long; none, if nothing is recorded.
    pub(crate) fn max_age(self) -> Option<Duration> {
        self.record_requests.0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Recorded(Option<Duration>);

impl FromStr for Recorded {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self(None));
        }
        let hours = match text.chars().last() {
            Some('h') => 1,
            Some('d') => 24,
            Some(_) | None => 0,
        };
        let number = text.get(..text.len().saturating_sub(1)).and_then(|n| n.parse::<u64>().ok());
        let hours = number.map_or(0, |number| number.saturating_mul(hours));
        if (1..=31 * 24).contains(&hours) {
            Ok(Self(Some(Duration::from_hours(hours))))
        } else {
            Err("say how long: from 1h to 31d, or off".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_recorded_for_hours_or_days_or_not_at_all() {
        let of = |text: &str| text.parse::<Recorded>().map(|recorded| recorded.0);
        assert_eq!(of("14d"), Ok(Some(Duration::from_hours(14 * 24))));
        assert_eq!(of("12h"), Ok(Some(Duration::from_hours(12))));
        assert_eq!(of("off"), Ok(None));
        for odd in ["", "d", "0h", "32d", "14", "1w", "-1d", "9999999999999999999d"] {
            assert!(of(odd).is_err(), "{odd}");
        }
    }
}
