//! People come into the lists by which they are found, change in them and go.

use std::sync::Arc;

use events::{EmployeeId, ResourceId, Standing};

use super::{People, Presence};
use crate::Person;

impl People {
    /// Takes a person's newest resource in. One that was there until now is superseded by it, if it
    /// is another.
    pub(crate) fn put(&mut self, person: Person) {
        let employee = person.employee;
        let stood = self.standing(employee);
        if let Some(same) = self.superseded.remove(&(employee, person.resource)) {
            self.unlist(&same);
        }
        match self.persons.remove(&employee) {
            Some(before) if before.resource == person.resource => self.relist(&before, &person),
            Some(before) if before.gone => {
                self.unlist(&before);
                self.forget_names(before.resource);
            }
            Some(before) => {
                self.superseded.insert((employee, before.resource), before);
            }
            None => {}
        }
        self.list(&person);
        self.persons.insert(employee, Arc::new(person));
        self.count_active(employee, stood);
    }

    /// Takes in how one of a person's resources is now, whether it is the newest or not.
    pub(crate) fn put_resource(&mut self, person: Person) {
        let key = (person.employee, person.resource);
        let Some(before) = self.superseded.get(&key).cloned() else { return self.put(person) };
        let stood = self.standing(person.employee);
        self.relist(&before, &person);
        self.list(&person);
        self.superseded.insert(key, Arc::new(person));
        self.count_active(key.0, stood);
    }

    /// Lets one of a person's several resources go. If it was the newest, the newest of the others
    /// takes its place.
    pub(crate) fn drop_resource(&mut self, employee: EmployeeId, resource: ResourceId) {
        let stood = self.standing(employee);
        let gone = match self.superseded.remove(&(employee, resource)) {
            Some(gone) => gone,
            None => {
                let Some(heir) = self.heir(employee) else { return };
                let Some(heir) = self.superseded.remove(&(employee, heir)) else { return };
                let heir_resource = heir.resource;
                let Some(gone) = self.persons.insert(employee, heir) else { return };
                // The names that the person went by last tell who is back, whichever resource
                // goes first.
                let mut names = self.earlier_names_of(gone.resource);
                names.push(gone.user_name_key());
                let names = names.into_iter().map(|name| (heir_resource, name));
                self.earlier_names.extend(names);
                gone
            }
        };
        self.unlist(&gone);
        self.forget_names(gone.resource);
        self.count_active(employee, stood);
    }

    /// The resource that describes a person once the newest is gone.
    pub(crate) fn heir(&self, employee: EmployeeId) -> Option<ResourceId> {
        let heir = self.superseded_of(employee).max_by_key(|older| older.created);
        heir.map(|heir| heir.resource)
    }

    /// Forgets a person, and that they had these resources. It looks at everybody's user names: one
    /// that the person gave up long ago goes too.
    pub(crate) fn forget(&mut self, employee: EmployeeId, resources: &[ResourceId]) {
        let stood = self.standing(employee);
        let older: Vec<ResourceId> =
            self.superseded_of(employee).map(|older| older.resource).collect();
        let older = older.into_iter().filter_map(|one| self.superseded.remove(&(employee, one)));
        let described: Vec<Arc<Person>> = older.chain(self.persons.remove(&employee)).collect();
        for person in described {
            self.unlist(&person);
        }
        let theirs = |resource: &ResourceId| {
            resources.contains(resource) && self.resources.get(resource) == Some(&employee)
        };
        let names = self.user_names.iter().filter(|(_, resource)| theirs(resource));
        for name in names.map(|(name, _)| Arc::clone(name)).collect::<Vec<_>>() {
            self.user_names.remove(&name);
        }
        for resource in resources {
            self.forget_names(*resource);
            self.resources.remove(resource);
        }
        self.count_active(employee, stood);
    }

    fn count_active(&mut self, employee: EmployeeId, stood: Standing) {
        match (stood, self.standing(employee)) {
            (Standing::Former, Standing::Active) => self.active += 1,
            (Standing::Active, Standing::Former) => self.active -= 1,
            (Standing::Active, Standing::Active) | (Standing::Former, Standing::Former) => {}
        }
    }

    fn list(&mut self, person: &Person) {
        self.resources.insert(person.resource, person.employee);
        if let Some(id) = person.external_id.clone() {
            self.external_ids.insert((id, Presence::of(person)));
        }
        if person.gone {
            for identity in self.identities(person) {
                self.gone_identities.insert((identity, person.version, person.employee));
            }
        } else {
            self.user_names.insert(person.user_name_key(), person.resource);
            self.by_creation.insert(person.created, person.resource);
        }
    }

    fn unlist(&mut self, person: &Person) {
        if let Some(id) = person.external_id.clone() {
            self.external_ids.remove(&(id, Presence::of(person)));
        }
        if person.gone {
            for identity in self.identities(person) {
                self.gone_identities.remove(&(identity, person.version, person.employee));
            }
        } else {
            self.by_creation.remove(person.created);
        }
    }

    /// Takes a resource out of the lists that is to be listed as another state of itself, and
    /// remembers the name that it had.
    fn relist(&mut self, before: &Person, after: &Person) {
        self.unlist(before);
        let name = before.user_name_key();
        if name != after.user_name_key() {
            self.earlier_names.insert((before.resource, name));
        }
    }

    fn forget_names(&mut self, resource: ResourceId) {
        for name in self.earlier_names_of(resource) {
            self.earlier_names.remove(&(resource, name));
        }
    }
}
