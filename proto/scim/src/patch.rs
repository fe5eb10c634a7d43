//! PATCH (RFC 7644 §3.5.2) in every spelling that Entra sends, read into plain edits.

mod edits;
mod target;

use serde_json::Value;

pub(crate) use edits::Edits;

use crate::budget::Budget;
use crate::extension::Extension;
use crate::keys::{spelt_once, take};
use crate::path::Path;
use crate::schema::ResourceType;
use crate::wrapped::refuse_nul;
use crate::{IgnoredAttributes, InvalidRequest};

/// One change to one attribute; names are canonical and values have their types.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Sets a single value; joins the several.
    Add { path: Path, value: Value },
    /// Sets a single value; takes the place of the several. A filtered value that is not there is
    /// made, though the RFC would have an error: Entra replaces what it has never added.
    Replace { path: Path, value: Value },
    /// Removes the attribute, or only the listed values.
    Remove { path: Path, only: Option<Value> },
}

/// Reads the body of a PATCH on a user.
///
/// Attributes that no schema knows and no URN qualifies are passed over. A request of more than
/// `most` operations is refused.
pub fn parse(
    body: Value,
    resource: ResourceType,
    most: usize,
    declared: &[Extension],
    budget: &Budget,
) -> Result<Vec<Edit>, InvalidRequest> {
    Edits::of_patch(body, resource, most, declared, budget).map(|read| read.edits)
}

/// Reads the same, and takes note of what is passed over.
pub fn parse_reporting(
    body: Value,
    resource: ResourceType,
    most: usize,
    declared: &[Extension],
    budget: &Budget,
    unkept: &mut IgnoredAttributes,
) -> Result<Vec<Edit>, InvalidRequest> {
    let read = Edits::of_patch(body, resource, most, declared, budget)?;
    *unkept = read.unkept;
    Ok(read.edits)
}

/// An operation as it was sent.
struct Operation {
    verb: Verb,
    path: Option<Path>,
    value: Option<Value>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Add,
    Replace,
    Remove,
}

/// The operations in the body of a PATCH.
fn operations(
    body: Value,
    resource: ResourceType,
    most: usize,
) -> Result<Vec<Operation>, InvalidRequest> {
    refuse_nul(&body)?;
    let Value::Object(mut body) = body else {
        return Err(InvalidRequest::syntax("the body of a PATCH is a JSON object"));
    };
    spelt_once(&body)?;
    let Some(Value::Array(operations)) = take(&mut body, "Operations") else {
        return Err(InvalidRequest::syntax("the body of a PATCH has an array named Operations"));
    };
    if operations.len() > most {
        return Err(InvalidRequest::too_large(format!(
            "more than {most} operations in one PATCH; split it"
        )));
    }
    operations.into_iter().map(|operation| Operation::parse(operation, resource)).collect()
}

impl Operation {
    fn parse(operation: Value, resource: ResourceType) -> Result<Self, InvalidRequest> {
        let Value::Object(mut operation) = operation else {
            return Err(InvalidRequest::syntax("each of the Operations is a JSON object"));
        };
        spelt_once(&operation)?;
        let Some(Value::String(op)) = take(&mut operation, "op") else {
            return Err(InvalidRequest::syntax(
                "each of the Operations has an op: add, replace or remove",
            ));
        };
        let verb = match op.to_ascii_lowercase().as_str() {
            "add" => Verb::Add,
            "replace" => Verb::Replace,
            "remove" => Verb::Remove,
            _ => return Err(InvalidRequest::syntax("an op is add, replace or remove")),
        };
        let path = match take(&mut operation, "path") {
            None | Some(Value::Null) => None,
            Some(Value::String(path)) if path.trim().is_empty() => None,
            Some(Value::String(path)) => Some(Path::parse(&path, resource)?),
            Some(_) => return Err(InvalidRequest::path("a path is a text")),
        };
        Ok(Self { verb, path, value: take(&mut operation, "value") })
    }
}
