//! People come, change and go.

use events::{
    EmployeeId, Event, ExternalId, IntegrationProfile, Profile, ResourceId, Standing, UserName,
    UserState,
};
use serde_json::{Map, Value};

use super::multiple_resources;
use crate::{Person, Refusal, TenantRoster, changes};

/// How deep attributes may be nested. A JSON reader stops at 128, the log's own among them, and
/// an event adds a few levels: what is refused here could be written and never read again.
pub(super) const MAX_NESTING: usize = 32;

/// A new resource: for somebody new, or for somebody who is back.
///
/// An external id that another user has who is *Active* does not make them one person, although it is
/// Entra's objectId in the Workplace profile: it need not be unique (RFC 7643 §3.1), and a slip in
/// the client's mapping would merge two people for good.
pub(super) fn arrive(
    tenant: &TenantRoster,
    resource: ResourceId,
    profile: &Profile,
    active: bool,
) -> Result<Vec<Event>, Refusal> {
    if tenant.people().by_resource(resource).is_some() {
        return change(tenant, resource, profile, active);
    }
    let erased = tenant.is_erased(EmployeeId(resource.0));
    if erased || tenant.people().ever_had(resource).is_some() {
        return Err(Refusal::IdReused(resource.0));
    }
    recordable(&profile.attributes, ["userName", "externalId"])?;
    free(tenant, &profile.user_name, None)?;
    let standing = Person::standing_if(active);
    let state = |employee_id, changed| UserState {
        employee_id,
        resource_id: resource,
        standing,
        profile: profile.clone(),
        changed,
    };
    Ok(vec![match returning(tenant, profile) {
        Some(person) => {
            let mut changed = changes::of_user(Some(&person.profile()), profile);
            let stood = tenant.people().standing(person.employee);
            changed.extend(changes::of_standing(stood, standing));
            Event::UserReturned(state(person.employee, changed))
        }
        None => {
            let mut changed = changes::of_user(None, profile);
            changed.push(changes::ACTIVE.to_owned());
            Event::UserCreated(state(EmployeeId(resource.0), changed))
        }
    }])
}

/// The person who comes back with this profile, if it is one:
///
/// | product | external id | resource deleted: found by | resource inactive: found by |
/// |---|---|---|---|
/// | Workplace | tells people apart | external id | external id |
/// | Workplace | does not | user name and external id | nothing |
/// | Workplace | absent | nothing | nothing |
/// | Benefits | tells people apart | user name and external id, else user name | user name and external id |
/// | Benefits | does not | user name and external id, else user name | nothing |
/// | Benefits | absent | user name | nothing |
///
/// - An external id [tells people apart](crate::People::tells_apart) unless somebody Active, or several
///   people whose resources are there, have it.
/// - Of several whose resource is deleted, the last to be deleted counts; of one of these and one whose
///   resource is inactive, the one with the newest event.
/// - Whose resource is inactive has both resources until the old one is deleted.
/// - "User name and external id" is any user name of the person's last resource, since Entra may put
///   the object id in front of the name before it deletes, with the external id of that time.
/// - "User name" is the deleted resource that had the name last of all. Where the profile has an
///   external id, that person must have none: two that differ are two people.
///
/// Addresses are used again, and people take new names. A name that has passed to somebody else since,
/// or was only ever seen behind an object id, therefore needs the external id too: two people who are
/// merged by accident cannot be separated again.
fn returning<'a>(tenant: &'a TenantRoster, profile: &Profile) -> Option<&'a Person> {
    let people = tenant.people();
    let id = profile.external_id.as_ref().map(ExternalId::as_str);
    let name = profile.user_name.as_str();
    let last = |gone: Option<&'a Person>, inactive: Option<&'a Person>| {
        gone.into_iter().chain(inactive).max_by_key(|person| person.version)
    };
    match tenant.product() {
        IntegrationProfile::Workplace => {
            let id = id?;
            let gone = if people.tells_apart(id) {
                people.last_gone_with_external_id(id)
            } else {
                people.last_gone_with_identity(name, id)
            };
            last(gone, people.inactive_with_external_id(id))
        }
        IntegrationProfile::Benefits => {
            let Some(id) = id else { return people.gone_holder(name) };
            let agreeing = last(
                people.last_gone_with_identity(name, id),
                people.inactive_with_identity(name, id),
            );
            let holder = || people.gone_holder(name).filter(|one| one.external_id().is_none());
            agreeing.or_else(holder)
        }
    }
}

pub(super) fn change(
    tenant: &TenantRoster,
    resource: ResourceId,
    profile: &Profile,
    active: bool,
) -> Result<Vec<Event>, Refusal> {
    let person = present(tenant, resource)?;
    if tenant.people().has_several(person.employee) {
        return multiple_resources::change(tenant, person, profile, active);
    }
    let before = person.profile();
    let mut changed = changed_attributes(tenant, person, &before, profile)?;
    if before == *profile && person.active() == active {
        return Ok(vec![]);
    }
    let standing = Person::standing_if(active);
    changed.extend(changes::of_standing(person.standing, standing));
    let state = UserState {
        employee_id: person.employee,
        resource_id: resource,
        standing,
        profile: profile.clone(),
        changed,
    };
    Ok(vec![changed_event(person.standing, state)])
}

/// The names of the attributes in which a resource is to differ from how it was before, if it may.
pub(super) fn changed_attributes(
    tenant: &TenantRoster,
    person: &Person,
    before: &Profile,
    profile: &Profile,
) -> Result<Vec<String>, Refusal> {
    if before == profile {
        return Ok(vec![]);
    }
    recordable(&profile.attributes, ["userName", "externalId"])?;
    free(tenant, &profile.user_name, Some(person.resource))?;
    Ok(changes::of_user(Some(before), profile))
}

/// How it is told that a person looks like this, who had that standing before. One event, whatever
/// changed: Entra mangles a name and disables in one request.
pub(super) fn changed_event(before: Standing, state: UserState) -> Event {
    match (before, state.standing) {
        (Standing::Active, Standing::Former) => Event::UserDeactivated(state.into()),
        (Standing::Former, Standing::Active) => Event::UserReactivated(state),
        (Standing::Active, Standing::Active) | (Standing::Former, Standing::Former) => {
            Event::UserChanged(state)
        }
    }
}

pub(super) fn delete(tenant: &TenantRoster, resource: ResourceId) -> Result<Vec<Event>, Refusal> {
    let person = present(tenant, resource)?;
    if tenant.people().has_several(person.employee) {
        return Ok(multiple_resources::delete(tenant, person));
    }
    let state = UserState {
        employee_id: person.employee,
        resource_id: resource,
        standing: Standing::Former,
        profile: person.profile(),
        changed: changes::of_standing(person.standing, Standing::Former).into_iter().collect(),
    };
    Ok(vec![Event::UserDeleted(state.into())])
}

fn present(tenant: &TenantRoster, resource: ResourceId) -> Result<&Person, Refusal> {
    tenant.people().by_resource(resource).ok_or(Refusal::NoSuchUser(resource))
}

/// A disabled user still holds the name, an older resource of the same person too; a deleted one does
/// not (RFC 7644 §3.6).
fn free(tenant: &TenantRoster, name: &UserName, own: Option<ResourceId>) -> Result<(), Refusal> {
    match tenant.people().by_user_name(name.as_str()) {
        Some(holder) if Some(holder.resource) != own => Err(Refusal::UserNameTaken(name.clone())),
        Some(_) | None => Ok(()),
    }
}

/// Whether these attributes, beside those with a field of their own, can be read back from the log.
pub(super) fn recordable(
    attributes: &Map<String, Value>,
    with_fields: [&'static str; 2],
) -> Result<(), Refusal> {
    if let Some(twice) = with_fields.into_iter().find(|name| attributes.contains_key(*name)) {
        return Err(Refusal::DuplicateAttribute(twice));
    }
    if attributes.values().all(|value| within_depth(value, MAX_NESTING)) {
        Ok(())
    } else {
        Err(Refusal::TooDeep { max: MAX_NESTING })
    }
}

fn within_depth(value: &Value, left: usize) -> bool {
    match value {
        Value::Array(items) => left > 0 && items.iter().all(|item| within_depth(item, left - 1)),
        Value::Object(fields) => {
            left > 0 && fields.values().all(|field| within_depth(field, left - 1))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}
