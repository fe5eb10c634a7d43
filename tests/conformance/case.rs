//! A case: one request, told as data.
//!
//! `{name}` stands for the id of what the state before has under this name, and for the credentials
//! `{token}`, `{expired}`, `{client_id}`, `{client_secret}` and `{basic}`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// Resources by the names that a case has for them.
pub(crate) type Named = BTreeMap<String, Map<String, Value>>;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// What it shows, as a sentence.
    pub(crate) rule: String,
    /// Who says so.
    pub(crate) says: String,
    #[serde(default)]
    pub(crate) given: Given,
    pub(crate) ask: Ask,
    pub(crate) answer: Expected,
    #[serde(default)]
    pub(crate) after: After,
    /// What is asked next.
    #[serde(default)]
    pub(crate) then: Vec<Step>,
}

/// The state before.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Given {
    #[serde(default)]
    pub(crate) users: Named,
    #[serde(default)]
    pub(crate) groups: Named,
    /// Users who were there, and were deleted.
    #[serde(default)]
    pub(crate) deleted: Named,
    /// So many users more. The request is sent for each, who is `{one}` in it, five at a time.
    #[serde(default)]
    pub(crate) crowd: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ask {
    pub(crate) method: String,
    /// As people write it; spaces, quotes and brackets are encoded on the way.
    pub(crate) path: String,
    /// Beside the usual ones, or instead of them; null takes one away.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Option<String>>,
    /// JSON; a text goes out as it is.
    #[serde(default)]
    pub(crate) body: Option<Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    pub(crate) status: u16,
    /// What it shows at least.
    #[serde(default)]
    pub(crate) body: Option<Value>,
    /// JSON pointers to what it must not have.
    #[serde(default)]
    pub(crate) absent: Vec<String>,
    /// What it must not show.
    #[serde(default)]
    pub(crate) lacks: Vec<Value>,
    /// What headers hold.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
}

/// The resource that was written, read by its id and found by a filter afterwards.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct After {
    #[serde(default)]
    pub(crate) resource: Option<Value>,
    #[serde(default)]
    pub(crate) absent: Vec<String>,
    #[serde(default)]
    pub(crate) lacks: Vec<Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) ask: Ask,
    pub(crate) answer: Expected,
}
