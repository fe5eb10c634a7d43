//! Which stream holds a log, and what its subjects and buckets are called.

use serde::{Deserialize, Serialize};

/// The name of the stream that holds a log.
///
/// The events themselves say `prov.<tenant>.<entity>.<id>.<fact>`, whatever the stream. The default
/// stream publishes them under that very subject, which applications rely on. JetStream lets no two
/// streams of an account have a subject in common, so every other stream puts its name in front:
/// `CANDIDATE.prov.<tenant>.…`. What is kept beside the log, in buckets, goes by the name as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StreamName(String);

/// A text that cannot name a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stream's name is 1 to 32 of A-Z, 0-9 and _, and begins with a letter")]
pub struct BadStreamName;

/// The stream of the log that gateways write to.
const DEFAULT: &str = "PROVISIONING";

impl StreamName {
    /// The name as NATS knows it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The subject under which the stream keeps an event that says `subject` of itself; also for
    /// subjects with wildcards.
    pub(crate) fn stored(&self, subject: &str) -> String {
        self.stored_with('.', subject)
    }

    /// The name as it is said within this log; what is said within the default log has no prefix.
    pub(crate) fn stored_with(&self, between: char, name: &str) -> String {
        if self.0 == DEFAULT { name.to_owned() } else { format!("{}{between}{name}", self.0) }
    }

    /// The subject that an event says of itself, which the stream keeps under `stored`; none for
    /// a subject that is not of this stream.
    pub(crate) fn of_event<'s>(&self, stored: &'s str) -> Option<&'s str> {
        self.without('.', stored)
    }

    /// The name without what [`Self::stored_with`] puts before it; none, if that is not there.
    pub(crate) fn without<'s>(&self, between: char, name: &'s str) -> Option<&'s str> {
        if self.0 == DEFAULT {
            Some(name)
        } else {
            name.strip_prefix(&self.0)?.strip_prefix(between)
        }
    }

    /// Every subject of the stream.
    pub(crate) fn subjects(&self) -> String {
        self.stored("prov.>")
    }

    /// The stream of this log that is called `base` beside the default one.
    pub(crate) fn beside(&self, base: &str) -> Self {
        Self(self.bucket(base))
    }

    /// The bucket of this log that is called `base` beside the default one.
    pub(crate) fn bucket(&self, base: &str) -> String {
        if self.0 == DEFAULT { base.to_owned() } else { format!("{base}_{}", self.0) }
    }
}

impl Default for StreamName {
    /// The stream of the log that gateways write to: `PROVISIONING`.
    fn default() -> Self {
        Self(DEFAULT.to_owned())
    }
}

impl std::str::FromStr for StreamName {
    type Err = BadStreamName;

    fn from_str(text: &str) -> Result<Self, BadStreamName> {
        let plain = |byte: u8| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_');
        let begins = text.starts_with(|c: char| c.is_ascii_uppercase());
        if begins && text.len() <= 32 && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadStreamName)
        }
    }
}

impl TryFrom<String> for StreamName {
    type Error = BadStreamName;

    fn try_from(text: String) -> Result<Self, BadStreamName> {
        text.parse()
    }
}

impl From<StreamName> for String {
    fn from(name: StreamName) -> Self {
        name.0
    }
}

impl std::fmt::Display for StreamName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_stream_keeps_events_where_applications_look_for_them() {
        let name = StreamName::default();
        assert_eq!(name.subjects(), "prov.>");
        assert_eq!(name.stored("prov.acme.user.1.created"), "prov.acme.user.1.created");
        assert_eq!(name.bucket("ROLLCALL_MARK"), "ROLLCALL_MARK");
        assert_eq!("PROVISIONING".parse(), Ok(name));
    }

    #[test]
    fn another_stream_has_no_subject_and_no_bucket_in_common_with_it() {
        let name: StreamName = "CANDIDATE".parse().unwrap();
        assert_eq!(name.subjects(), "CANDIDATE.prov.>");
        let stored = name.stored("prov.acme.user.1.created");
        assert_eq!(name.of_event(&stored), Some("prov.acme.user.1.created"));
        for foreign in ["prov.acme.user.1.created", "CANDIDATES.prov.a", "CANDIDATE"] {
            assert_eq!(name.of_event(foreign), None, "{foreign}");
        }
        assert_eq!(name.bucket("ROLLCALL_MARK"), "ROLLCALL_MARK_CANDIDATE");
    }

    #[test]
    fn a_name_cannot_be_a_wildcard_or_the_first_token_of_the_default_streams_subjects() {
        for bad in ["", "prov", "Prov", "A.B", "A*", ">", "A B", "1A", "_A", "Ä", &"A".repeat(33)]
        {
            assert_eq!(bad.parse::<StreamName>(), Err(BadStreamName), "{bad:?}");
        }
    }
}
