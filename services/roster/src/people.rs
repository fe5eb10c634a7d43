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
    /// The resource that took each user name last, whether it has it still or not.
    user_names: OrdMap<Arc<str>, ResourceId>,
    /// The user names that the last resource of each person had before: few are ever renamed.
    earlier_names: OrdSet<(ResourceId, Arc<str>)>,
    /// Thousands may share one: so that none of the questions about it looks at all of them, they
    /// are in the order of [`Presence`].
    external_ids: OrdSet<(Arc<str>, Presence)>,
    in_order: InOrder<EmployeeId>,
    /// Those whose resource is gone and had an external id, by this and each user name that it had,
    /// in the order in which they went.
    gone_identities: OrdSet<(Identity, Seq, EmployeeId)>,
    active: usize,
}

/// A user name and the external id beside it.
type Identity = (Arc<str>, Arc<str>);

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
        let name = user_name.to_lowercase();
        self.by_resource(*self.user_names.get(name.as_str())?)
            .filter(|person| *person.user_name_key() == *name)
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

    /// Whether a person is Active by what the directory says.
    pub(crate) fn is_active(&self, employee: EmployeeId) -> bool {
        self.by_employee(employee).is_some_and(Person::active)
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

    /// Whoever had this user name last, if their resource is gone: a name that has passed to somebody
    /// else means them, whether they still have it or not.
    pub(crate) fn gone_holder(&self, user_name: &str) -> Option<&Person> {
        let resource = *self.user_names.get(user_name.to_lowercase().as_str())?;
        self.by_employee(self.ever_had(resource)?)
            .filter(|person| person.gone && person.resource == resource)
    }

    /// Whom a user name and an external id mean, of those whose resource is gone: whoever had this
    /// name last, unless the external ids contradict each other; and whoever had both, however the
    /// name has been used since, or stood behind an object id. Of several, the one who went last.
    pub(crate) fn gone_with_identity(
        &self,
        user_name: &str,
        external_id: Option<&str>,
    ) -> Option<&Person> {
        let holder = self.gone_holder(user_name);
        let Some(id) = external_id else { return holder };
        let same = self.last_gone_with((user_name.to_lowercase().into(), id.into()));
        let holder = holder.filter(|person| person.external_id().is_none());
        same.into_iter().chain(holder).max_by_key(|person| person.version)
    }

    fn last_gone_with(&self, identity: Identity) -> Option<&Person> {
        let first = (identity.clone(), Seq(0), EmployeeId(Uuid::nil()));
        let end = (identity, Seq(u64::MAX), EmployeeId(Uuid::max()));
        let (.., employee) = self.gone_identities.range(first..=end).next_back()?;
        self.by_employee(*employee)
    }

    /// Under which names and external id somebody is found whose resource is gone.
    fn identities(&self, person: &Person) -> Vec<Identity> {
        let Some(id) = &person.external_id else { return vec![] };
        let mut names = self.earlier_names_of(person.resource);
        names.push(person.user_name_key());
        let plain: Vec<Arc<str>> =
            names.iter().filter_map(|name| behind_object_id(name)).map(Arc::from).collect();
        names.into_iter().chain(plain).map(|name| (name, Arc::clone(id))).collect()
    }

    fn earlier_names_of(&self, resource: ResourceId) -> Vec<Arc<str>> {
        let from = (resource, Arc::from(""));
        let names = self.earlier_names.range(from..).take_while(|(of, _)| *of == resource);
        names.map(|(_, name)| Arc::clone(name)).collect()
    }

    /// Takes a person in, in place of what was known about them.
    pub(crate) fn put(&mut self, person: Person) {
        if let Some(before) = self.forget(person.employee) {
            self.note_name(&before, &person);
        }
        self.active += usize::from(person.active());
        let employee = person.employee;
        self.resources.insert(person.resource, employee);
        if let Some(id) = person.external_id.clone() {
            self.external_ids.insert((id, Presence::of(&person)));
        }
        if person.gone {
            for identity in self.identities(&person) {
                self.gone_identities.insert((identity, person.version, employee));
            }
        } else {
            self.user_names.insert(person.user_name_key(), person.resource);
            self.in_order.insert(person.created, employee);
        }
        self.persons.insert(employee, Arc::new(person));
    }

    /// Remembers the name that a resource had before, and no more those of an earlier resource.
    fn note_name(&mut self, before: &Person, after: &Person) {
        let name = before.user_name_key();
        if before.resource != after.resource {
            for name in self.earlier_names_of(before.resource) {
                self.earlier_names.remove(&(before.resource, name));
            }
        } else if name != after.user_name_key() {
            self.earlier_names.insert((after.resource, name));
        }
    }

    fn forget(&mut self, employee: EmployeeId) -> Option<Arc<Person>> {
        let person = self.persons.remove(&employee)?;
        self.active -= usize::from(person.active());
        if let Some(id) = person.external_id.clone() {
            self.external_ids.remove(&(id, Presence::of(&person)));
        }
        if person.gone {
            for identity in self.identities(&person) {
                self.gone_identities.remove(&(identity, person.version, employee));
            }
        } else {
            self.in_order.remove(person.created);
        }
        Some(person)
    }
}

/// The name that stands behind an object id: Entra may put one, 32 hex digits, in front of a user's
/// name before it deletes the user.
pub(crate) fn behind_object_id(name: &str) -> Option<&str> {
    let (id, rest) = name.split_at_checked(32)?;
    (!rest.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(rest)
}
