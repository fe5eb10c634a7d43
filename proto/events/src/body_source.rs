//! Where the body of an event is read from.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// A body in today's shape: as it was published, or lifted from an older one.
pub(crate) enum BodySource<'a> {
    /// The JSON text that was published.
    Text(&'a str),
    /// What the steps from an older shape have made of it.
    Lifted(Value),
}

impl BodySource<'_> {
    /// Reads the body as the type that it has today.
    pub(crate) fn deserialize<T: DeserializeOwned>(self) -> Result<T, serde_json::Error> {
        match self {
            Self::Text(text) => serde_json::from_str(text),
            Self::Lifted(value) => serde_json::from_value(value),
        }
    }
}
