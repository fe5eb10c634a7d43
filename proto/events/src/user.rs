//! What happens to people.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{AlertId, BookingId, Chain, Digest, EmployeeId, Profile, ResourceId, Seq, TeamId};

/// Whether somebody works here. Nobody is ever removed from the directory: they become `former`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    Active,
    Former,
}

/// A person as they are after the event: the whole profile, and the names of what changed.
///
/// The body of `user.created`, `user.changed`, `user.reactivated` and `user.returned`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserState {
    /// The person, for good; the same through every change, departure and return.
    pub employee_id: EmployeeId,
    /// The SCIM resource that describes the person now, the newest that they have; after
    /// `user.deleted`, the one that went.
    pub resource_id: ResourceId,
    /// Whether the person works here, after the event, by what the directory says. Who is held, or
    /// whose departure was reversed, is Active all the same: see the alerts.
    pub standing: Standing,
    /// What the directory says about the person, whole, after the event.
    pub profile: Profile,
    /// The names of the attributes that changed, in order: `displayName`, `active`,
    /// `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department`.
    pub changed: Vec<String>,
}

/// A person who left, as they are after the event. The body of `user.deactivated` and
/// `user.deleted`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DepartedUser {
    #[serde(flatten)]
    pub state: UserState,
    /// The alert that the departure belongs to, since too many had left by then; absent if it
    /// belongs to none. An alert that is raised by it names the person in `alert.people-added`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DepartureAlert")]
    pub alert: Option<DepartureAlert>,
}

/// An alert that a departure belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DepartureAlert {
    pub alert_id: AlertId,
    /// Whether the person stays Active until somebody has decided on the alert.
    pub held: bool,
}

impl From<UserState> for DepartedUser {
    fn from(state: UserState) -> Self {
        Self { state, alert: None }
    }
}

/// One of several SCIM resources of a person, as it is after the event. The body of
/// `user.resource-changed`.
///
/// A person has several for a while, if the directory makes them anew before it deletes the old
/// resource. Nothing changes about the person with this event: their profile is that of the newest
/// resource, and if they leave or are back by it, that is the next event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangedResource {
    /// The person, for good.
    pub employee_id: EmployeeId,
    /// The resource that changed.
    pub resource_id: ResourceId,
    /// Whether the resource is active. The person is, as long as one of theirs is.
    pub active: bool,
    /// What the directory says with this resource, whole, after the event.
    pub profile: Profile,
    /// The names of the attributes that changed, in order.
    pub changed: Vec<String>,
}

/// One of several SCIM resources of a person that is gone, while another is there. The body of
/// `user.resource-deleted`.
///
/// The person stays. If the newest resource went, the newest of the others describes them, which is
/// the next event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeletedResource {
    /// The person, for good.
    pub employee_id: EmployeeId,
    /// The resource that is gone.
    pub resource_id: ResourceId,
}

/// A person whose events are removed from the log. The body of `user.erased`.
///
/// The event is written before the removal, and stays. To whoever has read it, the person is unknown,
/// and so are their resources and bookings: their user name and external id are free, and if they are
/// hired again, they are somebody new. Of several erasures of one person each names what the ones
/// before it do not.
///
/// Events that are not named here stay: memberships of groups, which name the person by ids alone, and
/// alerts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErasedUser {
    /// The person, for good.
    pub employee_id: EmployeeId,
    /// All SCIM resources that ever described the person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<ResourceId>,
    /// The groups that the person was in until now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<TeamId>,
    /// The bookings that are the person's, or were before they were somebody else's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bookings: Vec<BookingId>,
    /// The events that go, in the log's order: the person's own events before this one; all events of
    /// their bookings; and of bookings that are somebody else's now, those that name them. Earlier
    /// events of this kind stay.
    pub events: Vec<ErasedEvent>,
}

impl ErasedUser {
    /// The most events that one erasure names.
    pub const MAX_EVENTS: usize = 5_000;
}

/// What is known of an event that was erased: enough to follow the chain over the empty position, and
/// to tell that something was said, when and by whom; not what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErasedEvent {
    /// The position that stays empty.
    pub seq: Seq,
    /// The SHA-256 of the event that was there, as `ce-digest` told it.
    #[serde(rename = "sha256")]
    pub digest: Digest,
    /// The chain value up to that event, as `ce-chain` told it.
    pub chain: Chain,
    /// Which event it was: `user.created`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened, as `ce-time` told it.
    pub time: Timestamp,
    /// Who caused it, as `ce-actor` told it.
    pub actor: String,
    /// The request that caused it, as `ce-requestid` told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub request: Option<String>,
}
