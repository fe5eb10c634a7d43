//! How groups are shown, found and sorted: with their members only where these are asked for.

use events::TeamId;
use roster::{Group, TenantRoster};
use scim::{
    Attributes, Budget, Filter, Key, Matcher, Member, Meta, ResourceType, Selection, Shown, Sort,
    Subject,
};

use crate::gateway::answer::version_tag;
use crate::gateway::failure::Failure;
use crate::gateway::pieces::PIECE;
use crate::gateway::weight::{self, BASIC_WEIGHT, MEMBER_WEIGHT, SELECTING};

const GROUP: ResourceType = ResourceType::Group;

/// How groups are shown to a caller.
#[derive(Clone)]
pub(in crate::gateway) struct View {
    base_url: String,
    selection: Selection,
}

impl View {
    pub(in crate::gateway) fn new(base_url: String, selection: Selection) -> Self {
        Self { base_url, selection }
    }

    pub(in crate::gateway) fn show(
        &self,
        people: &TenantRoster,
        group: &Group,
        budget: &Budget,
    ) -> Result<Shown, Failure> {
        let members =
            if self.selection.wants("members") { members(people, group) } else { Vec::new() };
        budget.allow(members.len());
        let mut whole = self.whole(group, &members);
        self.selection.apply(&mut whole, GROUP, budget)?;
        Ok(Shown::from(&whole))
    }

    /// The answer to a write. It is made, so that a selection that costs too much leaves all in the
    /// answer, rather than turn it into an error.
    pub(in crate::gateway) fn show_written(&self, people: &TenantRoster, group: &Group) -> Shown {
        let selected = self.show(people, group, &Budget::for_question(1));
        selected.unwrap_or_else(|_| Shown::from(&self.whole(group, &members(people, group))))
    }

    /// Whether a part of each group is shown.
    pub(in crate::gateway) fn selects(&self) -> bool {
        self.selection != Selection::All
    }

    /// About how many bytes have to be written to show a group, or as much work as that is.
    pub(in crate::gateway) fn weight(&self, group: &Group) -> usize {
        let attributes = weight::of_attributes(&group.profile().attributes, PIECE);
        let shown = if self.selection.wants("members") { group.member_count() } else { 0 };
        let whole = BASIC_WEIGHT + attributes + shown * MEMBER_WEIGHT;
        if self.selects() { whole * SELECTING } else { whole }
    }

    pub(in crate::gateway) fn matches(
        &self,
        people: &TenantRoster,
        group: &Group,
        matcher: &Matcher<'_>,
        budget: &Budget,
    ) -> Result<bool, Failure> {
        let needed = matcher.filter().needs_members();
        let members = if needed { members(people, group) } else { Vec::new() };
        budget.allow(members.len());
        let has_member = |value: &str| people.has_member(group.team, value);
        let attributes = &self.whole(group, &members);
        Ok(matcher.matches(Subject { attributes, has_member: Some(&has_member) }, budget)?)
    }

    pub(in crate::gateway) fn key(
        &self,
        people: &TenantRoster,
        group: &Group,
        sort: &Sort,
        budget: &Budget,
    ) -> Result<Key, Failure> {
        let members =
            if sort.home() == Some("members") { members(people, group) } else { Vec::new() };
        budget.allow(members.len());
        Ok(sort.key(&self.whole(group, &members), budget)?)
    }

    fn whole(&self, group: &Group, members: &[Member]) -> Attributes {
        let members = members.iter().map(|member| member.render(&self.base_url)).collect();
        let meta = Meta {
            id: group.team.to_string(),
            created: group.created_at.to_string(),
            last_modified: group.changed_at.to_string(),
            version: version_tag(group.version),
            location: self.location(group.team),
            groups: Vec::new(),
        };
        scim_group(group).render(&meta, members)
    }

    pub(in crate::gateway) fn location(&self, team: TeamId) -> String {
        format!("{}/Groups/{team}", self.base_url)
    }
}

/// The first `most` of the few that can match at all, in no order, if the filter demands a certain
/// id, name or external id.
pub(in crate::gateway) fn pinned<'r>(
    groups: &'r roster::Groups,
    filter: &Filter,
    most: usize,
) -> Option<Vec<&'r Group>> {
    if let Some(id) = filter.pinned("id") {
        let found = id.parse().ok().and_then(|id| groups.get(id));
        return Some(found.into_iter().collect());
    }
    if let Some(name) = filter.pinned("displayName") {
        return Some(groups.by_display_name(name).into_iter().collect());
    }
    let id = filter.pinned("externalId")?;
    Some(groups.by_external_id(id).take(most).collect())
}

/// The members as SCIM shows them: whose resource is gone is not among them.
pub(super) fn members(people: &TenantRoster, group: &Group) -> Vec<Member> {
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

/// SCIM's words for what the roster knows.
pub(super) fn scim_group(group: &Group) -> scim::Group {
    let profile = group.profile();
    scim::Group {
        display_name: profile.display_name.clone(),
        external_id: profile.external_id.clone().map(|id| id.0),
        attributes: profile.attributes.clone(),
    }
}
