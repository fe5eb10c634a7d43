//! PATCH (RFC 7644 §3.5.2) in every spelling that Entra sends, read into plain edits.

mod body_keys;
mod edits;
mod operation;
mod remove;
mod set;
mod target;

use serde_json::Value;

pub(crate) use edits::Edits;

use crate::budget::WorkBudget;
use crate::edit::Edit;
use crate::extension::Extension;
use crate::schema::ResourceType;
use crate::{IgnoredAttributes, InvalidRequest};

/// Reads the body of a PATCH on a user.
///
/// Attributes that no schema knows and no URN qualifies are passed over. A request of more than
/// `most` operations is refused.
pub fn parse(
    body: Value,
    resource: ResourceType,
    most: usize,
    declared: &[Extension],
    budget: &WorkBudget,
) -> Result<Vec<Edit>, InvalidRequest> {
    Edits::of_patch(body, resource, most, declared, budget).map(|read| read.edits)
}

/// Parses the same, and reports attributes that no schema knows.
pub fn parse_reporting(
    body: Value,
    resource: ResourceType,
    most: usize,
    declared: &[Extension],
    budget: &WorkBudget,
    ignored: &mut IgnoredAttributes,
) -> Result<Vec<Edit>, InvalidRequest> {
    let read = Edits::of_patch(body, resource, most, declared, budget)?;
    *ignored = read.ignored;
    Ok(read.edits)
}
