//! Bulk requests (RFC 7644 §3.7): many commands in one body, which may refer to each other's
//! resources before these have an id.

mod plan;
mod references;

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::Value;

pub use self::plan::Step;
pub(crate) use self::references::is_reference;
use crate::keys::take;
use crate::messages::ErrorBody;
use crate::schema::ResourceType;
use crate::{Attributes, InvalidRequest};

/// A bulk request, read.
#[derive(Clone, Debug, PartialEq)]
pub struct BulkRequest {
    /// After how many errors to stop; none means never.
    pub fail_on_errors: Option<usize>,
    /// The operations, in the order in which they were sent.
    pub operations: Vec<Operation>,
}

/// One of the operations. If one cannot be understood, the others are carried out all the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// As it was sent, to be said again in the result.
    pub method: String,
    /// The client's name for what a POST makes, to be said again in the result.
    pub bulk_id: Option<String>,
    /// The version that the client means, as an entity tag.
    pub version: Option<String>,
    /// What to do, or why it cannot be understood.
    pub work: Result<Work, InvalidRequest>,
}

/// A command, and on what kind of resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    /// The type of the resource.
    pub resource: ResourceType,
    /// What to do with it.
    pub command: Command,
}

/// What a client wants to be done to a resource, by a request of its own or in a bulk.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// POST: makes a resource of a body.
    Create(Value),
    /// PUT: replaces the resource with this id by a body.
    Put(String, Value),
    /// PATCH: changes the resource with this id by the operations of a body.
    Patch(String, Value),
    /// DELETE: deletes the resource with this id.
    Delete(String),
}

/// The answer to a bulk request.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BulkResponse {
    schemas: [&'static str; 1],
    /// What came of each operation.
    #[serde(rename = "Operations")]
    pub operations: Vec<Outcome>,
}

/// What came of one operation (RFC 7644 §3.7.3).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// The method, as it was sent.
    pub method: String,
    /// The `bulkId`, as it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bulk_id: Option<String>,
    /// None after a POST that made nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The version of the resource after the operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The HTTP status, as a text.
    pub status: String,
    /// The error, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<ErrorBody>,
}

impl BulkRequest {
    const SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

    /// Reads the body of a bulk request. One of more than `most` operations is refused.
    pub fn parse(body: Value, most: usize) -> Result<Self, InvalidRequest> {
        let Value::Object(mut body) = body else {
            return Err(InvalidRequest::syntax("the body of a bulk request is a JSON object"));
        };
        let fail_on_errors =
            match take(&mut body, "failOnErrors") {
                None | Some(Value::Null) => None,
                Some(number) => {
                    let number = number.as_u64().and_then(|number| usize::try_from(number).ok());
                    Some(number.ok_or_else(|| {
                        InvalidRequest::syntax("failOnErrors takes a whole number")
                    })?)
                }
            };
        let Some(Value::Array(sent)) = take(&mut body, "Operations") else {
            return Err(InvalidRequest::syntax(
                "the body of a bulk request has an array named Operations",
            ));
        };
        if sent.len() > most {
            return Err(InvalidRequest::too_large(format!(
                "more than {most} operations, which is maxOperations; split the request"
            )));
        }
        let mut operations =
            sent.into_iter().map(Operation::parse).collect::<Result<Vec<_>, _>>()?;
        refuse_doubles(&mut operations);
        // Nothing else tells it from the body of a PATCH, whose Operations are others.
        if !names(take(&mut body, "schemas").as_ref(), Self::SCHEMA) {
            return Err(InvalidRequest::syntax(format!(
                "the schemas of a bulk request name {}",
                Self::SCHEMA
            )));
        }
        Ok(Self { fail_on_errors, operations })
    }
}

/// Whether the schemas that were sent name this one, in any letter case (RFC 8141 §3.1).
fn names(schemas: Option<&Value>, urn: &str) -> bool {
    let is_it = |name: &Value| name.as_str().is_some_and(|name| name.eq_ignore_ascii_case(urn));
    schemas.and_then(Value::as_array).is_some_and(|names| names.iter().any(is_it))
}

/// Refuses a `bulkId` that another POST has already.
fn refuse_doubles(operations: &mut [Operation]) {
    let mut seen = HashSet::new();
    for Operation { bulk_id, work, .. } in operations {
        let makes = matches!(work, Ok(Work { command: Command::Create(_), .. }));
        if makes && bulk_id.as_ref().is_some_and(|id| !seen.insert(id.clone())) {
            *work = Err(InvalidRequest::value(
                "another operation has the same bulkId; give each its own",
            ));
        }
    }
}

impl Operation {
    fn parse(sent: Value) -> Result<Self, InvalidRequest> {
        let Value::Object(mut sent) = sent else {
            return Err(InvalidRequest::syntax("each of the Operations is a JSON object"));
        };
        let method = text(&mut sent, "method").unwrap_or_default();
        let bulk_id = text(&mut sent, "bulkId");
        let version = text(&mut sent, "version");
        let work = Work::parse(&method, bulk_id.as_deref(), &mut sent);
        Ok(Self { method, bulk_id, version, work })
    }
}

fn text(sent: &mut Attributes, name: &str) -> Option<String> {
    match take(sent, name)? {
        Value::String(text) => Some(text).filter(|text| !text.is_empty()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}

impl Work {
    fn parse(
        method: &str,
        bulk_id: Option<&str>,
        sent: &mut Attributes,
    ) -> Result<Self, InvalidRequest> {
        let path = text(sent, "path")
            .ok_or_else(|| InvalidRequest::syntax("an operation needs a path"))?;
        let mut data =
            || take(sent, "data").ok_or_else(|| InvalidRequest::syntax("the operation needs data"));
        let (endpoint, id) = match path.trim_matches('/').split_once('/') {
            Some((endpoint, id)) => (endpoint, Some(id)),
            None => (path.trim_matches('/'), None),
        };
        let resource = ResourceType::ALL
            .into_iter()
            .find(|resource| {
                resource.endpoint().trim_start_matches('/').eq_ignore_ascii_case(endpoint)
            })
            .ok_or_else(|| InvalidRequest::value("a path begins with /Users or /Groups"))?;
        let id = || match id {
            Some(id) => Ok(id.to_owned()),
            None => {
                Err(InvalidRequest::value("the path has to name one resource, as in /Users/id"))
            }
        };
        let command = match method.to_ascii_uppercase().as_str() {
            "POST" if path.trim_matches('/') != endpoint => {
                return Err(InvalidRequest::value("the path of a POST is /Users or /Groups alone"));
            }
            "POST" if bulk_id.is_none() => {
                return Err(InvalidRequest::value("a POST needs a bulkId"));
            }
            "POST" => Command::Create(data()?),
            "PUT" => Command::Put(id()?, data()?),
            "PATCH" => Command::Patch(id()?, data()?),
            "DELETE" => Command::Delete(id()?),
            _ => return Err(InvalidRequest::syntax("a method is POST, PUT, PATCH or DELETE")),
        };
        Ok(Self { resource, command })
    }

    /// The same with the ids that the resources have got, by `bulkId`; refused if one has none.
    pub fn resolved(&self, ids: &HashMap<String, String>) -> Result<Self, InvalidRequest> {
        let id = |id: &str| references::resolved_text(id, ids);
        let data = |data: &Value| references::resolved(data.clone(), ids);
        let command = match &self.command {
            Command::Create(body) => Command::Create(data(body)?),
            Command::Put(of, body) => Command::Put(id(of)?, data(body)?),
            Command::Patch(of, body) => Command::Patch(id(of)?, data(body)?),
            Command::Delete(of) => Command::Delete(id(of)?),
        };
        Ok(Self { command, ..self.clone() })
    }

    /// The same without the values that refer to resources which have no id yet.
    #[must_use]
    pub fn without_unresolved(&self, ids: &HashMap<String, String>) -> Self {
        let pruned = |body: &Value| references::pruned(body.clone(), ids);
        let command = match &self.command {
            Command::Create(body) => Command::Create(pruned(body)),
            Command::Put(id, body) => Command::Put(id.clone(), pruned(body)),
            Command::Patch(id, body) => Command::Patch(id.clone(), pruned(body)),
            Command::Delete(id) => Command::Delete(id.clone()),
        };
        Self { command, ..self.clone() }
    }
}

impl BulkResponse {
    /// An answer with these outcomes.
    pub fn new(operations: Vec<Outcome>) -> Self {
        Self { schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"], operations }
    }
}

#[cfg(test)]
mod tests;
