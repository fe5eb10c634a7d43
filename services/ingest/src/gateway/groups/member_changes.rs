//! From the member operations of a PATCH to what the roster shall change.

use roster::{Group, MemberChange, TenantRoster};
use scim::{Filter, Member, MemberEdit, WorkBudget};

use super::membership::Membership;
use super::render::members;
use crate::gateway::error::ScimError;

/// The member changes that edits ask for, in the roster's terms. The members are listed once, and only
/// if a filter asks for more than ids.
pub(super) fn member_changes(
    roster: &TenantRoster,
    group: &Group,
    edits: &[MemberEdit],
    budget: &WorkBudget,
) -> Result<Vec<MemberChange>, ScimError> {
    let mut listed: Option<Vec<Member>> = None;
    let mut changes = Vec::with_capacity(edits.len());
    let mut membership = Membership::before(edits);
    for edit in edits {
        let change = match edit {
            MemberEdit::Add(members) => MemberChange::Add(new_members(members.clone())),
            MemberEdit::Remove(values) => MemberChange::Remove(values.clone()),
            MemberEdit::RemoveWhere(filter) => {
                let listed = listed.get_or_insert_with(|| {
                    let members = members(roster, group);
                    budget.allow(members.len());
                    members
                });
                MemberChange::Remove(matching(listed, filter, budget)?)
            }
            MemberEdit::Replace(members) => MemberChange::Exactly(new_members(members.clone())),
            MemberEdit::Clear => MemberChange::Exactly(Vec::new()),
            MemberEdit::Expect(id)
                if membership.contains(id, |id| roster.has_member(group.team, id)) =>
            {
                continue;
            }
            MemberEdit::Expect(_) => return Err(MemberEdit::no_such_member().into()),
        };
        membership.apply(&change);
        changes.push(change);
    }
    Ok(changes)
}

/// The ids of the members that match a filter.
fn matching(
    members: &[Member],
    filter: &Filter,
    budget: &WorkBudget,
) -> Result<Vec<String>, ScimError> {
    let matcher = filter.prepared();
    let mut values = Vec::new();
    for member in members {
        if member.matches(&matcher, budget)? {
            values.push(member.value.clone());
        }
    }
    Ok(values)
}

/// Members as the roster takes them. Their type is left out: the roster finds out what an id means.
pub(in crate::gateway) fn new_members(members: Vec<Member>) -> Vec<String> {
    members.into_iter().map(|member| member.value).collect()
}
