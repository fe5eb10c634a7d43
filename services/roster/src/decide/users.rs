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
    if tenant.people().ever_had(resource).is_some() {
        return Err(Refusal::IdGiven(resource.0));
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

/// The person who comes back with this profile: of those whose resource is gone, the last who went
/// with the same external id (Workplace), or with the name and the external id (Benefits, and
/// Workplace where the external id does not tell people apart); or somebody whose resource is there,
/// but inactive, if they alone have that external id (and for Benefits, had the name too). These have
/// both resources, until the old one is deleted. If it could be either, it is the one who was heard
/// of last. Where nobody agrees in both, Benefits means whoever had the name last and is gone, unless
/// the external ids contradict each other.
///
/// All user names that their last resource had count, since Entra may put the object id in front of
/// the name before it deletes. But addresses are used anew, and people take new names: one that has
/// passed to somebody else since, or was only ever seen behind an object id, means the person from
/// before only together with the external id that they had. Without it two people would become one by
/// accident, which nobody can undo.
fn returning<'a>(tenant: &'a TenantRoster, profile: &Profile) -> Option<&'a Person> {
    let people = tenant.people();
    let id = profile.external_id.as_ref().map(ExternalId::as_str);
    let name = profile.user_name.as_str();
    let last = |gone: Option<&'a Person>, inactive: Option<&'a Person>| {
        gone.into_iter().chain(inactive).max_by_key(|person| person.version)
    };
    match tenant.profile() {
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
        return Err(Refusal::TwiceThere(twice));
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
