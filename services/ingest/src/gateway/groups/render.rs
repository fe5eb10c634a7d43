//! Groups as SCIM shows them: with their members only where these are asked for.

use roster::{Group, TenantRoster};
use scim::{
    Attributes, Matcher, Member, Rendered, ResourceType, Sort, SortKey, Subject, WorkBudget,
};

use crate::gateway::bounds::CHUNK;
use crate::gateway::error::ScimError;
use crate::gateway::resource::Resource;
use crate::gateway::size::{self, MEMBER_SIZE, RESOURCE_SIZE, SELECTION_FACTOR};
use crate::gateway::view::View;

/// The text of a group: what the view selects of it.
pub(in crate::gateway) fn render(
    view: &View,
    roster: &TenantRoster,
    group: &Group,
    budget: &WorkBudget,
) -> Result<Rendered, ScimError> {
    let members = members_if(view.selection.wants("members"), roster, group, budget);
    let mut whole = attributes(view, group, &members);
    view.selection.apply(&mut whole, ResourceType::Group, budget)?;
    Ok(Rendered::from(&whole))
}

/// The text of a whole group.
pub(in crate::gateway) fn render_whole(
    view: &View,
    roster: &TenantRoster,
    group: &Group,
) -> Rendered {
    Rendered::from(&attributes(view, group, &members(roster, group)))
}

/// About how many bytes have to be written to show a group, or as much work as that is.
pub(in crate::gateway) fn size(view: &View, group: &Group) -> usize {
    let attributes = size::of_attributes(&group.profile().attributes, CHUNK);
    let shown = if view.selection.wants("members") { group.member_count() } else { 0 };
    let whole = RESOURCE_SIZE + attributes + shown * MEMBER_SIZE;
    if view.is_partial() { whole * SELECTION_FACTOR } else { whole }
}

/// Whether a group matches a filter.
pub(in crate::gateway) fn matches(
    view: &View,
    roster: &TenantRoster,
    group: &Group,
    matcher: &Matcher<'_>,
    budget: &WorkBudget,
) -> Result<bool, ScimError> {
    let members = members_if(matcher.filter().needs_members(), roster, group, budget);
    let has_member = |value: &str| roster.has_member(group.team, value);
    let attributes = &attributes(view, group, &members);
    Ok(matcher.matches(Subject { attributes, has_member: Some(&has_member) }, budget)?)
}

/// What a group is sorted by.
pub(in crate::gateway) fn sort_key(
    view: &View,
    roster: &TenantRoster,
    group: &Group,
    sort: &Sort,
    budget: &WorkBudget,
) -> Result<SortKey, ScimError> {
    let members = members_if(sort.home() == Some("members"), roster, group, budget);
    Ok(sort.key(&attributes(view, group, &members), budget)?)
}

/// The members of a group, without those whose resource was deleted.
pub(super) fn members(roster: &TenantRoster, group: &Group) -> Vec<Member> {
    roster.members(group).map(|member| scim_member(roster, member)).collect()
}

/// A group as the SCIM library has it, which keeps members apart.
pub(super) fn scim_group(group: &Group) -> scim::Group {
    let profile = group.profile();
    scim::Group {
        display_name: profile.display_name.clone(),
        external_id: profile.external_id.clone().map(|id| id.0),
        attributes: profile.attributes.clone(),
    }
}

/// The members if they are needed, for which the budget grows.
fn members_if(
    needed: bool,
    roster: &TenantRoster,
    group: &Group,
    budget: &WorkBudget,
) -> Vec<Member> {
    let members = if needed { members(roster, group) } else { Vec::new() };
    budget.allow(members.len());
    members
}

fn attributes(view: &View, group: &Group, members: &[Member]) -> Attributes {
    let members = members.iter().map(|member| member.render(&view.base_url)).collect();
    scim_group(group).render(&view.meta(Resource::Group(group), Vec::new()), members)
}

fn scim_member(roster: &TenantRoster, member: roster::Member<'_>) -> Member {
    let kind = match member {
        roster::Member::Person(_) => Some("User"),
        // A nested group, or somebody who was not created yet, whose type is not known.
        roster::Member::Unknown(value) => {
            let group = value.parse().ok().and_then(|team| roster.groups().get(team));
            group.map(|_| "Group")
        }
    };
    Member { value: member.value().into_owned(), kind: kind.map(str::to_owned) }
}
