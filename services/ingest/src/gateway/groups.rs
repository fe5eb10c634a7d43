//! What can be done to a group, by a request of its own or in a bulk. Groups may have ten thousand
//! members: a change of members is taken as the difference it is.

mod present;
mod view;

use axum::http::StatusCode;
use eventlog::ids;
use events::{ExternalId, GroupProfile, TeamId};
use roster::{Intent, MemberChange, NewMember, Roster, TenantRoster};
use scim::{Budget, Group, GroupPatch, Member, MemberEdit, ResourceType, Selection, Shown};
use writer::{Committed, Outage};

use self::present::Present;
pub(super) use self::view::{View, pinned};
use self::view::{members, scim_group};
use super::answer::version_tag;
use super::caller::Caller;
use super::failure::{Failure, within};
use super::large;
use super::pieces::PIECE;
use super::write::{Writer, Written, check};
use crate::{Gateway, Limits};

const GROUP: ResourceType = ResourceType::Group;

/// `POST /Groups`.
pub(super) async fn create(
    writer: &Writer<'_>,
    profile: GroupProfile,
    members: Vec<NewMember>,
) -> Result<Written, Failure> {
    let team = TeamId(ids::uuid_v7());
    let wish = move |_: &Roster| {
        Ok(Intent::NewGroup { team, profile: profile.clone(), members: members.clone() })
    };
    let written = fulfil(writer, team, true, wish).await?;
    Ok(Written { status: StatusCode::CREATED, ..written })
}

/// `PUT /Groups/{id}`: how the group shall look, members included.
pub(super) async fn put(
    writer: &Writer<'_>,
    id: &str,
    profile: GroupProfile,
    members: Option<Vec<NewMember>>,
) -> Result<Written, Failure> {
    let team = team_id(id)?;
    // A body that does not speak of members asserts nothing about them (RFC 7644 §3.5.1).
    let members: Vec<_> = members.map(MemberChange::Exactly).into_iter().collect();
    let (tenant, precondition) = (writer.caller.tenant.clone(), writer.precondition.clone());
    let wish = move |roster: &Roster| {
        check(&precondition, present(roster.tenant(&tenant), team)?.version)?;
        Ok(Intent::Group { team, profile: profile.clone(), members: members.clone() })
    };
    fulfil(writer, team, true, wish).await
}

/// `PATCH /Groups/{id}`: answers 204, as Entra expects for groups, unless the client asks to see
/// attributes (RFC 7644 §3.5.2).
pub(super) async fn patch(
    writer: &Writer<'_>,
    id: &str,
    patch: GroupPatch,
) -> Result<Written, Failure> {
    let team = team_id(id)?;
    let asked_to_show = matches!(writer.selection(GROUP)?, Selection::Only(_));
    let (tenant, limits) = (writer.caller.tenant.clone(), writer.limits());
    let precondition = writer.precondition.clone();
    let wish = move |roster: &Roster| {
        let people = roster.tenant(&tenant).ok_or_else(|| no_such_group(&team.to_string()))?;
        let group = present(Some(people), team)?;
        check(&precondition, group.version)?;
        let budget = limits.change();
        let profile = profile(scim_group(group).apply(&patch.edits, &budget)?, limits)?;
        let members = changes(people, group, &patch.members, &budget)?;
        Ok(Intent::Group { team, profile, members })
    };
    let written = fulfil(writer, team, asked_to_show, wish).await?;
    let status = if asked_to_show { StatusCode::OK } else { StatusCode::NO_CONTENT };
    Ok(Written { status, ..written })
}

/// Makes a wish about a group true, and answers with what it is then, in full if it shall be shown.
async fn fulfil(
    writer: &Writer<'_>,
    team: TeamId,
    show: bool,
    wish: impl Fn(&Roster) -> Result<Intent, Failure> + Send + 'static,
) -> Result<Written, Failure> {
    let view = View::new(writer.base_url(), writer.selection(GROUP)?);
    let location = view.location(team);
    let done = writer.execute(wish).await?;
    let people = done.roster.tenant(&writer.caller.tenant);
    let group = people.and_then(|people| Some((people, people.groups().get(team)?)));
    let (people, group) = group.expect("a group that was written is in the roster");
    Ok(Written {
        status: StatusCode::OK,
        id: Some(team.to_string()),
        version: Some(version_tag(group.version)),
        body: if show && writer.shows {
            Some(show_written(writer, &done, view, people, group).await?)
        } else {
            None
        },
        location: Some(location),
        position: done.position,
    })
}

/// How a group is that was written.
async fn show_written(
    writer: &Writer<'_>,
    done: &Committed,
    view: View,
    people: &TenantRoster,
    group: &roster::Group,
) -> Result<Shown, Failure> {
    if view.weight(group) <= PIECE {
        return Ok(view.show_written(people, group));
    }
    let team = group.team;
    let show = move |people: &TenantRoster| {
        let group = people.groups().get(team).ok_or(Outage::Fault)?;
        Ok(view.show_written(people, group))
    };
    large::look_after_writing(writer.gateway, &writer.caller.tenant, done.roster.clone(), show)
        .await
}

/// `DELETE /Groups/{id}`.
pub(super) async fn delete(writer: &Writer<'_>, id: &str) -> Result<Written, Failure> {
    let team = team_id(id)?;
    let location = View::new(writer.base_url(), writer.selection(GROUP)?).location(team);
    let (tenant, precondition) = (writer.caller.tenant.clone(), writer.precondition.clone());
    let wish = move |roster: &Roster| {
        check(&precondition, present(roster.tenant(&tenant), team)?.version)?;
        Ok(Intent::NoGroup { team })
    };
    let done = writer.execute(wish).await?;
    Ok(Written::gone(location, done.position))
}

/// `GET /Groups/{id}`: the group, and how to show it.
pub(super) fn get<'c>(
    gateway: &Gateway,
    caller: &'c Caller,
    query: &super::query::Query,
    id: &str,
) -> Result<(&'c roster::Group, View), Failure> {
    let view = View::new(gateway.scim_base_url(&caller.tenant), query.selection(GROUP)?);
    let group = present(Some(caller.people()), team_id(id)?)?;
    Ok((group, view))
}

/// What edits of the members want, in the roster's words. The members are listed once, and only
/// if a filter asks for more than ids.
fn changes(
    people: &TenantRoster,
    group: &roster::Group,
    edits: &[MemberEdit],
    budget: &Budget,
) -> Result<Vec<MemberChange>, Failure> {
    let mut listed: Option<Vec<Member>> = None;
    let mut changes = Vec::with_capacity(edits.len());
    let mut present = Present::of(edits);
    for edit in edits {
        let change = match edit {
            MemberEdit::Add(members) => MemberChange::Add(named(members.clone())),
            MemberEdit::Remove(values) => MemberChange::Remove(values.clone()),
            MemberEdit::RemoveWhere(filter) => {
                let listed = listed.get_or_insert_with(|| {
                    let members = members(people, group);
                    budget.allow(members.len());
                    members
                });
                let matcher = filter.prepared();
                let mut gone = Vec::new();
                for member in listed {
                    if member.matches(&matcher, budget)? {
                        gone.push(member.value.clone());
                    }
                }
                MemberChange::Remove(gone)
            }
            MemberEdit::Replace(members) => MemberChange::Exactly(named(members.clone())),
            MemberEdit::Clear => MemberChange::Exactly(Vec::new()),
            MemberEdit::Expect(id) if present.has(id, |id| people.has_member(group.team, id)) => {
                continue;
            }
            MemberEdit::Expect(_) => return Err(MemberEdit::nobody().into()),
        };
        present.note(&change);
        changes.push(change);
    }
    Ok(changes)
}

pub(super) fn named(members: Vec<Member>) -> Vec<NewMember> {
    let named = |Member { value, display, kind: _ }| NewMember { value, display };
    members.into_iter().map(named).collect()
}

fn present(people: Option<&TenantRoster>, team: TeamId) -> Result<&roster::Group, Failure> {
    let group = people.and_then(|people| people.groups().get(team));
    group.ok_or_else(|| no_such_group(&team.to_string()))
}

/// Ids are ours; a text that is no id names no group.
pub(super) fn team_id(text: &str) -> Result<TeamId, Failure> {
    text.parse().map_err(|_| no_such_group(text))
}

fn no_such_group(id: &str) -> Failure {
    Failure::NoSuchResource("group", id.to_owned())
}

/// The roster's words for what a client sent.
pub(super) fn profile(group: Group, limits: Limits) -> Result<GroupProfile, Failure> {
    let profile = GroupProfile {
        display_name: group.display_name,
        external_id: group.external_id.map(ExternalId),
        attributes: group.attributes,
    };
    within(&profile, limits.resource)?;
    Ok(profile)
}
