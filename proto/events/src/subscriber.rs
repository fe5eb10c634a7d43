//! Subscribers: applications of a tenant to which its feed is delivered. Secrets never appear: what
//! only has to be recognised is a digest, what has to be spoken again is encrypted.

use std::borrow::Cow;
use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Digest, FactPattern, SecretId, SubscriberId};

/// A new subscriber. The body of `subscriber.added`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddedSubscriber {
    #[serde(flatten)]
    pub state: SubscriberState,
    /// The place in the tenant's feed behind which it begins: a `ce-sequence`. 0 is the whole
    /// history.
    pub after: u64,
}

/// A subscriber as it is now. The body of `subscriber.changed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubscriberState {
    pub subscriber_id: SubscriberId,
    /// The name, unique in the tenant; it never changes.
    pub name: SubscriberName,
    #[serde(flatten)]
    pub door: Door,
    /// Which facts it wants; all, if none is named.
    pub facts: BTreeSet<FactPattern>,
}

/// How the feed gets to a subscriber.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "door", rename_all = "lowercase")]
pub enum Door {
    /// It fetches from a durable consumer on NATS.
    Nats,
    /// It is sent HTTP requests.
    Webhook {
        /// Where to.
        url: String,
    },
    /// It asks over HTTP, with an API token of the tenant.
    Pull,
}

impl Door {
    /// The name, as in bodies and at the command line.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Nats => "nats",
            Self::Webhook { .. } => "webhook",
            Self::Pull => "pull",
        }
    }
}

/// A subscriber that gets nothing any more, and whose name is free. The body of
/// `subscriber.removed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RemovedSubscriber {
    pub subscriber_id: SubscriberId,
}

/// A new secret of a subscriber. The body of `subscriber.secret-issued`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IssuedSubscriberSecret {
    pub subscriber_id: SubscriberId,
    pub secret_id: SecretId,
    pub secret: StoredSecret,
}

/// What is kept of a subscriber's secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum StoredSecret {
    /// SHA-256 of the secret, by which a subscriber is let in.
    Digest(Digest),
    /// The secret, encrypted under a key that is not in the log: what is sent is signed with it.
    Encrypted(String),
}

/// A secret of a subscriber that counts no more. The body of `subscriber.secret-withdrawn`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WithdrawnSubscriberSecret {
    pub subscriber_id: SubscriberId,
    pub secret_id: SecretId,
}

/// A subscriber that gets nothing until it is enabled; its place in the feed is kept. The body of
/// `subscriber.disabled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DisabledSubscriber {
    pub subscriber_id: SubscriberId,
    /// Why, in words.
    pub reason: String,
    /// Whether Rollcall did it by itself, since the subscriber could not be reached or wanted no more;
    /// else an operator did, whom `ce-actor` names.
    pub by_itself: bool,
}

/// A subscriber that goes on where it stood. The body of `subscriber.enabled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnabledSubscriber {
    pub subscriber_id: SubscriberId,
}

/// The name of a subscriber: 1 to 63 of `a-z`, `0-9` and `-`, beginning with a letter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SubscriberName(String);

/// Why a text is no name of a subscriber.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no name of a subscriber: use 1 to 63 of a-z, 0-9 and -, and begin with a letter")]
pub struct BadSubscriberName(String);

impl SubscriberName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for SubscriberName {
    type Err = BadSubscriberName;

    fn from_str(text: &str) -> Result<Self, BadSubscriberName> {
        let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        let begins = text.starts_with(|first: char| first.is_ascii_lowercase());
        if begins && text.len() <= 63 && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadSubscriberName(text.to_owned()))
        }
    }
}

impl TryFrom<String> for SubscriberName {
    type Error = BadSubscriberName;

    fn try_from(text: String) -> Result<Self, BadSubscriberName> {
        text.parse()
    }
}

impl From<SubscriberName> for String {
    fn from(name: SubscriberName) -> Self {
        name.0
    }
}

impl std::fmt::Display for SubscriberName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl JsonSchema for SubscriberName {
    fn schema_name() -> Cow<'static, str> {
        "SubscriberName".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "The name of a subscriber.",
            "type": "string",
            "pattern": "^[a-z][a-z0-9-]{0,62}$",
        })
    }
}
