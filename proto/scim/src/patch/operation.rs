//! The operations of a PATCH as they were sent.

use serde_json::Value;

use crate::InvalidRequest;
use crate::edit::Op;
use crate::json_text::refuse_nul;
use crate::keys::{spelt_once, take};
use crate::path::Path;
use crate::schema::ResourceType;

/// An operation as it was sent.
pub(super) struct Operation {
    pub(super) op: Op,
    pub(super) path: Option<Path>,
    pub(super) value: Option<Value>,
}

/// The operations in the body of a PATCH.
pub(super) fn operations(
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
        let op = match op.to_ascii_lowercase().as_str() {
            "add" => Op::Add,
            "replace" => Op::Replace,
            "remove" => Op::Remove,
            _ => return Err(InvalidRequest::syntax("an op is add, replace or remove")),
        };
        let path = match take(&mut operation, "path") {
            None | Some(Value::Null) => None,
            Some(Value::String(path)) if path.trim().is_empty() => None,
            Some(Value::String(path)) => Some(Path::parse(&path, resource)?),
            Some(_) => return Err(InvalidRequest::path("a path is a text")),
        };
        Ok(Self { op, path, value: take(&mut operation, "value") })
    }
}
