//! What the gateway answered.

use hyper::HeaderMap;
use serde_json::{Value, json};

use crate::compare::missing;

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The method and the path.
    pub(crate) asked: String,
    pub(crate) status: u16,
    headers: HeaderMap,
    pub(crate) text: String,
    /// Null if there is none.
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn new(asked: String, status: u16, headers: HeaderMap, text: String) -> Self {
        let body = serde_json::from_str(&text).unwrap_or_default();
        Self { asked, status, headers, text, body }
    }

    /// Insists on a status, on SCIM's content type (RFC 7644 §3.1) and on its shape of errors.
    #[track_caller]
    pub(crate) fn answered(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{} answered: {}", self.asked, self.text);
        assert_eq!(self.mislabelled(), None);
        assert_eq!(self.misshapen(), None);
        self
    }

    /// Insists on a yes, with the resource or without.
    #[track_caller]
    pub(crate) fn accepted(self) -> Self {
        let status = if self.text.is_empty() { 204 } else { 200 };
        self.answered(status)
    }

    /// Insists on all of `expected` in the body, in this spelling.
    #[track_caller]
    pub(crate) fn shows(self, expected: &Value) -> Self {
        let missing = missing(expected, &self.body);
        assert!(missing.is_empty(), "{} answered {}: {missing:#?}", self.asked, self.text);
        self
    }

    /// Insists on a list of so many, of whom these are on the page.
    #[track_caller]
    pub(crate) fn found(&self, total: u64) -> &[Value] {
        assert_eq!(self.body["totalResults"], total, "{} answered {}", self.asked, self.text);
        self.body["Resources"].as_array().map_or(&[], Vec::as_slice)
    }

    /// What is wrong with the content type.
    pub(crate) fn mislabelled(&self) -> Option<String> {
        let label = self.header("content-type");
        let right = self.text.is_empty() || label == "application/scim+json";
        (!right).then(|| format!("{} answered with the content type {label:?}", self.asked))
    }

    /// What is wrong with the shape of a refusal (RFC 7644 §3.12).
    pub(crate) fn misshapen(&self) -> Option<String> {
        let right = self.status < 400
            || self.body["schemas"] == json!(["urn:ietf:params:scim:api:messages:2.0:Error"])
                && self.body["status"].as_str() == Some(self.status.to_string().as_str())
                && self.body["detail"].as_str().is_some_and(|detail| !detail.is_empty());
        (!right).then(|| format!("{} answered no SCIM error: {}", self.asked, self.text))
    }

    /// A header; empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    #[track_caller]
    pub(crate) fn id(&self) -> String {
        let id = self.body["id"].as_str();
        id.unwrap_or_else(|| panic!("{} answered without an id: {}", self.asked, self.text))
            .to_owned()
    }
}
