//! What each event changes in the teams: pure.
#![warn(missing_docs)]

use events::{
    CreatedGroup, EditedTeam, EmployeeId, Event, GroupState, MemberRef, OwnTeam, Recorded,
    ResourceId, TeamId, Tenant, UserState,
};
use jiff::Timestamp;

use projector::sql::storable;

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

/// What `event` changes in the teams.
pub(crate) fn project(event: &Recorded) -> Vec<Change> {
    let tenant = || event.tenant().clone();
    match &event.event {
        // A resource describes one person, from the first to its last day.
        Event::UserCreated(state) | Event::UserReturned(state) => vec![resource(event, state)],
        Event::GroupCreated(CreatedGroup { state, members }) => {
            let team = Change::Team(group(event, state));
            std::iter::once(team).chain(joined(event, state.team_id, members)).collect()
        }
        Event::GroupChanged(state) => vec![Change::Team(group(event, state))],
        Event::GroupMembersAdded(body) => joined(event, body.team_id, &body.members).collect(),
        Event::GroupMembersRemoved(body) => left(event, body.team_id, &body.members).collect(),
        Event::GroupMembersReplaced(body) => {
            let gone = left(event, body.team_id, &body.removed);
            gone.chain(joined(event, body.team_id, &body.added)).collect()
        }
        Event::GroupDeleted(body) => vec![Change::NoTeam { tenant: tenant(), team: body.team_id }],
        Event::TeamCreated(body) | Event::TeamRenamed(body) => {
            vec![Change::Team(own_team(event, body))]
        }
        Event::TeamDeleted(body) => vec![Change::NoTeam { tenant: tenant(), team: body.team_id }],
        Event::UserTeamAssigned(body) => vec![edited(event, body, Edit::Assigned)],
        Event::UserTeamUnassigned(body) => vec![edited(event, body, Edit::Unassigned)],
        Event::UserPrimaryChosen(body) => vec![Change::Primary {
            tenant: tenant(),
            employee: body.employee_id,
            team: body.team_id,
            by: authorship(event),
        }],
        Event::UserTeamsReset(body) => {
            vec![Change::Reset { tenant: tenant(), employee: body.employee_id }]
        }
        Event::UserErased(body) => vec![Change::Erased {
            tenant: tenant(),
            employee: body.employee_id,
            resources: body.resources.clone(),
            seq: moment(event).seq,
        }],
        // A leaver keeps their teams: should they come back, they are in them as before.
        Event::UserChanged(_)
        | Event::UserDeactivated(_)
        | Event::UserReactivated(_)
        | Event::UserDeleted(_)
        // A person of several resources is in a team by any of them.
        | Event::UserResourceChanged(_)
        | Event::UserResourceDeleted(_)
        | Event::GroupMemberResourcesChanged(_)
        | Event::TenantCreated(_)
        | Event::IntegrationActivated(_)
        | Event::IntegrationDeactivated(_)
        | Event::CredentialIssued(_)
        | Event::CredentialRevoked(_)
        | Event::BookingRecorded(_)
        | Event::BookingChanged(_)
        | Event::BookingCancelled(_)
        | Event::TenantGuardSet(_)
        | Event::TenantExtensionDeclared(_)
        | Event::TenantExtensionRemoved(_)
        | Event::AlertRaised(_)
        | Event::AlertPeopleAdded(_)
        | Event::AlertReleased(_)
        | Event::AlertReversed(_)
        | Event::Unknown { .. } => vec![],
    }
}

fn resource(event: &Recorded, state: &UserState) -> Change {
    Change::Resource {
        tenant: event.tenant().clone(),
        resource: state.resource_id,
        employee: state.employee_id,
        seq: moment(event).seq,
    }
}

fn joined(event: &Recorded, team: TeamId, members: &[MemberRef]) -> impl Iterator<Item = Change> {
    let (tenant, since) = (event.tenant(), moment(event));
    members.iter().filter_map(move |member| {
        let resource = resource_id(&member.value)?;
        Some(Change::Member { tenant: tenant.clone(), team, resource, since })
    })
}

fn left(event: &Recorded, team: TeamId, members: &[MemberRef]) -> impl Iterator<Item = Change> {
    let (of, seq) = (event.tenant(), moment(event).seq);
    members.iter().filter_map(move |member| {
        let tenant = of.clone();
        match member.employee_id {
            Some(employee) => Some(Change::Left { tenant, team, employee, seq }),
            None => {
                let resource = resource_id(&member.value)?;
                Some(Change::NoMember { tenant, team, resource })
            }
        }
    })
}

/// The resource whose id this text is, to the letter: ids are case-exact (RFC 7643 §3.1). Any
/// other text can never become a person, since all ids that Rollcall gives look like this.
fn resource_id(value: &str) -> Option<ResourceId> {
    let canonical = value.len() == 36 && !value.bytes().any(|byte| byte.is_ascii_uppercase());
    canonical.then(|| value.parse().ok()).flatten()
}

fn group(event: &Recorded, state: &GroupState) -> TeamRow {
    let profile = &state.profile;
    TeamRow {
        tenant: event.tenant().clone(),
        team: state.team_id,
        name: storable(&profile.display_name),
        description: profile.description().map(storable),
        external_id: profile.external_id.as_ref().map(|id| storable(id.as_str())),
        origin: Origin::Synced,
        seq: moment(event).seq,
    }
}

fn own_team(event: &Recorded, body: &OwnTeam) -> TeamRow {
    TeamRow {
        tenant: event.tenant().clone(),
        team: body.team_id,
        name: storable(&body.name),
        description: None,
        external_id: None,
        origin: Origin::Local,
        seq: moment(event).seq,
    }
}

fn edited(event: &Recorded, body: &EditedTeam, edit: Edit) -> Change {
    Change::Edited {
        tenant: event.tenant().clone(),
        employee: body.employee_id,
        team: body.team_id,
        edit,
        by: authorship(event),
    }
}

fn authorship(event: &Recorded) -> Authorship {
    Authorship { actor: storable(event.envelope.actor.as_str()), moment: moment(event) }
}

fn moment(event: &Recorded) -> Moment {
    Moment { seq: event.seq.0.cast_signed(), at: event.envelope.time }
}
