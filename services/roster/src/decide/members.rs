//! Members join groups and leave them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use events::{ChangedMembers, EmployeeId, Event, MemberRef, ReplacedMembers, TeamId};

use crate::members::Named;
use crate::{MemberChange, NewMember, People, TenantRoster};

/// Whether somebody named in a change is to be a member in the end, and how they were named.
struct Wish<'a> {
    member: bool,
    value: &'a str,
    display: Option<&'a str>,
    /// The place in the order of what was said last.
    said: usize,
}

/// All that a line of changes has said so far.
struct Wishes<'a> {
    people: &'a People,
    said: usize,
    wishes: BTreeMap<Named, Wish<'a>>,
}

impl<'a> Wishes<'a> {
    fn come(&mut self, members: &'a [NewMember]) {
        for NewMember { value, display } in members {
            self.say(true, value, display.as_deref());
        }
    }

    fn go(&mut self, values: &'a [String]) {
        for value in values {
            self.say(false, value, None);
        }
    }

    fn say(&mut self, member: bool, value: &'a str, display: Option<&'a str>) {
        self.said += 1;
        let wish = Wish { member, value, display, said: self.said };
        match self.wishes.entry(Named::by(value, self.people)) {
            Entry::Occupied(same) if same.get().member == member => {}
            Entry::Occupied(mut other) => {
                other.insert(wish);
            }
            Entry::Vacant(new) => {
                new.insert(wish);
            }
        }
    }
}

/// Who leaves a group and who joins it, in the order in which they shall be there.
#[derive(Debug, Default)]
pub(super) struct Difference {
    leaving: Vec<MemberRef>,
    pub(super) joining: Vec<MemberRef>,
}

impl Difference {
    /// One event if that can hold it.
    pub(super) fn events(self, team: TeamId) -> Vec<Event> {
        let Self { leaving, joining } = self;
        let both = !leaving.is_empty() && !joining.is_empty();
        if both && leaving.len() + joining.len() <= ChangedMembers::MAX {
            let body = ReplacedMembers { team_id: team, removed: leaving, added: joining };
            return vec![Event::GroupMembersReplaced(body)];
        }
        let left = pieces(team, &leaving).map(Event::GroupMembersRemoved);
        left.chain(pieces(team, &joining).map(Event::GroupMembersAdded)).collect()
    }
}

fn pieces(team: TeamId, members: &[MemberRef]) -> impl Iterator<Item = ChangedMembers> {
    members
        .chunks(ChangedMembers::MAX)
        .map(move |piece| ChangedMembers { team_id: team, members: piece.into() })
}

/// What brings a group's members to where a line of changes ends. What was added and removed again
/// within the line never happened.
///
/// Costs no more for a large group than for a small one, unless all its members are replaced.
pub(super) fn change(tenant: &TenantRoster, team: TeamId, line: &[MemberChange]) -> Difference {
    let mut heard = Wishes { people: &tenant.people, said: 0, wishes: BTreeMap::new() };
    let mut others_stay = true;
    for step in line {
        match step {
            MemberChange::Add(members) => heard.come(members),
            MemberChange::Remove(values) => heard.go(values),
            MemberChange::Exactly(members) => {
                others_stay = false;
                heard.wishes.clear();
                heard.come(members);
            }
        }
    }
    let wishes = heard.wishes;

    let is_member = |named: &Named| tenant.memberships.get(team, named).is_some();
    let mut joining: Vec<(usize, MemberRef)> = Vec::new();
    let mut leaving: Vec<MemberRef> = Vec::new();
    for (named, wish) in &wishes {
        match (is_member(named), wish.member) {
            (false, true) => {
                joining.push((wish.said, member_ref(named, wish.value, wish.display)));
            }
            (true, false) => leaving.push(member_ref(named, wish.value, None)),
            (true, true) | (false, false) => {}
        }
    }
    if !others_stay && let Some(group) = tenant.groups.get(team) {
        // Those who cannot be seen too: they must not be back in it once they are made anew.
        let unnamed = group.roll.everybody().filter(|named| !wishes.contains_key(named));
        leaving.extend(unnamed.map(|named| member_ref(&named, &shown(tenant, &named), None)));
    }
    joining.sort_by_key(|(said, _)| *said);
    Difference { leaving, joining: joining.into_iter().map(|(_, member)| member).collect() }
}

fn member_ref(named: &Named, value: &str, display: Option<&str>) -> MemberRef {
    MemberRef {
        value: value.to_owned(),
        employee_id: employee(named),
        display: display.map(str::to_owned),
    }
}

fn employee(named: &Named) -> Option<EmployeeId> {
    match named {
        Named::Person(employee) => Some(*employee),
        Named::Unknown(_) => None,
    }
}

/// The value by which a group shows somebody, or did last.
fn shown(tenant: &TenantRoster, named: &Named) -> String {
    match named {
        Named::Person(employee) => tenant
            .people
            .by_employee(*employee)
            .map_or_else(|| employee.to_string(), |person| person.resource.to_string()),
        Named::Unknown(value) => value.to_string(),
    }
}
