//! What a cycle has to look at: the difference between the directory and what Entra remembers.

use crate::cycle::memory::{Custody, Memory};
use crate::directory::{Directory, ObjectId, Person};
use crate::mapping::Mapping;

/// One object's turn in a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// New in scope: match it, then create or update.
    Provision(ObjectId),
    /// Known and changed: read it by id, then send the difference.
    Update(ObjectId),
    /// Purged after it was soft-deleted.
    Delete(ObjectId),
    /// Purged after it was merely unassigned: nothing is sent.
    Forget(ObjectId),
}

/// One member's turn in a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberStep {
    Add {
        group: ObjectId,
        person: ObjectId,
    },
    Remove {
        group: ObjectId,
        person: ObjectId,
    },
    /// Out of scope when the group is synced: not sent, and not added later either.
    LeaveOut {
        group: ObjectId,
        person: ObjectId,
    },
}

impl Step {
    pub(crate) fn object(self) -> ObjectId {
        match self {
            Self::Provision(object)
            | Self::Update(object)
            | Self::Delete(object)
            | Self::Forget(object) => object,
        }
    }
}

impl MemberStep {
    pub(crate) fn group(self) -> ObjectId {
        match self {
            Self::Add { group, .. } | Self::Remove { group, .. } | Self::LeaveOut { group, .. } => {
                group
            }
        }
    }
}

/// The people whose turn it is.
pub(crate) fn people(directory: &Directory, memory: &Memory, mapping: Mapping) -> Vec<Step> {
    let mut steps = Vec::new();
    for (id, person) in &directory.people {
        let is_known = memory.users.get(id).is_some_and(|a| a.custody == Custody::Managed);
        let changed = memory.watermark.people.get(id).is_none_or(|before| {
            before.is_live() != person.is_live() || mapping.person(before) != mapping.person(person)
        });
        if !changed && !memory.escrow.contains(id) {
            continue;
        }
        if is_known {
            steps.push(Step::Update(*id));
        } else if person.is_live() {
            // Whoever is disabled and was never provisioned is passed over.
            steps.push(Step::Provision(*id));
        }
    }
    for (id, anchor) in &memory.users {
        if anchor.custody == Custody::Managed && !directory.people.contains_key(id) {
            steps.push(if anchor.assigned { Step::Delete(*id) } else { Step::Forget(*id) });
        }
    }
    steps
}

/// The groups whose turn it is.
pub(crate) fn groups(directory: &Directory, memory: &Memory, mapping: Mapping) -> Vec<Step> {
    let mut steps = Vec::new();
    for (id, group) in &directory.groups {
        let is_known = memory.groups.get(id).is_some_and(|a| a.custody == Custody::Managed);
        let changed = memory
            .watermark
            .groups
            .get(id)
            .is_none_or(|before| mapping.group(before) != mapping.group(group));
        if !is_known {
            steps.push(Step::Provision(*id));
        } else if changed || memory.escrow.contains(id) {
            steps.push(Step::Update(*id));
        }
    }
    for (id, anchor) in &memory.groups {
        if anchor.custody == Custody::Managed && !directory.groups.contains_key(id) {
            steps.push(Step::Delete(*id));
        }
    }
    steps
}

/// The members whose turn it is, group by group.
pub(crate) fn members(directory: &Directory, memory: &Memory) -> Vec<MemberStep> {
    let mut steps = Vec::new();
    for (group, anchor) in &memory.groups {
        let (group, Some(now)) = (*group, directory.groups.get(group)) else { continue };
        if anchor.custody != Custody::Managed {
            continue;
        }
        for person in &now.members {
            let (person, membership) = (*person, (group, *person));
            if memory.memberships.contains_key(&membership) || memory.left_out.contains(&membership)
            {
                continue;
            }
            let is_live = directory.people.get(&person).is_some_and(Person::is_live);
            let is_known = memory.users.get(&person).is_some_and(|a| a.custody == Custody::Managed);
            match (is_live, is_known) {
                (true, true) => steps.push(MemberStep::Add { group, person }),
                // Their own turn failed: both are tried again in the next cycle.
                (true, false) => {}
                (false, true | false) => steps.push(MemberStep::LeaveOut { group, person }),
            }
        }
        for person in memory.members(group) {
            // Somebody purged is no object any more that a reference could be taken from.
            if !now.members.contains(&person) && directory.people.contains_key(&person) {
                steps.push(MemberStep::Remove { group, person });
            }
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cycle::memory::Anchor;
    use crate::directory::{Group, generate};

    /// A memory in which all of `directory` has been provisioned.
    fn provisioned(directory: &Directory) -> Memory {
        let mut memory = Memory { watermark: directory.clone(), ..Memory::default() };
        for id in directory.people.keys() {
            memory.users.insert(*id, Anchor::new(format!("u-{id}"), Vec::new()));
        }
        for (id, group) in &directory.groups {
            memory.groups.insert(*id, Anchor::new(format!("g-{id}"), Vec::new()));
            for person in &group.members {
                memory.memberships.insert((*id, *person), None);
            }
        }
        memory
    }

    fn somebody(directory: &mut Directory) -> &mut Person {
        directory.people.values_mut().next().unwrap()
    }

    fn some_group(directory: &mut Directory) -> &mut Group {
        directory.groups.values_mut().find(|group| group.members.len() > 1).unwrap()
    }

    #[test]
    fn the_first_cycle_looks_at_everybody_in_scope_and_passes_over_the_others() {
        let mut company = generate(10, 3, 1);
        somebody(&mut company).in_scope = false;
        let memory = Memory::default();
        assert_eq!(people(&company, &memory, Mapping::Workplace).len(), 9);
        assert_eq!(groups(&company, &memory, Mapping::Workplace).len(), 3);
        assert_eq!(members(&company, &memory), vec![], "no group is there yet");
    }

    #[test]
    fn without_a_change_there_is_nothing_to_look_at() {
        let company = generate(40, 5, 1);
        let memory = provisioned(&company);
        assert_eq!(people(&company, &memory, Mapping::Workplace), vec![]);
        assert_eq!(groups(&company, &memory, Mapping::Workplace), vec![]);
        assert_eq!(members(&company, &memory), vec![]);
    }

    #[test]
    fn a_change_that_is_not_mapped_is_no_change() {
        let mut company = generate(10, 0, 1);
        let memory = provisioned(&company);
        somebody(&mut company).mobile = Some("+1 555 0100".into());
        assert_eq!(people(&company, &memory, Mapping::Workplace), vec![]);
        assert_eq!(people(&company, &memory, Mapping::Benefits).len(), 1);
    }

    #[test]
    fn a_purge_becomes_a_delete_unless_the_person_was_merely_unassigned() {
        let mut company = generate(10, 3, 1);
        let mut memory = provisioned(&company);
        let ids: Vec<_> = company.people.keys().copied().collect();
        memory.users.get_mut(&ids[1]).unwrap().assigned = false;
        company.purge(ids[0]);
        company.purge(ids[1]);
        let steps = people(&company, &memory, Mapping::Workplace);
        assert_eq!(steps, vec![Step::Delete(ids[0]), Step::Forget(ids[1])]);
        assert_eq!(members(&company, &memory), vec![], "nobody is taken out of a group by name");
    }

    #[test]
    fn a_mover_is_added_and_removed_alone() {
        let mut company = generate(40, 5, 1);
        let memory = provisioned(&company);
        let outsider = *company.people.keys().last().unwrap();
        let team = some_group(&mut company);
        team.members.remove(&outsider);
        let (group, leaver) = (team.object_id, *team.members.first().unwrap());
        let mut memory_without = memory.clone();
        memory_without.memberships.remove(&(group, outsider));
        team.members.remove(&leaver);
        team.members.insert(outsider);
        assert_eq!(
            members(&company, &memory_without),
            vec![
                MemberStep::Add { group, person: outsider },
                MemberStep::Remove { group, person: leaver }
            ]
        );
    }

    #[test]
    fn a_member_out_of_scope_is_left_out() {
        let mut company = generate(40, 5, 1);
        let mut memory = provisioned(&company);
        let team = some_group(&mut company);
        let (group, person) = (team.object_id, *team.members.first().unwrap());
        company.people.get_mut(&person).unwrap().in_scope = false;
        memory.memberships.remove(&(group, person));
        assert_eq!(members(&company, &memory), vec![MemberStep::LeaveOut { group, person }]);
    }

    #[test]
    fn what_failed_is_tried_again() {
        let company = generate(10, 2, 1);
        let mut memory = provisioned(&company);
        let (person, group) =
            (*company.people.keys().next().unwrap(), *company.groups.keys().next().unwrap());
        memory.escrow.extend([person, group]);
        assert_eq!(people(&company, &memory, Mapping::Workplace), vec![Step::Update(person)]);
        assert_eq!(groups(&company, &memory, Mapping::Workplace), vec![Step::Update(group)]);
    }
}
