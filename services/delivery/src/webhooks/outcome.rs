//! What came of one try to deliver.

use std::time::Duration;

use jiff::Timestamp;

/// The longest wait that a receiver may ask for.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// What came of one try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has it (2xx).
    Delivered,
    /// The receiver wants no more (410).
    Gone,
    /// The receiver asks for time (429, or 503 with `Retry-After`). It says nothing of the event.
    Throttled(Option<Duration>),
    /// It was not accepted.
    Failed {
        /// Why not.
        cause: Cause,
        /// How long the receiver asks to wait.
        wait: Option<Duration>,
    },
}

/// Why something could not be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The receiver answered so.
    Status(u16),
    /// Its name has no address.
    NoAddress,
    /// It has no address to which we may send.
    ForbiddenAddress,
    /// No connection could be made, or no TLS on it.
    Connect,
    /// There was no answer in time.
    Timeout,
    /// The connection ended before the answer, or what came was no HTTP.
    Broken,
}

impl Outcome {
    /// What an answer means.
    pub fn of(status: u16, retry_after: Option<&str>, now: Timestamp) -> Self {
        let wait = retry_after.and_then(|text| wait_of(text, now));
        match status {
            200..300 => Self::Delivered,
            410 => Self::Gone,
            429 => Self::Throttled(wait),
            503 if wait.is_some() => Self::Throttled(wait),
            _ => Self::Failed { cause: Cause::Status(status), wait },
        }
    }

    /// A short code, as it is shown.
    pub fn code(self) -> String {
        match self {
            Self::Delivered => "accepted".to_owned(),
            Self::Gone => "410".to_owned(),
            Self::Throttled(_) => "throttled".to_owned(),
            Self::Failed { cause, .. } => cause.code(),
        }
    }

    /// There was no answer.
    pub fn unanswered(cause: Cause) -> Self {
        Self::Failed { cause, wait: None }
    }
}

impl Cause {
    /// Whether it tells of the receiver as a whole, whatever the event.
    pub fn is_of_receiver(self) -> bool {
        match self {
            // A proxy says that nobody is behind it.
            Self::Status(status) => matches!(status, 502..=504),
            Self::NoAddress
            | Self::ForbiddenAddress
            | Self::Connect
            | Self::Timeout
            | Self::Broken => true,
        }
    }

    /// A short code, as it is kept and shown.
    pub fn code(self) -> String {
        match self {
            Self::Status(status) => status.to_string(),
            Self::NoAddress => "no-address".to_owned(),
            Self::ForbiddenAddress => "forbidden-address".to_owned(),
            Self::Connect => "connect".to_owned(),
            Self::Timeout => "timeout".to_owned(),
            Self::Broken => "broken".to_owned(),
        }
    }
}

/// Reads `Retry-After` (RFC 9110 §10.2.3): seconds, or a date.
fn wait_of(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    let wait = if text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are more than the longest wait.
        Duration::from_secs(if text.is_empty() {
            return None;
        } else {
            text.parse().unwrap_or(u64::MAX)
        })
    } else {
        let until = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
        Duration::try_from(until.duration_since(now)).unwrap_or_default()
    };
    Some(wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-03-02T08:00:00Z".parse().unwrap()
    }

    fn waits(text: &str) -> Option<u64> {
        match Outcome::of(429, Some(text), now()) {
            Outcome::Throttled(wait) => wait.map(|wait| wait.as_secs()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_2xx_is_delivered() {
        for status in 100..600 {
            let delivered = Outcome::of(status, None, now()) == Outcome::Delivered;
            assert_eq!(delivered, (200..300).contains(&status), "{status}");
        }
    }

    #[test]
    fn a_redirect_is_a_failure() {
        let moved = Outcome::of(301, None, now());
        assert_eq!(moved, Outcome::Failed { cause: Cause::Status(301), wait: None });
    }

    #[test]
    fn a_receiver_says_in_seconds_or_by_a_date_how_long_to_wait() {
        assert_eq!(waits("120"), Some(120));
        assert_eq!(waits("Mon, 02 Mar 2026 08:01:30 GMT"), Some(90));
        assert_eq!(waits("Mon, 02 Mar 2026 07:00:00 GMT"), Some(0));
        assert_eq!(waits("soon"), None);
        assert_eq!(waits(""), None);
        assert_eq!(waits("-5"), None);
    }

    #[test]
    fn nobody_makes_us_wait_for_longer_than_a_day() {
        assert_eq!(waits("99999999999999999999999"), Some(24 * 60 * 60));
        assert_eq!(waits("Mon, 02 Mar 2099 08:01:30 GMT"), Some(24 * 60 * 60));
    }

    #[test]
    fn a_503_asks_for_time_only_if_it_says_how_much() {
        assert!(matches!(Outcome::of(503, Some("7"), now()), Outcome::Throttled(Some(_))));
        assert!(matches!(Outcome::of(503, None, now()), Outcome::Failed { .. }));
    }

    #[test]
    fn a_receiver_that_answers_is_there_unless_a_proxy_answers_for_it() {
        for status in [400, 401, 404, 413, 500, 501] {
            assert!(!Cause::Status(status).is_of_receiver(), "{status}");
        }
        for cause in [Cause::Status(502), Cause::Status(504), Cause::Connect, Cause::Timeout] {
            assert!(cause.is_of_receiver(), "{cause:?}");
        }
    }
}
