//! How people of the model look, who comes back, and what becomes of those who are deleted.

use std::collections::BTreeSet;

use events::{EmployeeId, Profile, ResourceId};

use super::{Model, ModelPerson};

impl Model {
    pub(super) fn is_back(&self, person: &ModelPerson, profile: &Profile) -> bool {
        let (then, now) = (&person.profile.external_id, &profile.external_id);
        let agree = then.is_some() && then == now;
        let contradict = then.is_some() && now.is_some() && !agree;
        let name = profile.user_name.key();
        let behind = |had: &String| had.len() == 32 + name.len() && had.ends_with(&name);
        let had = person.names.contains(&name);
        let bears = |other: &&ModelPerson| !other.gone && other.profile.external_id == *now;
        let bearers: BTreeSet<EmployeeId> =
            self.people.iter().filter(bears).map(|other| other.employee).collect();
        if person.gone {
            let took = self.taken.iter().rfind(|(taken, _)| *taken == name);
            let had_last = took.is_some_and(|(_, resource)| *resource == person.resource);
            let had_both = agree && (had || person.names.iter().any(behind));
            let apart = bearers.len() <= 1 && bearers.iter().all(|one| !self.is_active(*one));
            return if self.benefits {
                had_last && !contradict || had_both
            } else {
                agree && apart || had_both
            };
        }
        let newest = self.newest(person.employee).resource == person.resource;
        let inactive = !self.is_active(person.employee);
        let alone = bearers.len() == 1 && bearers.contains(&person.employee);
        let named = had || behind(&person.profile.user_name.key());
        now.is_some() && newest && inactive && alone && (!self.benefits || named)
    }

    fn is_active(&self, employee: EmployeeId) -> bool {
        self.present(employee).iter().any(|resource| resource.active)
    }

    pub(super) fn look(&mut self, resource: ResourceId, profile: &Profile, active: bool) {
        let step = self.steps;
        let employee = self.people.iter().find(|one| one.resource == resource).unwrap().employee;
        let stood = self.present(employee).iter().any(|one| one.active);
        let person = self.people.iter_mut().find(|person| person.resource == resource).unwrap();
        if person.profile != *profile || person.active != active {
            person.heard = step;
        }
        person.profile = profile.clone();
        person.active = active;
        person.names.push(profile.user_name.key());
        self.taken.push((profile.user_name.key(), resource));
        if stood != self.present(employee).iter().any(|one| one.active) {
            self.hear_of(self.newest(employee).resource);
        }
    }

    fn hear_of(&mut self, resource: ResourceId) {
        let step = self.steps;
        let person = self.people.iter_mut().find(|person| person.resource == resource);
        person.unwrap().heard = step;
    }

    pub(super) fn delete(&mut self, resource: ResourceId) {
        let place = self.people.iter().position(|person| person.resource == resource).unwrap();
        let employee = self.people[place].employee;
        if !self.is_several(employee) {
            let person = &mut self.people[place];
            (person.gone, person.active, person.heard) = (true, false, self.steps);
            return;
        }
        let was_newest = self.newest(employee).resource == resource;
        let stood = self.present(employee).iter().any(|one| one.active);
        let gone = self.people.remove(place);
        if was_newest {
            let heir = self.newest(employee).resource;
            let heir = self.people.iter_mut().find(|person| person.resource == heir).unwrap();
            heir.names.extend(gone.names);
        }
        let stands = self.present(employee).iter().any(|one| one.active);
        let newest = self.newest(employee).resource;
        if was_newest || stood != stands {
            self.hear_of(newest);
        }
        let several = self.is_several(employee);
        for group in &mut self.groups {
            let Some((_, names)) = group.names.iter_mut().find(|(one, _)| *one == employee) else {
                continue;
            };
            if let [only] = &mut names[..] {
                if only.value == resource.to_string() {
                    only.value = newest.to_string();
                    group.inherited.insert(employee);
                }
            } else {
                names.retain(|name| name.value != resource.to_string());
            }
            if !several {
                group.names.retain(|(one, _)| *one != employee);
            }
        }
    }
}
