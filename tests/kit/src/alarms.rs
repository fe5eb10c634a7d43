//! Warnings and errors in what the program logs. A test fails on each that it does not expect.

use std::fmt;

use serde_json::Value;

/// What a program may warn of while nats-server is away: each of its parts that asks the log notices
/// by itself, or not, as the moment falls.
pub const WITHOUT_NATS: &[&str] = &[
    "lost the connection to NATS",
    "cannot write to the log",
    "cannot follow the log",
    "cannot read the log; trying until it works",
    "cannot read the journal of operations; trying until it works",
    "the journal of operations cannot be used",
    "cannot move the mark beside the log",
    "cannot report what",
    "cannot tell the status",
    "cannot note",
    "the projection waits, and goes on by itself",
    "the slots cannot be seen to",
    "cannot tell applications",
    "cannot read the feed",
    "no webhooks are sent until this works",
];

/// What a program may warn of that cannot reach Postgres.
pub const WITHOUT_POSTGRES: &[&str] = &[
    "deadpool.postgres",
    "Postgres cannot be read",
    "Postgres does not answer",
    "the projection waits, and goes on by itself",
    "the slots cannot be seen to",
    "cannot report what",
    "the read models cannot be read at present",
    "a read was not answered",
    "no webhooks are sent until",
    "webhooks are kept as soon as Postgres can keep them",
];

/// What a program warns of on a machine that stands still for a second or two, and no test minds: that nothing
/// was killed, and answers all the same, each test sees by what it asks.
const STOOD_STILL: &[&str] = &[
    "projector::database::probe: Postgres does not answer",
    r#""message":"Postgres does not answer","target":"projector::database::probe""#,
    "cannot note in time",
];

/// The warnings and errors that a test expects of a program, each by words of its line.
#[derive(Clone, Debug, Default)]
pub struct Expected(Vec<String>);

impl Expected {
    /// Expects lines that hold these words too; all lines hold no words.
    pub fn add(&mut self, words: &str) {
        self.0.push(words.to_owned());
    }

    /// The lines at WARN or ERROR that are not expected.
    pub fn stray<'a>(&self, said: &'a str) -> Vec<&'a str> {
        let is_expected = |line: &str| {
            let own = self.0.iter().map(String::as_str);
            own.chain(STOOD_STILL.iter().copied()).any(|words| line.contains(words))
        };
        said.lines().filter(|line| is_alarm(line) && !is_expected(line)).collect()
    }

    /// Fails if something was said that is not expected.
    #[track_caller]
    pub fn hold(&self, name: impl fmt::Display, said: &str) {
        let stray = self.stray(said).join("\n");
        assert!(stray.is_empty(), "`{name}` logged what its test does not expect:\n{stray}");
    }
}

/// Whether a line is logged at WARN or ERROR, as text or as JSON.
fn is_alarm(line: &str) -> bool {
    let level = match serde_json::from_str::<Value>(line) {
        Ok(line) => line["level"].as_str().unwrap_or_default().to_owned(),
        Err(_) => line.split_whitespace().nth(1).unwrap_or_default().to_owned(),
    };
    ["WARN", "ERROR"].contains(&level.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "2026-11-29T15:24:16.123456Z  WARN ingest: the log is away";
    const JSON: &str = r#"{"timestamp":"2026","level":"ERROR","message":"a panic: a bug of ours"}"#;
    const FINE: &str = "2026-11-29T15:24:16.123456Z  INFO ingest: WARN is only a word here";

    #[test]
    fn what_is_not_expected_is_stray_in_text_and_in_json() {
        let said = [TEXT, FINE, JSON, "", "a line of somebody else"].join("\n");
        let mut expected = Expected::default();
        assert_eq!(expected.stray(&said), [TEXT, JSON]);
        expected.add("the log is away");
        assert_eq!(expected.stray(&said), [JSON]);
        expected.add("");
        assert_eq!(expected.stray(&said), [""; 0]);
    }

    #[test]
    #[should_panic(expected = "the log is away")]
    fn a_stray_line_fails_and_is_shown() {
        Expected::default().hold("up", TEXT);
    }
}
