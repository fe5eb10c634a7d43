//! What Entra remembers between cycles: which object became which resource, and what it said last.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use crate::client::Span;
use crate::directory::{Directory, ObjectId};
use crate::mapping::{Attribute, EXTERNAL_ID, Mapping, USER_NAME, value_at};

/// Everything that one provisioning job knows of the target.
#[derive(Clone, Debug, Default)]
pub(crate) struct SyncState {
    pub(crate) users: BTreeMap<ObjectId, Anchor>,
    pub(crate) groups: BTreeMap<ObjectId, Anchor>,
    /// Acknowledged memberships, group first, with the time of the request if known.
    pub(crate) memberships: BTreeMap<(ObjectId, ObjectId), Option<Span>>,
    /// Members who were out of scope when their group was synced: Entra does not add them later.
    pub(crate) left_out: BTreeSet<(ObjectId, ObjectId)>,
    /// The directory as of the last cycle; what differs from it is what the next one looks at.
    pub(crate) watermark: Directory,
    /// Objects that failed, to be tried again in the next cycle.
    pub(crate) escrow: BTreeSet<ObjectId>,
    /// People whose resource is deleted and whose employee no later resource goes on with.
    pub(crate) departed: BTreeSet<ObjectId>,
}

/// The resource that an object became.
#[derive(Clone, Debug)]
pub(crate) struct Anchor {
    /// The resource's SCIM id.
    pub(crate) resource: String,
    /// The attributes as the server last acknowledged them.
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) management: Management,
    /// Whether the person was assigned when last synced: only then does a purge become a DELETE.
    pub(crate) assigned: bool,
    /// The first resource of the same employee: its id is the employee's id.
    pub(crate) first: String,
    /// Whether a later resource took over this employee.
    pub(crate) resumed: bool,
}

/// Whether Entra still looks after a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Management {
    Managed,
    /// Purged after it was merely unassigned: the resource stays, disabled, and Entra is done with it.
    Forgotten,
    Deleted,
}

impl Anchor {
    pub(crate) fn new(resource: String, attributes: Vec<Attribute>) -> Self {
        Self {
            first: resource.clone(),
            resource,
            attributes,
            management: Management::Managed,
            assigned: true,
            resumed: false,
        }
    }

    /// Takes note of attributes that the server has acknowledged.
    pub(crate) fn acknowledge(&mut self, attributes: Vec<Attribute>) {
        for attribute in attributes {
            match self.attributes.iter_mut().find(|known| known.path == attribute.path) {
                Some(known) => *known = attribute,
                None => self.attributes.push(attribute),
            }
        }
    }
}

impl SyncState {
    /// Keeps the anchor of a person, and finds out whose employee the new resource continues.
    pub(crate) fn keep_user(&mut self, mapping: Mapping, person: ObjectId, mut anchor: Anchor) {
        let is_same =
            |before: &Anchor| is_same_person(mapping, &before.attributes, &anchor.attributes);
        if let Some(before) = self.users.get(&person) {
            // The old resource vanished over there, and its memberships with it.
            if is_same(before) {
                anchor.first.clone_from(&before.first);
            }
            self.departed.remove(&person);
            self.memberships.retain(|(_, member), _| *member != person);
        } else {
            let back = self.departed.iter().copied().find(|gone| is_same(&self.users[gone]));
            if let Some(before) = back.and_then(|gone| self.users.get_mut(&gone)) {
                before.resumed = true;
                anchor.first.clone_from(&before.first);
            }
            self.departed.retain(|gone| Some(*gone) != back);
        }
        self.users.insert(person, anchor);
    }

    /// Whose each managed resource is.
    pub(crate) fn owners(&self) -> HashMap<String, ObjectId> {
        let managed =
            self.users.iter().filter(|(_, anchor)| anchor.management == Management::Managed);
        managed.map(|(person, anchor)| (anchor.resource.clone(), *person)).collect()
    }

    /// The members of a group as acknowledged.
    pub(crate) fn members(&self, group: ObjectId) -> impl Iterator<Item = ObjectId> {
        let everybody = (group, ObjectId::MIN)..=(group, ObjectId::MAX);
        self.memberships.range(everybody).map(|((_, person), _)| *person)
    }

    /// Takes note that a person's resource is gone, and with it all their memberships.
    pub(crate) fn user_deleted(&mut self, person: ObjectId) {
        if let Some(anchor) = self.users.get_mut(&person) {
            anchor.management = Management::Deleted;
            self.departed.insert(person);
        }
        self.memberships.retain(|(_, member), _| *member != person);
    }

    /// Takes note that a group's resource is gone.
    pub(crate) fn group_deleted(&mut self, group: ObjectId) {
        if let Some(anchor) = self.groups.get_mut(&group) {
            anchor.management = Management::Deleted;
        }
        self.memberships.retain(|(team, _), _| *team != group);
        self.left_out.retain(|(team, _)| *team != group);
    }
}

/// The server's rule for who a POST brings back.
///
/// Workplace: the same `externalId`. Benefits: the same user name, or one behind the object id that
/// Entra has put in front of it, unless the `externalId`s contradict each other.
fn is_same_person(mapping: Mapping, before: &[Attribute], now: &[Attribute]) -> bool {
    let external_ids = (value_at(before, EXTERNAL_ID), value_at(now, EXTERNAL_ID));
    match mapping {
        Mapping::Workplace => external_ids.0.is_some() && external_ids.0 == external_ids.1,
        Mapping::Benefits => {
            let key = |attributes| {
                value_at(attributes, USER_NAME).and_then(Value::as_str).map(str::to_lowercase)
            };
            let contradict = matches!(external_ids, (Some(before), Some(now)) if before != now);
            let (before, now) = (key(before), key(now));
            let renamed = before.as_deref().and_then(behind_object_id);
            (before == now || renamed.is_some() && renamed == now.as_deref()) && !contradict
        }
    }
}

/// What stands behind an object id, which is 32 hex digits.
fn behind_object_id(name: &str) -> Option<&str> {
    let (id, rest) = name.split_at_checked(32)?;
    id.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn for_benefits_a_name_behind_an_object_id_is_the_same_persons() {
        let named = |name: &str, payroll: &str| {
            vec![
                Attribute { path: USER_NAME, value: json!(name) },
                Attribute { path: EXTERNAL_ID, value: json!(payroll) },
            ]
        };
        let before = named("0123456789abcdef0123456789abcdefAda@x", "P-1");
        let same =
            |name, payroll| is_same_person(Mapping::Benefits, &before, &named(name, payroll));
        assert!(same("ada@x", "P-1"));
        assert!(!same("ada@x", "P-2"));
        assert!(!same("bob@x", "P-1"));
    }
}
