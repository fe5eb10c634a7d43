//! What happens to synced groups, which are teams.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::{
    AlertCause, AlertId, EmployeeId, ExternalId, Guard, RaisedAlert, ResourceId, TeamId, flat,
};

/// A group as SCIM describes it (RFC 7643 §4.2), without its members.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupProfile {
    /// The group's name, unique in a tenant without regard to case; kept as it was written.
    pub display_name: String,
    /// The client's own key for this group, opaque and case-exact: in Entra, its objectId.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ExternalId")]
    pub external_id: Option<ExternalId>,
    /// The other attributes, `description` among them, by the names they were sent under.
    #[serde(flatten)]
    pub attributes: Map<String, Value>,
}

impl<'de> Deserialize<'de> for GroupProfile {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut attributes = Map::deserialize(from)?;
        Ok(Self {
            display_name: flat::needed(&mut attributes, "displayName")?,
            external_id: flat::optional(&mut attributes, "externalId")?,
            attributes,
        })
    }
}

impl GroupProfile {
    /// The description of the group, if the directory gave one.
    pub fn description(&self) -> Option<&str> {
        self.attributes.get("description")?.as_str()
    }
}

/// A group as it is after the event. The body of `group.changed`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupState {
    /// The group, as a team.
    pub team_id: TeamId,
    /// What the directory says about the group, whole, after the event.
    pub profile: GroupProfile,
    /// The names of the attributes that changed, in order: `displayName`, `externalId`.
    pub changed: Vec<String>,
}

/// A group as it begins. The body of `group.created`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatedGroup {
    #[serde(flatten)]
    pub state: GroupState,
    /// Those with whom it begins, 500 at most; more follow in `group.members-added` of the same
    /// batch. Absent if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<MemberRef>,
}

/// Members who came, or members who went. The body of `group.members-added` and
/// `group.members-removed`; a long list is spread over several events of one batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangedMembers {
    /// The group, as a team.
    pub team_id: TeamId,
    /// Those who came or went, 500 at most; nobody else is touched.
    pub members: Vec<MemberRef>,
}

impl ChangedMembers {
    /// The most members that one event names.
    pub const MAX: usize = 500;
}

/// Members who went and members who came, at once. The body of `group.members-replaced`; longer
/// lists are spread over `group.members-removed` and `group.members-added` of one batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplacedMembers {
    /// The group, as a team.
    pub team_id: TeamId,
    /// Those who went; nobody else did. With those who came, 500 at most.
    pub removed: Vec<MemberRef>,
    /// Those who came.
    pub added: Vec<MemberRef>,
}

/// A member as the client named it, and the person that this is, if Rollcall knows one.
///
/// A name that the client sent with it (`display`) is not told: it would stay in the log when the
/// person's own events are erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberRef {
    /// The SCIM id that the client sent.
    pub value: String,
    /// The person; absent for a member whom Rollcall does not know (yet), and for a nested group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "EmployeeId")]
    pub employee_id: Option<EmployeeId>,
}

/// By which of their SCIM resources a group names a member: one who has several, or one who came back
/// and whom the client named by the new one. The body of `group.member-resources-changed`: nobody
/// joins the group or leaves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberResources {
    /// The group, as a team.
    pub team_id: TeamId,
    /// The member.
    pub employee_id: EmployeeId,
    /// All resources that the group names, after the event.
    pub resources: Vec<MemberResource>,
}

/// One of the resources by which a group names a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberResource {
    /// The SCIM id.
    pub resource_id: ResourceId,
}

/// A group that is gone from the directory, and with it the team. The body of `group.deleted`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeletedGroup {
    /// The group, as a team.
    pub team_id: TeamId,
    /// The alert that this raises, since the group had several members of late; absent if it raises
    /// none. There is no `alert.raised` beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DeletionAlert")]
    pub alert: Option<DeletionAlert>,
}

/// An alert that is raised by the deletion of a group; it holds nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeletionAlert {
    pub alert_id: AlertId,
    /// How the guard was set.
    pub guard: Guard,
}

impl DeletedGroup {
    /// The alert, as `alert.raised` would tell it.
    pub fn raised(&self) -> Option<RaisedAlert> {
        let DeletionAlert { alert_id, guard } = self.alert?;
        let cause = AlertCause::GroupEmptied { team_id: self.team_id, deleted: true };
        Some(RaisedAlert { alert_id, cause, held: false, guard })
    }
}
