//! What can change in the teams.
#![warn(missing_docs)]

use events::{EmployeeId, ResourceId, TeamId, Tenant};
use jiff::Timestamp;

/// One change to one row, or the end of all rows of a team or of a person's edits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A team, as it is now.
    Team(TeamRow),
    /// A team is gone, and its members with it.
    NoTeam {
        /// Whose it is.
        tenant: Tenant,
        /// The team.
        team: TeamId,
    },
    /// A resource describes a person, since its arrival.
    Resource {
        /// Whose it is.
        tenant: Tenant,
        /// The SCIM resource.
        resource: ResourceId,
        /// The person.
        employee: EmployeeId,
        /// Position of the event.
        seq: i64,
    },
    /// A resource is a member of a team.
    Member {
        /// Whose it is.
        tenant: Tenant,
        /// The team.
        team: TeamId,
        /// The SCIM resource.
        resource: ResourceId,
        /// Since when.
        since: Moment,
    },
    /// A person is no member any more, by whichever of their resources they were named.
    Left {
        /// Whose it is.
        tenant: Tenant,
        /// The team.
        team: TeamId,
        /// The person.
        employee: EmployeeId,
        /// Position of the event.
        seq: i64,
    },
    /// A resource that nobody is known by is no member any more.
    NoMember {
        /// Whose it is.
        tenant: Tenant,
        /// The team.
        team: TeamId,
        /// The SCIM resource.
        resource: ResourceId,
    },
    /// An administrator put a person in a team, or took them out.
    Edited {
        /// Whose it is.
        tenant: Tenant,
        /// The person.
        employee: EmployeeId,
        /// The team.
        team: TeamId,
        /// What was decided.
        edit: Edit,
        /// Who decided it, and when.
        by: Authorship,
    },
    /// An administrator chose a Primary team.
    Primary {
        /// Whose it is.
        tenant: Tenant,
        /// The person.
        employee: EmployeeId,
        /// The team.
        team: TeamId,
        /// Who decided it, and when.
        by: Authorship,
    },
    /// A person is unknown from now on.
    Erased {
        /// Whose it was.
        tenant: Tenant,
        /// The person.
        employee: EmployeeId,
        /// All SCIM resources that ever described them.
        resources: Vec<ResourceId>,
        /// Position of the event.
        seq: i64,
    },
    /// A person's edits and choice are dropped.
    Reset {
        /// Whose it is.
        tenant: Tenant,
        /// The person.
        employee: EmployeeId,
    },
}

/// A team, as one event tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamRow {
    /// Whose it is.
    pub tenant: Tenant,
    /// The team.
    pub team: TeamId,
    /// What it is called.
    pub name: String,
    /// What it is for, if told.
    pub description: Option<String>,
    /// The client's own id, if told.
    pub external_id: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// Position of the event.
    pub seq: i64,
}

/// Where a team, or a membership, comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// From the tenant's identity provider.
    Synced,
    /// From an administrator.
    Local,
}

/// An administrator's word on a person and a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// In the team, whatever is synced.
    Assigned,
    /// Not in the team, whatever is synced.
    Unassigned,
}

/// When something began: the position orders, the time is for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Position of the event.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
}

/// Who edited something locally, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorship {
    /// Who, by id.
    pub actor: String,
    /// When.
    pub moment: Moment,
}
