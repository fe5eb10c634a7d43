//! Whom a user name and an external id mean, of those who have left.

use std::sync::Arc;

use events::{EmployeeId, ResourceId, Seq, Standing};
use uuid::Uuid;

use super::{Identity, People, Presence};
use crate::Person;

/// So many resources one person can have at a time. Nobody needs more than two; but whoever makes
/// them without end must not make a decision about one person look at thousands.
const MAX_RESOURCES: usize = 16;

impl People {
    /// Of those with an external id whose resource is gone, the one who went last.
    pub(crate) fn last_gone_with_external_id(&self, id: &str) -> Option<&Person> {
        let id: Arc<str> = id.into();
        let range = (Arc::clone(&id), Presence::FIRST)..=(id, Presence::LAST);
        match self.external_ids.range(range).next_back()? {
            (_, Presence::Gone(_, employee)) => self.by_employee(*employee),
            (_, Presence::Active(_) | Presence::Former(_)) => None,
        }
    }

    /// Whoever had this user name last, if their resource is gone: a name that has passed to somebody
    /// else means them, whether they still have it or not.
    pub(crate) fn gone_holder(&self, user_name: &str) -> Option<&Person> {
        let resource = *self.user_names.get(user_name.to_lowercase().as_str())?;
        self.by_employee(self.ever_had(resource)?)
            .filter(|person| person.gone && person.resource == resource)
    }

    /// Of those whose resource is gone and who had both, however the name has been used since, or
    /// stood behind an object id, the one who went last.
    pub(crate) fn last_gone_with_identity(&self, user_name: &str, id: &str) -> Option<&Person> {
        let identity: Identity = (user_name.to_lowercase().into(), id.into());
        let first = (identity.clone(), Seq(0), EmployeeId(Uuid::nil()));
        let end = (identity, Seq(u64::MAX), EmployeeId(Uuid::max()));
        let (.., employee) = self.gone_identities.range(first..=end).next_back()?;
        self.by_employee(*employee)
    }

    /// Under which names and external id somebody is found whose resource is gone.
    pub(super) fn identities(&self, person: &Person) -> Vec<Identity> {
        let Some(id) = &person.external_id else { return vec![] };
        let mut names = self.earlier_names_of(person.resource);
        names.push(person.user_name_key());
        let plain: Vec<Arc<str>> =
            names.iter().filter_map(|name| behind_object_id(name)).map(Arc::from).collect();
        names.into_iter().chain(plain).map(|name| (name, Arc::clone(id))).collect()
    }

    pub(super) fn earlier_names_of(&self, resource: ResourceId) -> Vec<Arc<str>> {
        let from = (resource, Arc::from(""));
        let names = self.earlier_names.range(from..).take_while(|(of, _)| *of == resource);
        names.map(|(_, name)| Arc::clone(name)).collect()
    }

    /// The one person present with this external id, if the directory says that they have left.
    pub(crate) fn inactive_with_external_id(&self, id: &str) -> Option<&Person> {
        let employee = self.by_external_id(id).next()?.employee;
        let older = self.superseded_of(employee).count();
        let may_return = self.tells_apart(id) && older + 1 < MAX_RESOURCES;
        self.by_employee(employee).filter(|_| may_return)
    }

    /// Whether an external id tells people apart in this tenant. If several people who are present
    /// have it, or somebody Active, it means nobody else: a slip in the client's mapping, which gives
    /// all the same, must not make one person of them.
    pub(crate) fn tells_apart(&self, id: &str) -> bool {
        let mut present = self.by_external_id(id);
        present.next().is_none_or(|first| {
            self.standing(first.employee) == Standing::Former
                && present.all(|other| other.employee == first.employee)
        })
    }

    /// Whom [`inactive_with_external_id`](Self::inactive_with_external_id) finds, if their newest resource
    /// had this user name, or has it behind an object id.
    pub(crate) fn inactive_with_identity(&self, user_name: &str, id: &str) -> Option<&Person> {
        let name = user_name.to_lowercase();
        self.inactive_with_external_id(id).filter(|person| {
            let had = (person.resource, Arc::from(name.as_str()));
            behind_object_id(&person.user_name_key()) == Some(name.as_str())
                || self.earlier_names.contains(&had)
        })
    }
}

/// The name that stands behind an object id: Entra may put one, 32 hex digits, in front of a user's
/// name before it deletes the user.
fn behind_object_id(name: &str) -> Option<&str> {
    let (id, rest) = name.split_at_checked(32)?;
    (!rest.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(rest)
}
