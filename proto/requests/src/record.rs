//! One SCIM request, as it is recorded.

use events::{CredentialId, EmployeeId};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::kind::ResourceKind;
use crate::shape::Shape;

/// What one request asked for, and how it was answered. Nothing in it is personal but `contents`, which
/// are sealed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestRecord {
    /// The id of the request (`X-Request-Id`).
    pub request: String,
    /// When its head had come.
    pub at: Timestamp,
    /// The method.
    pub method: String,
    /// The template of its route below the tenant: `/Users/{id}`; empty for the tenant itself.
    pub route: String,
    /// What it was about, if that is one type of resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ResourceKind>,
    /// The SCIM id of the resource, if it named or made one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<Uuid>,
    /// Its filter, without what it compares with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// The status of the answer.
    pub status: u16,
    /// The `scimType` of an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scim_type: Option<String>,
    /// How long the answer took, in microseconds.
    pub micros: u64,
    /// The credential that was shown, if it was a good one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<CredentialId>,
    /// The events that it led to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<EventRange>,
    /// The person whom it was about, if they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employee: Option<EmployeeId>,
    /// How the values were shaped that it sent.
    #[serde(default, skip_serializing_if = "Shape::is_empty")]
    pub shape: Shape,
    /// What it said and what it was told, sealed; none if it said nothing personal, or if it is not
    /// clear whose it would be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contents: Option<String>,
}

/// The events of one decision: they follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EventRange {
    /// The position of the first.
    pub first: u64,
    /// That of the last.
    pub last: u64,
}

impl RequestRecord {
    /// Whether it was not done.
    pub fn is_error(&self) -> bool {
        self.status >= 400
    }

    /// Whether the request only asked, and was answered.
    pub fn is_read(&self) -> bool {
        self.method == "GET"
    }
}
