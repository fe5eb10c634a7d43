//! Who is in which synced group.

use std::sync::Arc;

use events::{EmployeeId, ResourceId, Seq, TeamId};
use imbl::{OrdMap, OrdSet};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{People, lookups};

/// When somebody joined a group: the event, and the place in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Joined {
    pub(crate) seq: Seq,
    pub(crate) nth: usize,
}

/// The key of a member: the person that its value names, or the value itself while it names nobody
/// who is known (a nested group, too).
///
/// An id names its person for good, whether that resource is present, replaced or gone: so one
/// person is one member, however many resources they have had.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum MemberKey {
    Person(EmployeeId),
    Unknown(Arc<str>),
}

impl MemberKey {
    pub(crate) fn of(value: &str, people: &People) -> Self {
        match resource(value).and_then(|resource| people.ever_had(resource)) {
            Some(employee) => Self::Person(employee),
            None => Self::Unknown(value.into()),
        }
    }
}

/// The resource whose id this text is, to the letter: ids are case-exact (RFC 7643 §3.1).
pub(crate) fn resource(value: &str) -> Option<ResourceId> {
    let canonical = value.len() == 36 && !value.bytes().any(|byte| byte.is_ascii_uppercase());
    canonical.then(|| value.parse().ok()).flatten()
}

/// The members of one group, in order of joining.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct MemberList {
    pub(crate) seen: OrdMap<Joined, MemberKey>,
    /// Kept for people whose resource is gone: there is no id to show them by, until they return.
    pub(crate) hidden: OrdMap<Joined, EmployeeId>,
    /// The resources by which people with several are shown: those that the client named. Each of
    /// these people is one member.
    names: OrdMap<EmployeeId, Vec<ResourceId>>,
    /// Who is shown by a resource that the client never named here: what it named was deleted since.
    /// Of nobody else does a deleted id mean the membership.
    inherited: OrdSet<EmployeeId>,
    /// How many are shown beyond one for each member.
    beyond: usize,
}

impl MemberList {
    /// All members: those who are seen, and then those who are not.
    pub(crate) fn all(&self) -> impl Iterator<Item = MemberKey> {
        let hidden = self.hidden.values().map(|employee| MemberKey::Person(*employee));
        self.seen.values().cloned().chain(hidden)
    }

    /// How many members are shown.
    pub(crate) fn shown(&self) -> usize {
        self.seen.len() + self.beyond
    }

    /// The resources by which somebody is shown who has several; none for all others.
    pub(crate) fn names(&self, employee: EmployeeId) -> &[ResourceId] {
        self.names.get(&employee).map_or(&[], Vec::as_slice)
    }

    /// Sets these names; none if the member has one resource.
    pub(crate) fn set_names(&mut self, employee: EmployeeId, names: Vec<ResourceId>) {
        if names.len() > 1 {
            self.inherited.remove(&employee);
        }
        self.beyond += names.len().saturating_sub(1);
        let before = if names.is_empty() {
            self.names.remove(&employee)
        } else {
            self.names.insert(employee, names)
        };
        self.beyond -= before.map_or(0, |before| before.len() - 1);
    }

    pub(crate) fn is_inherited(&self, employee: EmployeeId) -> bool {
        self.inherited.contains(&employee)
    }

    pub(crate) fn set_inherited(&mut self, employee: EmployeeId, inherited: bool) {
        if inherited {
            self.inherited.insert(employee);
        } else {
            self.inherited.remove(&employee);
        }
    }

    /// Puts somebody where they joined, out of sight if they are hidden.
    pub(crate) fn insert(&mut self, key: MemberKey, joined: Joined, hidden: bool) {
        match key {
            MemberKey::Person(employee) if hidden => {
                self.hidden.insert(joined, employee);
            }
            MemberKey::Person(_) | MemberKey::Unknown(_) => {
                self.seen.insert(joined, key);
            }
        }
    }

    /// Lets whoever joined then go.
    pub(crate) fn remove(&mut self, joined: Joined) {
        self.seen.remove(&joined);
        self.hidden.remove(&joined);
    }
}

/// The same memberships, from the members' side.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memberships {
    pub(crate) of_people: OrdMap<(EmployeeId, TeamId), Joined>,
    pub(crate) of_unknown: OrdMap<(Arc<str>, TeamId), Joined>,
}

impl Memberships {
    pub(crate) fn get(&self, team: TeamId, key: &MemberKey) -> Option<Joined> {
        lookups::count();
        match key {
            MemberKey::Person(employee) => self.of_people.get(&(*employee, team)),
            MemberKey::Unknown(value) => self.of_unknown.get(&(Arc::clone(value), team)),
        }
        .copied()
    }

    /// When a person joined a group.
    pub(crate) fn of_person(&self, employee: EmployeeId, team: TeamId) -> Option<Joined> {
        lookups::count();
        self.of_people.get(&(employee, team)).copied()
    }

    pub(crate) fn insert(&mut self, team: TeamId, key: &MemberKey, joined: Joined) {
        match key {
            MemberKey::Person(employee) => self.of_people.insert((*employee, team), joined),
            MemberKey::Unknown(value) => self.of_unknown.insert((Arc::clone(value), team), joined),
        };
    }

    pub(crate) fn remove(&mut self, team: TeamId, key: &MemberKey) -> Option<Joined> {
        match key {
            MemberKey::Person(employee) => self.of_people.remove(&(*employee, team)),
            MemberKey::Unknown(value) => self.of_unknown.remove(&(Arc::clone(value), team)),
        }
    }

    /// The groups that a person is in.
    pub(crate) fn of(&self, employee: EmployeeId) -> impl Iterator<Item = (TeamId, Joined)> {
        self.of_people
            .range((employee, TeamId(Uuid::nil()))..)
            .take_while(move |((member, _), _)| *member == employee)
            .map(|((_, team), joined)| (*team, *joined))
    }

    /// The groups that wait for whoever gets this id.
    pub(crate) fn awaiting(&self, value: &Arc<str>) -> Vec<TeamId> {
        let first = (Arc::clone(value), TeamId(Uuid::nil()));
        let last = (Arc::clone(value), TeamId(Uuid::max()));
        self.of_unknown.range(first..=last).map(|((_, team), _)| *team).collect()
    }
}
