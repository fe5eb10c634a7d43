//! What is said of consumers, by us and by the server.

use events::{Seq, Tenant};

use crate::error::{Cause, ReadError};

/// The name of a consumer, which is also the name of its user and of its account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerName(pub(super) String);

/// A text that cannot name a consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a consumer's name is 1 to 63 of a-z, 0-9 and -, and begins with a letter")]
pub struct BadConsumerName;

impl std::str::FromStr for ConsumerName {
    type Err = BadConsumerName;

    fn from_str(text: &str) -> Result<Self, BadConsumerName> {
        let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        let begins = text.starts_with(|c: char| c.is_ascii_lowercase());
        if begins && text.len() <= 63 && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadConsumerName)
        }
    }
}

impl std::fmt::Display for ConsumerName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A consumer to make.
#[derive(Clone, Debug)]
pub struct NewConsumer {
    /// What it is called.
    pub name: ConsumerName,
    /// Whose events it delivers.
    pub tenant: Tenant,
    /// It begins with the event behind this one; 0 means with the first.
    pub after: Seq,
    /// How many events may be delivered and not yet acknowledged.
    pub max_unacknowledged: u32,
}

/// A consumer as the server tells of it.
#[derive(Clone, Debug)]
pub struct Consumer {
    /// What it is called.
    pub name: String,
    /// Whose events it delivers, if they are one tenant's.
    pub tenant: Option<Tenant>,
    /// The subjects, with wildcards, of the events that it delivers.
    pub subjects: Vec<String>,
    /// All events up to this one are acknowledged.
    pub acknowledged: Seq,
    /// How many are delivered and not acknowledged.
    pub unacknowledged: usize,
    /// How many are still to be delivered.
    pub pending: u64,
    /// Why no application should read through it, if so.
    pub fault: Option<String>,
}

/// Why a consumer was not made or deleted.
#[derive(Debug, thiserror::Error)]
pub enum ConsumerError {
    /// The name is taken.
    #[error("there is a consumer {0} already; delete it first, or choose another name")]
    Exists(ConsumerName),
    /// There is none of this name.
    #[error("there is no consumer {0}")]
    Unknown(ConsumerName),
    /// It delivers other events than those of the tenant.
    #[error("consumer {name} is not of tenant {tenant}: it delivers {subjects}")]
    OfAnother {
        /// The consumer.
        name: ConsumerName,
        /// The tenant.
        tenant: Tenant,
        /// What it delivers.
        subjects: String,
    },
    /// It was to begin behind the log's end.
    #[error("the log ends at event {end}, so nothing can begin after {after}")]
    Beyond {
        /// Where it was to begin.
        after: Seq,
        /// Where the log ends.
        end: Seq,
    },
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The server refused.
    #[error(
        "JetStream did not do it; did you use the operator's NATS user? A service's user may not"
    )]
    Refused(#[source] Cause),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_plain_word() {
        for good in ["acme-app", "a", "a1"] {
            assert_eq!(good.parse(), Ok(ConsumerName(good.to_owned())));
        }
        let long = "a".repeat(64);
        for bad in ["", "Acme", "acme.app", "a b", "a*", ">", "1a", "-a", "a/b", "ä", &long] {
            assert_eq!(bad.parse::<ConsumerName>(), Err(BadConsumerName), "{bad:?}");
        }
    }
}
