//! All people of a tenant, and the ways to find them.

use std::sync::Arc;

use events::{EmployeeId, ResourceId, Seq};
use imbl::{OrdMap, OrdSet};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::in_order::InOrder;
use crate::{Person, looks};

/// All people of a tenant. Those whose SCIM resource is gone are found by employee id only.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct People {
    persons: OrdMap<EmployeeId, Arc<Person>>,
    /// Every resource there ever was: an old id still names its person.
    resources: OrdMap<ResourceId, EmployeeId>,
    user_names: OrdMap<Arc<str>, EmployeeId>,
    /// Thousands may share one: so that none of the questions about it looks at all of them, they
    /// are in the order of [`Presence`].
    external_ids: OrdSet<(Arc<str>, Presence)>,
    in_order: InOrder<EmployeeId>,
    /// The user names that those had whose resource is gone, in the order in which they went.
    gone_user_names: OrdSet<(Arc<str>, Seq, EmployeeId)>,
    /// The same, by the external id or the lack of one that they had.
    gone_identities: OrdSet<(Identity, Seq, EmployeeId)>,
    active: usize,
}

/// A user name and the external id beside it, if there was one.
type Identity = (Arc<str>, Option<Arc<str>>);

/// How somebody is there: Active people before Former ones, and those whose resource is gone last,
/// in the order in which they went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Presence {
    Active(EmployeeId),
    Former(EmployeeId),
    Gone(Seq, EmployeeId),
}

impl Presence {
    const FIRST: Self = Self::Active(EmployeeId(Uuid::nil()));
    const LAST_ACTIVE: Self = Self::Active(EmployeeId(Uuid::max()));
    const LAST_FORMER: Self = Self::Former(EmployeeId(Uuid::max()));
    const LAST: Self = Self::Gone(Seq(u64::MAX), EmployeeId(Uuid::max()));

    fn of(person: &Person) -> Self {
        if person.gone {
            Self::Gone(person.version, person.employee)
        } else if person.active() {
            Self::Active(person.employee)
        } else {
            Self::Former(person.employee)
        }
    }

    fn employee(self) -> EmployeeId {
        match self {
            Self::Active(employee) | Self::Former(employee) | Self::Gone(_, employee) => employee,
        }
    }
}

impl People {
    /// The person whose present resource this is.
    pub fn by_resource(&self, resource: ResourceId) -> Option<&Person> {
        self.by_employee(self.ever_had(resource)?)
            .filter(|person| person.resource == resource && !person.gone)
    }

    /// The person, whether their resource is there or gone.
    pub fn by_employee(&self, employee: EmployeeId) -> Option<&Person> {
        looks::one();
        self.persons.get(&employee).map(Arc::as_ref)
    }

    /// The holder of a user name, however it is spelt (RFC 7643 §4.1.1).
    pub fn by_user_name(&self, user_name: &str) -> Option<&Person> {
        self.by_employee(*self.user_names.get(user_name.to_lowercase().as_str())?)
    }

    /// Those with an external id, which need not be unique (RFC 7643 §3.1): the Active ones first.
    pub fn by_external_id(&self, external_id: &str) -> impl Iterator<Item = &Person> {
        self.with_external_id(external_id, Presence::LAST_FORMER)
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

    /// Those with an external id who are Active.
    pub(crate) fn active_with_external_id(&self, id: &str) -> impl Iterator<Item = &Person> {
        self.with_external_id(id, Presence::LAST_ACTIVE)
    }

    fn with_external_id(&self, id: &str, last: Presence) -> impl Iterator<Item = &Person> {
        let id: Arc<str> = id.into();
        let range = (Arc::clone(&id), Presence::FIRST)..=(id, last);
        self.external_ids
            .range(range)
            .filter_map(|(_, presence)| self.by_employee(presence.employee()))
    }

    /// Of those with an external id whose resource is gone, the one who went last.
    pub(crate) fn last_gone_with_external_id(&self, id: &str) -> Option<&Person> {
        let id: Arc<str> = id.into();
        let range = (Arc::clone(&id), Presence::FIRST)..=(id, Presence::LAST);
        let (_, last) = self.external_ids.range(range).next_back()?;
        self.by_employee(last.employee()).filter(|person| person.gone)
    }

    /// Of those whose resource is gone and who had this user name, the one who went last.
    pub(crate) fn last_gone_with_user_name(&self, user_name: &str) -> Option<&Person> {
        self.by_employee(last(&self.gone_user_names, user_name.to_lowercase().into())?.1)
    }

    /// The same among those whose external id does not contradict this one: it is the same, or one
    /// of the two is none.
    pub(crate) fn last_gone_with_identity(
        &self,
        user_name: &str,
        external_id: Option<&str>,
    ) -> Option<&Person> {
        let Some(id) = external_id else { return self.last_gone_with_user_name(user_name) };
        let name: Arc<str> = user_name.to_lowercase().into();
        let same = last(&self.gone_identities, (Arc::clone(&name), Some(id.into())));
        let none = last(&self.gone_identities, (name, None));
        self.by_employee(same.max(none)?.1)
    }

    /// Takes a person in, in place of what was known about them.
    pub(crate) fn put(&mut self, person: Person) {
        self.forget(person.employee);
        self.active += usize::from(person.active());
        let employee = person.employee;
        self.resources.insert(person.resource, employee);
        if let Some(id) = person.external_id.clone() {
            self.external_ids.insert((id, Presence::of(&person)));
        }
        if person.gone {
            let (name, went) = (person.user_name_key(), person.version);
            self.gone_user_names.insert((Arc::clone(&name), went, employee));
            self.gone_identities.insert(((name, person.external_id.clone()), went, employee));
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
            self.external_ids.remove(&(id, Presence::of(&person)));
        }
        let name = person.user_name_key();
        if person.gone {
            let went = person.version;
            self.gone_user_names.remove(&(Arc::clone(&name), went, employee));
            self.gone_identities.remove(&((name, person.external_id.clone()), went, employee));
        } else {
            if self.user_names.get(&name) == Some(&employee) {
                self.user_names.remove(&name);
            }
            self.in_order.remove(person.created);
        }
    }
}

/// Who went last of those whom a set has under this key, and when.
fn last<K: Clone + Ord>(gone: &OrdSet<(K, Seq, EmployeeId)>, key: K) -> Option<(Seq, EmployeeId)> {
    let first = (key.clone(), Seq(0), EmployeeId(Uuid::nil()));
    let end = (key, Seq(u64::MAX), EmployeeId(Uuid::max()));
    gone.range(first..=end).next_back().map(|(_, went, employee)| (*went, *employee))
}
