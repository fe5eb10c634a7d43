//! What the server answered.

use http::{Method, StatusCode};
use serde_json::Value;

use super::error::ClientError;
use super::span::Span;
use super::url::without_query;

/// A server's answer to one request.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// Null where there was no body.
    pub body: Value,
    /// When the request was under way; unknown when it had to be said twice.
    pub(crate) span: Option<Span>,
}

impl Answer {
    /// The error for an answer that should have been another one.
    pub(crate) fn refused(&self, method: Method, path: &str) -> ClientError {
        let path = without_query(path);
        match self.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                ClientError::Unauthorized { method, path, status: self.status }
            }
            status => {
                let detail = self.body["detail"].as_str().unwrap_or_default().to_owned();
                ClientError::Refused { method, path, status, detail }
            }
        }
    }
}

/// A part of a list (RFC 7644 §3.4.2).
#[derive(Clone, Debug)]
pub struct ListResponse {
    /// How many there are in all.
    pub total: u64,
    /// Those of this page.
    pub resources: Vec<Value>,
}

/// The `id` that every resource must have.
pub(crate) fn id_of(resource: &Value) -> Option<&str> {
    resource["id"].as_str().filter(|id| !id.is_empty())
}

pub(super) fn list_response(query: &str, answer: Answer) -> Result<ListResponse, ClientError> {
    if answer.status != StatusCode::OK {
        return Err(answer.refused(Method::GET, query));
    }
    let mut body = answer.body;
    let total = body["totalResults"]
        .as_u64()
        .ok_or_else(|| bad_answer(query, "totalResults is missing".to_owned()))?;
    let resources = match body["Resources"].take() {
        Value::Array(resources) => resources,
        Value::Null if total == 0 => Vec::new(),
        _ => return Err(bad_answer(query, "Resources is no list".to_owned())),
    };
    Ok(ListResponse { total, resources })
}

pub(super) fn bad_answer(query: &str, what: String) -> ClientError {
    ClientError::BadAnswer { method: Method::GET, path: without_query(query), what }
}
