//! The edits that a PATCH, a POST or a PUT is read into.

use serde_json::Value;

use crate::path::Path;

/// One change to one attribute; names are canonical and values have their types.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Sets a single-valued attribute; adds to a multi-valued one.
    Add {
        /// What is set.
        path: Path,
        /// Its value.
        value: Value,
    },
    /// Sets a single-valued attribute; replaces the values of a multi-valued one. A filtered value
    /// that is not there is made, though the RFC would have an error: Entra replaces what it has
    /// never added.
    Replace {
        /// What is set.
        path: Path,
        /// Its value.
        value: Value,
    },
    /// Removes the attribute, or only the listed values.
    Remove {
        /// What is removed.
        path: Path,
        /// The values that go, if not all do.
        only: Option<Value>,
    },
}

/// What an operation of a PATCH does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Add,
    Replace,
    Remove,
}
