//! What becomes of people who have several resources, since they were made anew before the old one
//! was deleted.
//!
//! Each resource is changed and deleted by its own id. The newest describes the person, who is Active
//! as long as any resource is; what is told of a resource alone is no news about the person, so that
//! nobody who reads the events sees somebody leave who is there.

use events::{ChangedResource, DeletedResource, Event, Profile, Standing, UserState};

use super::users;
use crate::{People, Person, Refusal, TenantRoster, changes};

/// A resource shall look like this.
pub(super) fn change(
    tenant: &TenantRoster,
    person: &Person,
    profile: &Profile,
    active: bool,
) -> Result<Vec<Event>, Refusal> {
    let people = tenant.people();
    let before = person.profile();
    let changed = users::changed_attributes(tenant, person, &before, profile)?;
    if before == *profile && person.active() == active {
        return Ok(vec![]);
    }
    let stood = people.standing(person.employee);
    let stands = Person::standing_if(active || active_without(people, person));
    let newest = newest(people, person);
    let is_newest = newest.resource == person.resource;
    let mut events = Vec::new();
    // The person's own events tell what their newest resource is like, unless only that is active or
    // not, and another one is active.
    let told = is_newest && (stood != stands || person.active() == active);
    if !told {
        let mut changed = if is_newest { vec![] } else { changed.clone() };
        changed.extend(changes::of_standing(person.standing, Person::standing_if(active)));
        events.push(Event::UserResourceChanged(ChangedResource {
            employee_id: person.employee,
            resource_id: person.resource,
            active,
            profile: profile.clone(),
            changed,
        }));
    }
    if is_newest && before != *profile || stood != stands {
        let (profile, mut changed) =
            if is_newest { (profile.clone(), changed) } else { (newest.profile(), vec![]) };
        changed.extend(changes::of_standing(stood, stands));
        events.push(person_event(newest, stood, stands, profile, changed));
    }
    Ok(events)
}

/// A resource is gone, and others are left.
pub(super) fn delete(tenant: &TenantRoster, person: &Person) -> Vec<Event> {
    let people = tenant.people();
    let (employee_id, resource_id) = (person.employee, person.resource);
    let mut events = vec![Event::UserResourceDeleted(DeletedResource { employee_id, resource_id })];
    let stood = people.standing(employee_id);
    let stands = Person::standing_if(active_without(people, person));
    let newest = newest(people, person);
    if newest.resource != resource_id {
        if stood != stands {
            let changed = vec![changes::ACTIVE.to_owned()];
            events.push(person_event(newest, stood, stands, newest.profile(), changed));
        }
        return events;
    }
    // The newest of the others describes the person from now on, as it would had there never been
    // this one: it is what the client still has, and may change.
    if let Some(heir) = people.heir(employee_id).and_then(|heir| people.by_resource(heir)) {
        let profile = heir.profile();
        let mut changed = changes::of_user(Some(&newest.profile()), &profile);
        changed.extend(changes::of_standing(stood, stands));
        events.push(person_event(heir, stood, stands, profile, changed));
    }
    events
}

fn newest<'a>(people: &'a People, person: &'a Person) -> &'a Person {
    people.by_employee(person.employee).unwrap_or(person)
}

fn active_without(people: &People, person: &Person) -> bool {
    let newest = people.by_employee(person.employee);
    let mut all = newest.into_iter().chain(people.superseded_of(person.employee));
    all.any(|other| other.resource != person.resource && other.active())
}

/// What is told of a person whom this resource describes.
fn person_event(
    described_by: &Person,
    stood: Standing,
    stands: Standing,
    profile: Profile,
    changed: Vec<String>,
) -> Event {
    let state = UserState {
        employee_id: described_by.employee,
        resource_id: described_by.resource,
        standing: stands,
        profile,
        changed,
    };
    users::changed_event(stood, state)
}
