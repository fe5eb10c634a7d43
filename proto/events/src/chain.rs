//! The chain that makes a lost, altered or forked history visible to whoever reads all of it.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// A position in the log: the stream sequence of an event; 0 is before the first.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[schemars(inline)]
pub struct Seq(pub u64);

impl Seq {
    /// The position after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl std::fmt::Display for Seq {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The SHA-256 of something; lower-case hex in text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The SHA-256 of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(<Sha256 as sha2::Digest>::digest(bytes).into())
    }
}

/// What the log has said up to an event: SHA-256 over the chain value before it and its digest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Chain(pub [u8; 32]);

impl Chain {
    /// Before the first event: all zeros.
    pub const START: Self = Self([0; 32]);

    /// The chain value of an event with `digest` that follows this one.
    #[must_use]
    pub fn then(self, digest: Digest) -> Self {
        use sha2::Digest as _;
        Self(Sha256::new().chain_update(self.0).chain_update(digest.0).finalize().into())
    }
}

/// How far somebody has read: the last event, and the chain up to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The position of the last event.
    pub seq: Seq,
    /// The chain value up to it and with it.
    pub chain: Chain,
}

impl Position {
    /// Before the first event.
    pub const START: Self = Self { seq: Seq(0), chain: Chain::START };
}

/// A text that is not 64 hexadecimal digits.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a SHA-256 in 64 hexadecimal digits")]
pub struct NotHex;

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(nibble.into(), 16).expect("a nibble is below 16"));
        }
        text
    })
}

fn unhex(text: &str) -> Result<[u8; 32], NotHex> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return Err(NotHex);
    }
    let nibble = |digit: u8| char::from(digit).to_digit(16).ok_or(NotHex);
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::try_from(nibble(pair[0])? << 4 | nibble(pair[1])?).map_err(|_| NotHex)?;
    }
    Ok(bytes)
}

macro_rules! as_hex {
    ($($name:ident)+) => {$(
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&hex(&self.0))
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotHex;

            fn from_str(text: &str) -> Result<Self, NotHex> {
                unhex(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotHex;

            fn try_from(text: String) -> Result<Self, NotHex> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "description": "A SHA-256 in 64 lower-case hexadecimal digits.",
                    "type": "string",
                    "pattern": "^[0-9a-f]{64}$",
                })
            }
        }
    )+};
}

as_hex! { Digest Chain }

#[cfg(test)]
mod tests;
