//! Writes of groups. A group may have ten thousand members, so that a change of members is handed on
//! as the difference that it is.

mod member_changes;
mod membership;
mod profile;
pub(super) mod render;

use axum::http::StatusCode;
use eventlog::ids;
use events::{GroupProfile, TeamId};
use roster::{Intent, MemberChange, Roster};
use scim::{GroupPatch, ResourceType, Selection};
use writer::Outage;

use self::member_changes::member_changes;
pub(super) use self::member_changes::new_members;
pub(super) use self::profile::profile;
use self::render::scim_group;
use super::error::ScimError;
use super::resource::{ResourceKey, get_group};
use super::view::View;
use super::write_context::WriteContext;
use super::write_response::WriteResponse;

/// `POST /Groups` (RFC 7644 §3.3).
pub(super) async fn create(
    context: &WriteContext<'_>,
    profile: GroupProfile,
    members: Vec<String>,
) -> Result<WriteResponse, ScimError> {
    let team = TeamId(ids::uuid_v7());
    let view = context.view(ResourceType::Group)?;
    let intent = move |_: &Roster| {
        Ok(Intent::NewGroup { team, profile: profile.clone(), members: members.clone() })
    };
    write(context, view, team, StatusCode::CREATED, intent).await
}

/// `PUT /Groups/{id}`: how the group shall look, members included. A body that does not speak of
/// members says nothing about them (RFC 7644 §3.5.1).
pub(super) async fn replace(
    context: &WriteContext<'_>,
    team: TeamId,
    profile: GroupProfile,
    members: Option<Vec<String>>,
) -> Result<WriteResponse, ScimError> {
    let view = context.view(ResourceType::Group)?;
    let members: Vec<_> = members.map(MemberChange::Exactly).into_iter().collect();
    let (tenant, expected) = (context.caller.tenant.clone(), context.expected_version());
    let intent = move |roster: &Roster| {
        expected.check(get_group(roster.tenant(&tenant), team)?.version)?;
        Ok(Intent::Group { team, profile: profile.clone(), members: members.clone() })
    };
    write(context, view, team, StatusCode::OK, intent).await
}

/// `PATCH /Groups/{id}`: answers 204, as Entra expects for groups, unless the client asks to see
/// attributes (RFC 7644 §3.5.2).
pub(super) async fn patch(
    context: &WriteContext<'_>,
    team: TeamId,
    patch: GroupPatch,
) -> Result<WriteResponse, ScimError> {
    let view = context.view(ResourceType::Group)?;
    let status = match view.selection {
        Selection::Only(_) => StatusCode::OK,
        Selection::All | Selection::Without(_) => StatusCode::NO_CONTENT,
    };
    let (tenant, limits) = (context.caller.tenant.clone(), context.limits());
    let expected = context.expected_version();
    let intent = move |roster: &Roster| {
        let roster = roster.tenant(&tenant).ok_or(Outage::Fault)?;
        let group = get_group(Some(roster), team)?;
        expected.check(group.version)?;
        let budget = limits.change();
        let profile = profile(scim_group(group).apply(&patch.edits, &budget)?, limits)?;
        let members = member_changes(roster, group, &patch.members, &budget)?;
        Ok(Intent::Group { team, profile, members })
    };
    write(context, view, team, status, intent).await
}

/// Makes an intent about a group true, and answers with how the group is then.
async fn write(
    context: &WriteContext<'_>,
    view: View,
    team: TeamId,
    status: StatusCode,
    intent: impl Fn(&Roster) -> Result<Intent, ScimError> + Send + 'static,
) -> Result<WriteResponse, ScimError> {
    let committed = context.execute(intent).await?;
    WriteResponse::written(context, view, ResourceKey::Group(team), status, committed).await
}
