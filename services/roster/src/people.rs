//! All people of a tenant, and the ways to find them.

use std::sync::Arc;

use events::{EmployeeId, ResourceId, Seq};
use imbl::{OrdMap, OrdSet};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Person;
use crate::in_order::InOrder;

/// All people of a tenant. Those whose SCIM resource is gone are found by employee id only.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct People {
    persons: OrdMap<EmployeeId, Arc<Person>>,
    /// Every resource there ever was: an old id still names its person.
    resources: OrdMap<ResourceId, EmployeeId>,
    user_names: OrdMap<Arc<str>, EmployeeId>,
    external_ids: OrdSet<(Arc<str>, EmployeeId)>,
    in_order: InOrder<EmployeeId>,
    /// The user names that those had whose resource is gone.
    gone_user_names: OrdSet<(Arc<str>, EmployeeId)>,
    active: usize,
}

impl People {
    /// The person whose present resource this is.
    pub fn by_resource(&self, resource: ResourceId) -> Option<&Person> {
        self.by_employee(self.ever_had(resource)?)
            .filter(|person| person.resource == resource && !person.gone)
    }

    /// The person, whether their resource is there or gone.
    pub fn by_employee(&self, employee: EmployeeId) -> Option<&Person> {
        self.persons.get(&employee).map(Arc::as_ref)
    }

    /// The holder of a user name, however it is spelt (RFC 7643 §4.1.1).
    pub fn by_user_name(&self, user_name: &str) -> Option<&Person> {
        self.by_employee(*self.user_names.get(user_name.to_lowercase().as_str())?)
    }

    /// Those with an external id, which need not be unique (RFC 7643 §3.1).
    pub fn by_external_id(&self, external_id: &str) -> impl Iterator<Item = &Person> {
        self.ever_with_external_id(external_id).filter(|person| !person.gone)
    }

    /// All in the order in which their resources were made, without the first `offset`.
    pub fn skipping(&self, offset: usize) -> impl Iterator<Item = &Person> {
        self.in_order.skipping(offset).filter_map(|employee| self.by_employee(employee))
    }

    /// All whose resources were made after the event `created`, in order.
    pub fn after(&self, created: Seq) -> impl Iterator<Item = &Person> {
        self.in_order.after(created).filter_map(|employee| self.by_employee(employee))
    }

    /// How many resources there are.
    pub fn count(&self) -> usize {
        self.in_order.len()
    }

    /// How many are Active by what the directory says.
    pub fn active(&self) -> usize {
        self.active
    }

    /// Whether a person's resource was deleted.
    pub(crate) fn is_gone(&self, employee: EmployeeId) -> bool {
        self.by_employee(employee).is_some_and(|person| person.gone)
    }

    /// The person who has or had this resource.
    pub(crate) fn ever_had(&self, resource: ResourceId) -> Option<EmployeeId> {
        self.resources.get(&resource).copied()
    }

    /// Those with an external id, also when their resource is gone.
    pub(crate) fn ever_with_external_id(&self, id: &str) -> impl Iterator<Item = &Person> {
        with(&self.external_ids, id).filter_map(|employee| self.by_employee(employee))
    }

    /// Those whose resource is gone, and who had this user name.
    pub(crate) fn gone_with_user_name(&self, user_name: &str) -> impl Iterator<Item = &Person> {
        with(&self.gone_user_names, &user_name.to_lowercase())
            .filter_map(|employee| self.by_employee(employee))
    }

    /// Takes a person in, in place of what was known about them.
    pub(crate) fn put(&mut self, person: Person) {
        self.forget(person.employee);
        self.active += usize::from(person.active());
        let employee = person.employee;
        self.resources.insert(person.resource, employee);
        if let Some(id) = person.external_id.clone() {
            self.external_ids.insert((id, employee));
        }
        if person.gone {
            self.gone_user_names.insert((person.user_name_key(), employee));
        } else {
            self.user_names.insert(person.user_name_key(), employee);
            self.in_order.insert(person.created, employee);
        }
        self.persons.insert(employee, Arc::new(person));
    }

    fn forget(&mut self, employee: EmployeeId) {
        let Some(person) = self.persons.remove(&employee) else { return };
        self.active -= usize::from(person.active());
        if let Some(id) = person.external_id.clone() {
            self.external_ids.remove(&(id, employee));
        }
        let name = person.user_name_key();
        if person.gone {
            self.gone_user_names.remove(&(name, employee));
        } else {
            if self.user_names.get(&name) == Some(&employee) {
                self.user_names.remove(&name);
            }
            self.in_order.remove(person.created);
        }
    }
}

/// The people to whom a set of pairs gives this key.
fn with<'a>(
    pairs: &'a OrdSet<(Arc<str>, EmployeeId)>,
    key: &str,
) -> impl Iterator<Item = EmployeeId> + use<'a> {
    let key: Arc<str> = key.into();
    let first = (Arc::clone(&key), EmployeeId(Uuid::nil()));
    pairs.range(first..=(key, EmployeeId(Uuid::max()))).map(|(_, employee)| *employee)
}
