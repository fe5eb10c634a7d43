//! What a cycle has to look at: the difference between the directory and what Entra remembers.

use crate::cycle::sync_state::{Management, SyncState};
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
pub(crate) fn people(directory: &Directory, state: &SyncState, mapping: Mapping) -> Vec<Step> {
    let mut steps = Vec::new();
    for (id, person) in &directory.people {
        let is_known = state.users.get(id).is_some_and(|a| a.management == Management::Managed);
        let changed = state.watermark.people.get(id).is_none_or(|before| {
            before.is_live() != person.is_live() || mapping.person(before) != mapping.person(person)
        });
        if !changed && !state.escrow.contains(id) {
            continue;
        }
        if is_known {
            steps.push(Step::Update(*id));
        } else if person.is_live() {
            // Whoever is disabled and was never provisioned is passed over.
            steps.push(Step::Provision(*id));
        }
    }
    for (id, anchor) in &state.users {
        if anchor.management == Management::Managed && !directory.people.contains_key(id) {
            steps.push(if anchor.assigned { Step::Delete(*id) } else { Step::Forget(*id) });
        }
    }
    steps
}

/// The groups whose turn it is.
pub(crate) fn groups(directory: &Directory, state: &SyncState, mapping: Mapping) -> Vec<Step> {
    let mut steps = Vec::new();
    for (id, group) in &directory.groups {
        let is_known = state.groups.get(id).is_some_and(|a| a.management == Management::Managed);
        let changed = state
            .watermark
            .groups
            .get(id)
            .is_none_or(|before| mapping.group(before) != mapping.group(group));
        if !is_known {
            steps.push(Step::Provision(*id));
        } else if changed || state.escrow.contains(id) {
            steps.push(Step::Update(*id));
        }
    }
    for (id, anchor) in &state.groups {
        if anchor.management == Management::Managed && !directory.groups.contains_key(id) {
            steps.push(Step::Delete(*id));
        }
    }
    steps
}

/// The members whose turn it is, group by group.
pub(crate) fn members(directory: &Directory, state: &SyncState) -> Vec<MemberStep> {
    let mut steps = Vec::new();
    for (group, anchor) in &state.groups {
        let (group, Some(now)) = (*group, directory.groups.get(group)) else { continue };
        if anchor.management != Management::Managed {
            continue;
        }
        for person in &now.members {
            let (person, membership) = (*person, (group, *person));
            if state.memberships.contains_key(&membership) || state.left_out.contains(&membership) {
                continue;
            }
            let is_live = directory.people.get(&person).is_some_and(Person::is_live);
            let is_known =
                state.users.get(&person).is_some_and(|a| a.management == Management::Managed);
            match (is_live, is_known) {
                (true, true) => steps.push(MemberStep::Add { group, person }),
                // Their own turn failed: both are tried again in the next cycle.
                (true, false) => {}
                (false, true | false) => steps.push(MemberStep::LeaveOut { group, person }),
            }
        }
        for person in state.members(group) {
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
    use crate::cycle::sync_state::Anchor;
    use crate::directory::{Group, generate};

    /// A state in which all of `directory` has been provisioned.
    fn provisioned(directory: &Directory) -> SyncState {
        let mut state = SyncState { watermark: directory.clone(), ..SyncState::default() };
        for id in directory.people.keys() {
            state.users.insert(*id, Anchor::new(format!("u-{id}"), Vec::new()));
        }
        for (id, group) in &directory.groups {
            state.groups.insert(*id, Anchor::new(format!("g-{id}"), Vec::new()));
            for person in &group.members {
                state.memberships.insert((*id, *person), None);
            }
        }
        state
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
        let state = SyncState::default();
        assert_eq!(people(&company, &state, Mapping::Workplace).len(), 9);
        assert_eq!(groups(&company, &state, Mapping::Workplace).len(), 3);
        assert_eq!(members(&company, &state), vec![], "no group is there yet");
    }

    #[test]
    fn without_a_change_there_is_nothing_to_look_at() {
        let company = generate(40, 5, 1);
        let state = provisioned(&company);
        assert_eq!(people(&company, &state, Mapping::Workplace), vec![]);
        assert_eq!(groups(&company, &state, Mapping::Workplace), vec![]);
        assert_eq!(members(&company, &state), vec![]);
    }

    #[test]
    fn a_change_that_is_not_mapped_is_no_change() {
        let mut company = generate(10, 0, 1);
        let state = provisioned(&company);
        somebody(&mut company).mobile = Some("+1 555 0100".into());
        assert_eq!(people(&company, &state, Mapping::Workplace), vec![]);
        assert_eq!(people(&company, &state, Mapping::Benefits).len(), 1);
    }

    #[test]
    fn a_purge_becomes_a_delete_unless_the_person_was_merely_unassigned() {
        let mut company = generate(10, 3, 1);
        let mut state = provisioned(&company);
        let ids: Vec<_> = company.people.keys().copied().collect();
        state.users.get_mut(&ids[1]).unwrap().assigned = false;
        company.purge(ids[0]);
        company.purge(ids[1]);
        let steps = people(&company, &state, Mapping::Workplace);
        assert_eq!(steps, vec![Step::Delete(ids[0]), Step::Forget(ids[1])]);
        assert_eq!(members(&company, &state), vec![], "nobody is taken out of a group by name");
    }

    #[test]
    fn a_mover_is_added_and_removed_alone() {
        let mut company = generate(40, 5, 1);
        let state = provisioned(&company);
        let outsider = *company.people.keys().last().unwrap();
        let team = some_group(&mut company);
        team.members.remove(&outsider);
        let (group, leaver) = (team.object_id, *team.members.first().unwrap());
        let mut state_without = state.clone();
        state_without.memberships.remove(&(group, outsider));
        team.members.remove(&leaver);
        team.members.insert(outsider);
        assert_eq!(
            members(&company, &state_without),
            vec![
                MemberStep::Add { group, person: outsider },
                MemberStep::Remove { group, person: leaver }
            ]
        );
    }

    #[test]
    fn a_member_out_of_scope_is_left_out() {
        let mut company = generate(40, 5, 1);
        let mut state = provisioned(&company);
        let team = some_group(&mut company);
        let (group, person) = (team.object_id, *team.members.first().unwrap());
        company.people.get_mut(&person).unwrap().in_scope = false;
        state.memberships.remove(&(group, person));
        assert_eq!(members(&company, &state), vec![MemberStep::LeaveOut { group, person }]);
    }

    #[test]
    fn what_failed_is_tried_again() {
        let company = generate(10, 2, 1);
        let mut state = provisioned(&company);
        let (person, group) =
            (*company.people.keys().next().unwrap(), *company.groups.keys().next().unwrap());
        state.escrow.extend([person, group]);
        assert_eq!(people(&company, &state, Mapping::Workplace), vec![Step::Update(person)]);
        assert_eq!(groups(&company, &state, Mapping::Workplace), vec![Step::Update(group)]);
    }
}
