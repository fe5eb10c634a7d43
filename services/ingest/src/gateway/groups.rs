//! `/Groups` and `/Groups/{id}`. Groups may have ten thousand members: a change of members is
//! taken as the difference it is, and members are shown only where they are asked for.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chassis::fresh;
use events::{ExternalId, GroupProfile, TeamId, Tenant};
use roster::{Intent, MemberChange, NewMember, Roster, TenantRoster};
use scim::messages::ListResponse;
use scim::{
    Attributes, Filter, Group, GroupPatch, Member, MemberEdit, Meta, ResourceType, Selection,
    Subject,
};

use super::answer::{located, scim_json, written};
use super::body::Body;
use super::caller::Caller;
use super::failure::{Failure, within};
use super::listing::paged;
use super::query::Query;
use crate::{Gateway, Limits};

const GROUP: ResourceType = ResourceType::Group;

/// `POST /Groups`.
pub(super) async fn create(
    State(gateway): State<Gateway>,
    caller: Caller,
    query: Query,
    Body(body): Body,
) -> Result<Response, Failure> {
    let view = View::new(&gateway, &caller, query.selection(GROUP)?);
    let (group, members) = Group::read(body)?;
    let team = TeamId(fresh::uuid_v7());
    let (profile, members) = (profile(group, gateway.limits)?, named(members.unwrap_or_default()));
    let wish = move |_: &Roster| {
        let (profile, members) = (profile.clone(), members.clone());
        Ok::<_, Failure>(Intent::NewGroup { team, profile, members })
    };
    let done = gateway.clerk.fulfil(caller.signature, wish, move |r| view.of(r, team)).await?;
    let (body, location) = done.view.expect("a group that was made is in the roster");
    Ok(written(located(scim_json(StatusCode::CREATED, &body), &location), done.position))
}

/// `PUT /Groups/{id}`: how the group shall look, members included.
pub(super) async fn put(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
    query: Query,
    Body(body): Body,
) -> Result<Response, Failure> {
    let team = team_id(&id)?;
    let view = View::new(&gateway, &caller, query.selection(GROUP)?);
    let (group, members) = Group::read(body)?;
    let profile = profile(group, gateway.limits)?;
    // A body that does not speak of members asserts nothing about them (RFC 7644 §3.5.1).
    let members: Vec<_> = members.map(named).map(MemberChange::Exactly).into_iter().collect();
    let wish = move |_: &Roster| {
        let (profile, members) = (profile.clone(), members.clone());
        Ok::<_, Failure>(Intent::Group { team, profile, members })
    };
    let done = gateway.clerk.fulfil(caller.signature, wish, move |r| view.of(r, team)).await?;
    let (body, _) = done.view.expect("a group that was changed is in the roster");
    Ok(written(scim_json(StatusCode::OK, &body), done.position))
}

/// `PATCH /Groups/{id}`: answers 204, as Entra expects for groups, unless the client asks to see
/// attributes (RFC 7644 §3.5.2).
pub(super) async fn patch(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
    query: Query,
    Body(body): Body,
) -> Result<Response, Failure> {
    let team = team_id(&id)?;
    let selection = query.selection(GROUP)?;
    let asked_to_show = matches!(selection, Selection::Only(_));
    let view = View::new(&gateway, &caller, selection);
    let patch = GroupPatch::read(body, gateway.limits.operations)?;
    let (tenant, limits) = (caller.tenant.clone(), gateway.limits);
    let wish = move |roster: &Roster| {
        let people = roster.tenant(&tenant).ok_or_else(|| no_such_group(&id))?;
        let group = people.groups().get(team).ok_or_else(|| no_such_group(&id))?;
        let profile = profile(scim_group(group).apply(&patch.edits)?, limits)?;
        let members = patch.members.iter().map(|edit| change(people, group, edit)).collect();
        Ok::<_, Failure>(Intent::Group { team, profile, members })
    };
    let look = move |roster: &Roster| if asked_to_show { view.of(roster, team) } else { None };
    let done = gateway.clerk.fulfil(caller.signature, wish, look).await?;
    let response = match done.view {
        Some((body, _)) => scim_json(StatusCode::OK, &body),
        None => StatusCode::NO_CONTENT.into_response(),
    };
    Ok(written(response, done.position))
}

/// `DELETE /Groups/{id}`.
pub(super) async fn delete(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let team = team_id(&id)?;
    let wish = move |_: &Roster| Ok::<_, Failure>(Intent::NoGroup { team });
    let done = gateway.clerk.fulfil(caller.signature, wish, |_| ()).await?;
    Ok(written(StatusCode::NO_CONTENT.into_response(), done.position))
}

/// `GET /Groups/{id}`.
pub(super) async fn get(
    State(gateway): State<Gateway>,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Failure> {
    let view = View::new(&gateway, &caller, query.selection(GROUP)?);
    match view.of(&caller.roster, team_id(&id)?) {
        Some((body, _)) => Ok(scim_json(StatusCode::OK, &body)),
        None => Err(no_such_group(&id)),
    }
}

/// `GET /Groups`: those that match the filter, in the order in which they were made.
pub(super) async fn list(
    State(gateway): State<Gateway>,
    caller: Caller,
    query: Query,
) -> Result<Response, Failure> {
    Ok(scim_json(StatusCode::OK, &search(&gateway, &caller, &query)?))
}

/// The page of groups that a query asks for.
pub(super) fn search(
    gateway: &Gateway,
    caller: &Caller,
    query: &Query,
) -> Result<ListResponse, Failure> {
    let view = View::new(gateway, caller, query.selection(GROUP)?);
    let page = query.page()?;
    let people = caller.people();
    let find = |filter: Option<Filter>| {
        let candidates: Vec<&roster::Group> = match &filter {
            Some(filter) => {
                pinned(people, filter).unwrap_or_else(|| people.groups().skipping(0).collect())
            }
            None => people.groups().skipping(0).collect(),
        };
        let matching = candidates
            .into_iter()
            .filter(|group| filter.as_ref().is_none_or(|f| view.matches(people, group, f)));
        paged(matching, page)
    };
    let (mut total, mut found) = find(query.filter(GROUP)?);
    if total == 0
        && let Some(filter) = query.filter_encoded_twice(GROUP)
    {
        (total, found) = find(Some(filter));
    }
    let shown = found.iter().map(|group| view.show(people, group)).collect();
    Ok(ListResponse::new(total, page.start_index, shown))
}

/// The few that can match at all, if the filter demands a certain id, name or external id.
fn pinned<'r>(people: &'r TenantRoster, filter: &Filter) -> Option<Vec<&'r roster::Group>> {
    let groups = people.groups();
    if let Some(id) = filter.pinned("id") {
        let found = id.parse().ok().and_then(|id| groups.get(id));
        return Some(found.into_iter().collect());
    }
    if let Some(name) = filter.pinned("displayName") {
        return Some(groups.by_display_name(name).into_iter().collect());
    }
    let id = filter.pinned("externalId")?;
    let mut found: Vec<_> = groups.by_external_id(id).collect();
    found.sort_by_key(|group| group.created);
    Some(found)
}

/// What an edit of the members wants, in the roster's words.
fn change(people: &TenantRoster, group: &roster::Group, edit: &MemberEdit) -> MemberChange {
    match edit {
        MemberEdit::Add(members) => MemberChange::Add(named(members.clone())),
        MemberEdit::Remove(values) => MemberChange::Remove(values.clone()),
        MemberEdit::RemoveWhere(filter) => {
            let matches = |member: &Member| member.matches(filter);
            let gone = members(people, group).into_iter().filter(matches);
            MemberChange::Remove(gone.map(|member| member.value).collect())
        }
        MemberEdit::Replace(members) => MemberChange::Exactly(named(members.clone())),
        MemberEdit::Clear => MemberChange::Exactly(Vec::new()),
    }
}

fn named(members: Vec<Member>) -> Vec<NewMember> {
    let named = |Member { value, display, kind: _ }| NewMember { value, display };
    members.into_iter().map(named).collect()
}

/// The members as SCIM shows them: whose resource is gone is not among them.
fn members(people: &TenantRoster, group: &roster::Group) -> Vec<Member> {
    people.members(group).map(|member| shown(people, member)).collect()
}

fn shown(people: &TenantRoster, member: roster::Member<'_>) -> Member {
    let kind = match member {
        roster::Member::Person { .. } => Some("User"),
        // A nested group, or somebody who has not come yet.
        roster::Member::Unknown { value, .. } => {
            let group = value.parse().ok().and_then(|team| people.groups().get(team));
            group.map(|_| "Group")
        }
    };
    Member {
        value: member.value().into_owned(),
        display: member.display().map(str::to_owned),
        kind: kind.map(str::to_owned),
    }
}

/// How groups are shown to this caller.
struct View {
    tenant: Tenant,
    base_url: String,
    selection: Selection,
}

impl View {
    fn new(gateway: &Gateway, caller: &Caller, selection: Selection) -> Self {
        let base_url = gateway.scim_base_url(&caller.tenant);
        Self { tenant: caller.tenant.clone(), base_url, selection }
    }

    /// A group and its location; none if there is no such group.
    fn of(&self, roster: &Roster, team: TeamId) -> Option<(Attributes, String)> {
        let people = roster.tenant(&self.tenant)?;
        let group = people.groups().get(team)?;
        Some((self.show(people, group), self.location(group)))
    }

    fn show(&self, people: &TenantRoster, group: &roster::Group) -> Attributes {
        let members =
            if self.selection.wants("members") { members(people, group) } else { Vec::new() };
        let mut whole = self.whole(group, &members);
        self.selection.apply(&mut whole, GROUP);
        whole
    }

    fn matches(&self, people: &TenantRoster, group: &roster::Group, filter: &Filter) -> bool {
        let members = if filter.needs_members() { members(people, group) } else { Vec::new() };
        let has_member = |value: &str| people.has_member(group.team, value);
        let attributes = &self.whole(group, &members);
        filter.matches(Subject { attributes, has_member: Some(&has_member) })
    }

    fn whole(&self, group: &roster::Group, members: &[Member]) -> Attributes {
        let members = members.iter().map(|member| member.render(&self.base_url)).collect();
        let meta = Meta {
            id: group.team.to_string(),
            created: group.created_at.to_string(),
            last_modified: group.changed_at.to_string(),
            version: format!("W/\"{}\"", group.version),
            location: self.location(group),
            groups: Vec::new(),
        };
        scim_group(group).render(&meta, members)
    }

    fn location(&self, group: &roster::Group) -> String {
        format!("{}/Groups/{}", self.base_url, group.team)
    }
}

/// Ids are ours; a text that is no id names no group.
fn team_id(text: &str) -> Result<TeamId, Failure> {
    text.parse().map_err(|_| no_such_group(text))
}

fn no_such_group(id: &str) -> Failure {
    Failure::NoSuchResource("group", id.to_owned())
}

/// SCIM's words for what the roster knows.
fn scim_group(group: &roster::Group) -> Group {
    let profile = group.profile();
    Group {
        display_name: profile.display_name.clone(),
        external_id: profile.external_id.clone().map(|id| id.0),
        attributes: profile.attributes.clone(),
    }
}

/// The roster's words for what a client sent.
fn profile(group: Group, limits: Limits) -> Result<GroupProfile, Failure> {
    let profile = GroupProfile {
        display_name: group.display_name,
        external_id: group.external_id.map(ExternalId),
        attributes: group.attributes,
    };
    within(&profile, limits.resource)?;
    Ok(profile)
}
