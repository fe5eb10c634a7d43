//! A difference between the directory and the target.

use serde::Serialize;
use serde_json::Value;

/// Something that the target says otherwise than the directory, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Difference {
    /// What differs, and how.
    pub what: String,
}

impl Difference {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into() }
    }
}

/// How a value reads in a sentence.
pub(super) fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Value::to_string)
}
