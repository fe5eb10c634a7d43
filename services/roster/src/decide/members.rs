//! Members join groups and leave them.

use std::collections::BTreeMap;

use events::{ChangedMembers, EmployeeId, Event, MemberRef, TeamId};

use crate::members::Named;
use crate::{MemberChange, TenantRoster};

/// Whether somebody named in a change is to be a member in the end, and how they were named.
struct Wish<'a> {
    member: bool,
    value: &'a str,
    /// The place in the order of what was said last.
    said: usize,
}

/// The events that bring a group's members to where a line of changes ends. What was added and
/// removed again within the line never happened.
///
/// Costs no more for a large group than for a small one, unless all its members are replaced.
pub(super) fn change(tenant: &TenantRoster, team: TeamId, line: &[MemberChange]) -> Vec<Event> {
    let mut wishes: BTreeMap<Named, Wish<'_>> = BTreeMap::new();
    let mut others_stay = true;
    let mut said = 0;
    for step in line {
        let (values, member) = match step {
            MemberChange::Add(values) => (values, true),
            MemberChange::Remove(values) => (values, false),
            MemberChange::Exactly(values) => {
                others_stay = false;
                wishes.retain(|named, _| is_hidden(tenant, named));
                (values, true)
            }
        };
        for value in values {
            said += 1;
            let named = Named::by(value, &tenant.people);
            let wish = wishes.entry(named).or_insert(Wish { member, value, said });
            if wish.member != member {
                *wish = Wish { member, value, said };
            }
        }
    }

    let is_member = |named: &Named| tenant.memberships.get(team, named).is_some();
    let mut joining: Vec<(usize, MemberRef)> = Vec::new();
    let mut leaving: Vec<MemberRef> = Vec::new();
    for (named, wish) in &wishes {
        match (is_member(named), wish.member) {
            (false, true) => joining.push((wish.said, member_ref(named, wish.value.to_owned()))),
            (true, false) => leaving.push(member_ref(named, wish.value.to_owned())),
            (true, true) | (false, false) => {}
        }
    }
    if !others_stay && let Some(group) = tenant.groups.get(team) {
        let unnamed = group.roll.seen.values().filter(|named| !wishes.contains_key(*named));
        leaving.extend(unnamed.map(|named| member_ref(named, shown(tenant, named))));
    }
    joining.sort_by_key(|(said, _)| *said);
    let joining: Vec<MemberRef> = joining.into_iter().map(|(_, member)| member).collect();
    let changed = |members: &[MemberRef]| ChangedMembers { team_id: team, members: members.into() };
    let left = leaving.chunks(ChangedMembers::MAX).map(changed).map(Event::GroupMembersRemoved);
    let joined = joining.chunks(ChangedMembers::MAX).map(changed).map(Event::GroupMembersAdded);
    left.chain(joined).collect()
}

fn member_ref(named: &Named, value: String) -> MemberRef {
    MemberRef { value, employee_id: employee(named) }
}

fn employee(named: &Named) -> Option<EmployeeId> {
    match named {
        Named::Person(employee) => Some(*employee),
        Named::Unknown(_) => None,
    }
}

/// Whether somebody cannot be seen in a group, since their resource is gone.
fn is_hidden(tenant: &TenantRoster, named: &Named) -> bool {
    match named {
        Named::Person(employee) => tenant.people.is_gone(*employee),
        Named::Unknown(_) => false,
    }
}

/// The value by which a group shows somebody.
fn shown(tenant: &TenantRoster, named: &Named) -> String {
    match named {
        Named::Person(employee) => tenant
            .people
            .by_employee(*employee)
            .map_or_else(|| employee.to_string(), |person| person.resource.to_string()),
        Named::Unknown(value) => value.to_string(),
    }
}
