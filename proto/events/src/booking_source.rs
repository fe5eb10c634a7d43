//! The names of booking systems.

use std::borrow::Cow;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::slug::is_slug;

/// Which booking system a booking is of: a tenant may have several, and each numbers its bookings as
/// it likes. 1 to 63 of `a-z`, `0-9` and `-`.
///
/// Whoever has one booking system need not name it: bookings without a source, those of before there
/// were sources among them, are of the source `default`. That one has no text of its own, so that it
/// takes no room.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BookingSource(Option<Arc<str>>);

/// Why a text is no name of a booking system.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "{0:?} is no source of bookings: use 1 to 63 of a-z, 0-9 and -, not beginning or ending with -"
)]
pub struct BadBookingSource(String);

impl BookingSource {
    /// The name of the source that need not be named.
    const DEFAULT: &'static str = "default";

    /// The name.
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or(Self::DEFAULT)
    }

    /// Whether it is the one that need not be named.
    pub fn is_default(&self) -> bool {
        self.0.is_none()
    }
}

impl std::str::FromStr for BookingSource {
    type Err = BadBookingSource;

    fn from_str(text: &str) -> Result<Self, BadBookingSource> {
        match text {
            Self::DEFAULT => Ok(Self(None)),
            _ if is_slug(text) => Ok(Self(Some(text.into()))),
            _ => Err(BadBookingSource(text.to_owned())),
        }
    }
}

impl TryFrom<String> for BookingSource {
    type Error = BadBookingSource;

    fn try_from(text: String) -> Result<Self, BadBookingSource> {
        text.parse()
    }
}

impl From<BookingSource> for String {
    fn from(source: BookingSource) -> Self {
        source.as_str().to_owned()
    }
}

impl std::fmt::Display for BookingSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl JsonSchema for BookingSource {
    fn schema_name() -> Cow<'static, str> {
        "BookingSource".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A booking system, by its name.",
            "type": "string",
            "pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_source_is_one_however_it_is_named() {
        let named: BookingSource = "default".parse().unwrap();
        assert_eq!(named, BookingSource::default());
        assert!(named.is_default());
        assert_eq!(serde_json::to_value(&named).unwrap(), "default");
        assert_eq!(serde_json::from_str::<BookingSource>("\"default\"").unwrap(), named);
    }

    #[test]
    fn a_source_is_a_slug_and_says_what_it_may_be() {
        assert_eq!("desks-2".parse::<BookingSource>().unwrap().as_str(), "desks-2");
        for bad in ["", "Desks", "two words", "-a", "a-", &"x".repeat(64)] {
            let said = bad.parse::<BookingSource>().unwrap_err().to_string();
            assert!(said.contains("use 1 to 63 of a-z"), "{said}");
        }
    }
}
