//! All people of a tenant, and the ways to find them.

mod identity;
mod listing;

use std::sync::Arc;

use events::{EmployeeId, ResourceId, Seq, Standing};
use imbl::{OrdMap, OrdSet};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::members::resource;
use crate::order_index::OrderIndex;
use crate::{Person, lookups};

/// All people of a tenant. Those whose SCIM resource is gone are found by employee id only.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct People {
    /// Each by their newest resource, which describes them.
    persons: OrdMap<EmployeeId, Arc<Person>>,
    /// The older resources of those who were made anew before the old one was deleted.
    superseded: OrdMap<(EmployeeId, ResourceId), Arc<Person>>,
    /// Every resource there ever was: an old id still names its person.
    resources: OrdMap<ResourceId, EmployeeId>,
    /// The resource that took each user name last, whether it has it still or not.
    user_names: OrdMap<Arc<str>, ResourceId>,
    /// The user names that resources had before, if they are present or their person's last: few are
    /// ever renamed.
    earlier_names: OrdSet<(ResourceId, Arc<str>)>,
    /// Thousands may share one: so that none of the questions about it looks at all of them, they
    /// are in the order of [`Presence`].
    external_ids: OrdSet<(Arc<str>, Presence)>,
    by_creation: OrderIndex<ResourceId>,
    /// Those whose resource is gone and had an external id, by this and each user name that it had,
    /// in the order in which they went.
    gone_identities: OrdSet<(Identity, Seq, EmployeeId)>,
    active: usize,
}

/// A user name and the external id beside it.
type Identity = (Arc<str>, Arc<str>);

/// How a resource is there: active ones before inactive ones, and those last that are gone, in the
/// order in which they went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Presence {
    Active(ResourceId),
    Former(ResourceId),
    Gone(Seq, EmployeeId),
}

impl Presence {
    const FIRST: Self = Self::Active(ResourceId(Uuid::nil()));
    const LAST_ACTIVE: Self = Self::Active(ResourceId(Uuid::max()));
    const LAST_FORMER: Self = Self::Former(ResourceId(Uuid::max()));
    const LAST: Self = Self::Gone(Seq(u64::MAX), EmployeeId(Uuid::max()));

    fn of(person: &Person) -> Self {
        if person.gone {
            Self::Gone(person.version, person.employee)
        } else if person.active() {
            Self::Active(person.resource)
        } else {
            Self::Former(person.resource)
        }
    }
}

impl People {
    /// The person, as this resource describes them, if it is present.
    pub fn by_resource(&self, resource: ResourceId) -> Option<&Person> {
        let employee = self.ever_had(resource)?;
        let newest = self.by_employee(employee)?;
        if newest.resource == resource {
            return Some(newest).filter(|newest| !newest.gone);
        }
        self.superseded.get(&(employee, resource)).map(Arc::as_ref)
    }

    /// The person by their newest resource, whether it is there or gone.
    pub fn by_employee(&self, employee: EmployeeId) -> Option<&Person> {
        lookups::count();
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
        self.by_creation.skipping(offset).filter_map(|resource| self.by_resource(resource))
    }

    /// All whose resources were made after the event `created`, in order.
    pub fn after(&self, created: Seq) -> impl Iterator<Item = &Person> {
        self.by_creation.after(created).filter_map(|resource| self.by_resource(resource))
    }

    /// All people there ever were, each by their newest resource: those too whose resource is gone.
    pub fn all(&self) -> impl Iterator<Item = &Person> {
        self.persons.values().map(Arc::as_ref)
    }

    /// The resources of a person, the newest first; the last one that they had, if it is gone.
    pub fn resources_of(&self, employee: EmployeeId) -> impl Iterator<Item = &Person> {
        self.by_employee(employee).into_iter().chain(self.superseded_of(employee))
    }

    /// How many resources there are.
    pub fn count(&self) -> usize {
        self.by_creation.len()
    }

    /// How many people have a resource: as many as there are resources, or fewer.
    pub fn present(&self) -> usize {
        self.by_creation.len() - self.superseded.len()
    }

    /// How many people are Active by what the directory says.
    pub fn active(&self) -> usize {
        self.active
    }

    /// Whether a person is Active by what the directory says.
    pub(crate) fn is_active(&self, employee: EmployeeId) -> bool {
        self.standing(employee) == Standing::Active
    }

    /// Whether all of a person's resources were deleted.
    pub(crate) fn is_gone(&self, employee: EmployeeId) -> bool {
        self.by_employee(employee).is_some_and(|person| person.gone)
    }

    /// The person who has or had this resource.
    pub fn ever_had(&self, resource: ResourceId) -> Option<EmployeeId> {
        self.resources.get(&resource).copied()
    }

    /// Those with an external id who are Active.
    pub(crate) fn active_with_external_id(&self, id: &str) -> impl Iterator<Item = &Person> {
        self.with_external_id(id, Presence::LAST_ACTIVE)
    }

    fn with_external_id(&self, id: &str, last: Presence) -> impl Iterator<Item = &Person> {
        let id: Arc<str> = id.into();
        let range = (Arc::clone(&id), Presence::FIRST)..=(id, last);
        self.external_ids.range(range).filter_map(|(_, presence)| match presence {
            Presence::Active(resource) | Presence::Former(resource) => self.by_resource(*resource),
            Presence::Gone(_, employee) => self.by_employee(*employee),
        })
    }

    /// Whether somebody works here, by what the directory says: one of their resources is active.
    pub(crate) fn standing(&self, employee: EmployeeId) -> Standing {
        let newest = self.persons.get(&employee).is_some_and(|newest| newest.active());
        if newest || self.superseded_of(employee).any(Person::active) {
            Standing::Active
        } else {
            Standing::Former
        }
    }

    /// A person's older resources, if a newer one came before they were deleted. They are few.
    pub(crate) fn superseded_of(&self, employee: EmployeeId) -> impl Iterator<Item = &Person> {
        let first = (employee, ResourceId(Uuid::nil()));
        let last = (employee, ResourceId(Uuid::max()));
        self.superseded.range(first..=last).map(|(_, older)| older.as_ref())
    }

    /// Every resource that ever described a person. It looks at those of everybody.
    pub(crate) fn all_resources_of(
        &self,
        employee: EmployeeId,
    ) -> impl Iterator<Item = ResourceId> {
        let theirs = move |(_, of): &(&ResourceId, &EmployeeId)| **of == employee;
        self.resources.iter().filter(theirs).map(|(resource, _)| *resource)
    }

    /// Whether somebody has more than one resource.
    pub(crate) fn has_several(&self, employee: EmployeeId) -> bool {
        !self.superseded.is_empty() && self.superseded_of(employee).next().is_some()
    }

    /// Whether a text is the id of a resource that somebody has, or had last, and not of one that was
    /// deleted before it.
    pub(crate) fn is_current(&self, employee: EmployeeId, value: &str) -> bool {
        let named = resource(value);
        let present = named.and_then(|named| self.by_resource(named));
        present.is_some_and(|present| present.employee == employee)
            || self.by_employee(employee).is_some_and(|last| Some(last.resource) == named)
    }

    /// The resource that a text names, if it is one of somebody's several, or else their newest.
    pub(crate) fn one_of_several(&self, employee: EmployeeId, value: &str) -> ResourceId {
        let named = resource(value).and_then(|resource| self.by_resource(resource));
        let named = named.filter(|named| named.employee == employee);
        let found = named.or_else(|| self.by_employee(employee));
        found.map_or(ResourceId(employee.0), |found| found.resource)
    }
}
