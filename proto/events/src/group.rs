//! What happens to synced groups, which are teams.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{EmployeeId, ExternalId, TeamId};

/// A group as SCIM describes it (RFC 7643 §4.2), without its members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupProfile {
    /// Unique in a tenant without regard to case; kept as it was written.
    pub display_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<ExternalId>,
    /// The other attributes, `description` among them, by the names they were sent under.
    #[serde(flatten)]
    pub attributes: Map<String, Value>,
}

impl GroupProfile {
    pub fn description(&self) -> Option<&str> {
        self.attributes.get("description")?.as_str()
    }
}

/// A group as it is after the event. The body of `group.created` and `group.changed`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupState {
    pub team_id: TeamId,
    pub profile: GroupProfile,
    /// The names of the attributes that changed, in order.
    pub changed: Vec<String>,
}

/// Members who came, or members who went. The body of `group.members-added` and
/// `group.members-removed`; a long list is spread over several events of one batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangedMembers {
    pub team_id: TeamId,
    pub members: Vec<MemberRef>,
}

impl ChangedMembers {
    /// The most members that one event names.
    pub const MAX: usize = 500;
}

/// A member as the client named it, and the person that this is, if Rollcall knows one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberRef {
    /// The SCIM id that the client sent.
    pub value: String,
    /// Absent for a member whom Rollcall does not know (yet), and for a nested group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employee_id: Option<EmployeeId>,
}

/// The body of `group.deleted`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeletedGroup {
    pub team_id: TeamId,
}
