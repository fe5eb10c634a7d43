//! What can be done to a user, by a request of its own or in a bulk.

mod change;
mod view;

use axum::http::StatusCode;
use eventlog::ids;
use events::{ExternalId, Profile, ResourceId, UserName};
use roster::{Intent, Person, Roster, TenantRoster};
use scim::{Bad, Edit, ResourceType, ScimType, Shown, User};
use writer::{Committed, Outage};

use self::view::user;
pub(super) use self::view::{View, pinned};
use super::answer::version_tag;
use super::caller::Caller;
use super::failure::{Failure, within};
use super::large;
use super::pieces::PIECE;
use super::write::{Writer, Written};
use crate::{Gateway, Limits};

const USER: ResourceType = ResourceType::User;

/// `POST /Users`: somebody joins, or comes back (RFC 7644 §3.3).
pub(super) async fn create(
    writer: &Writer<'_>,
    profile: Profile,
    active: bool,
) -> Result<Written, Failure> {
    let resource = ResourceId(ids::uuid_v7());
    let wish = move |_: &Roster| Ok(Intent::NewUser { resource, profile: profile.clone(), active });
    Ok(Written { status: StatusCode::CREATED, ..fulfil(writer, resource, wish).await? })
}

/// `PUT /Users/{id}`: how the user shall look, as a whole (RFC 7644 §3.5.1). Whether they are active
/// stays as it is unless the client says it.
pub(super) async fn put(
    writer: &Writer<'_>,
    id: &str,
    user: User,
    active: Option<bool>,
) -> Result<Written, Failure> {
    let wish = move |person: &Person| {
        let active = active.unwrap_or_else(|| person.active());
        Ok(User { active, ..user.clone() })
    };
    change(writer, id, wish).await
}

/// `PATCH /Users/{id}`: how the user shall look, as a difference (RFC 7644 §3.5.2).
pub(super) async fn patch(
    writer: &Writer<'_>,
    id: &str,
    edits: Vec<Edit>,
) -> Result<Written, Failure> {
    let limits = writer.limits();
    change(writer, id, move |person| Ok(user(person).apply(&edits, &limits.change())?)).await
}

/// Makes a user as `wish` wants them, given how they are, and answers with how they are then.
async fn change(
    writer: &Writer<'_>,
    id: &str,
    wish: impl Fn(&Person) -> Result<User, Failure> + Send + Sync + 'static,
) -> Result<Written, Failure> {
    let resource = resource_id(id)?;
    let view = View::new(writer.base_url(), writer.selection(USER)?);
    let done = change::carry_out(writer, change::Change::new(writer, resource, wish)).await?;
    written(writer, view, resource, done).await
}

/// Makes a wish about a user true, and answers with how they are then.
async fn fulfil(
    writer: &Writer<'_>,
    resource: ResourceId,
    wish: impl Fn(&Roster) -> Result<Intent, Failure> + Send + 'static,
) -> Result<Written, Failure> {
    let view = View::new(writer.base_url(), writer.selection(USER)?);
    let done = writer.execute(wish).await?;
    written(writer, view, resource, done).await
}

/// The answer, when a user was written.
async fn written(
    writer: &Writer<'_>,
    view: View,
    resource: ResourceId,
    done: Committed,
) -> Result<Written, Failure> {
    let location = view.location(resource);
    let people = done.roster.tenant(&writer.caller.tenant);
    let person = people.and_then(|people| Some((people, people.people().by_resource(resource)?)));
    let (people, person) = person.expect("a user who was written is in the roster");
    Ok(Written {
        status: StatusCode::OK,
        id: Some(resource.to_string()),
        version: Some(version_tag(person.version)),
        body: if writer.shows {
            Some(show_written(writer, &done, view, people, person).await?)
        } else {
            None
        },
        location: Some(location),
        position: done.position,
    })
}

/// How a user is who was written.
async fn show_written(
    writer: &Writer<'_>,
    done: &Committed,
    view: View,
    people: &TenantRoster,
    person: &Person,
) -> Result<Shown, Failure> {
    if view.weight(people, person) <= PIECE {
        return Ok(view.show_written(people, person));
    }
    let resource = person.resource;
    let show = move |people: &TenantRoster| {
        let person = people.people().by_resource(resource).ok_or(Outage::Fault)?;
        Ok(view.show_written(people, person))
    };
    large::look_after_writing(writer.gateway, &writer.caller.tenant, done.roster.clone(), show)
        .await
}

/// `DELETE /Users/{id}`: the resource goes; the person stays in the directory as Former.
pub(super) async fn delete(writer: &Writer<'_>, id: &str) -> Result<Written, Failure> {
    let resource = resource_id(id)?;
    let location = View::new(writer.base_url(), writer.selection(USER)?).location(resource);
    let (tenant, precondition) = (writer.caller.tenant.clone(), writer.precondition.clone());
    let wish = move |roster: &Roster| {
        let person = present(roster.tenant(&tenant), resource)?;
        super::write::check(&precondition, person.version)?;
        Ok(Intent::NoUser { resource })
    };
    let done = writer.execute(wish).await?;
    Ok(Written::gone(location, done.position))
}

/// `GET /Users/{id}`: the user, and how to show them.
pub(super) fn get<'c>(
    gateway: &Gateway,
    caller: &'c Caller,
    query: &super::query::Query,
    id: &str,
) -> Result<(&'c Person, View), Failure> {
    let view = View::new(gateway.scim_base_url(&caller.tenant), query.selection(USER)?);
    let person = present(Some(caller.people()), resource_id(id)?)?;
    Ok((person, view))
}

fn present(people: Option<&TenantRoster>, resource: ResourceId) -> Result<&Person, Failure> {
    let person = people.and_then(|people| people.people().by_resource(resource));
    person.ok_or_else(|| no_such_user(&resource.to_string()))
}

/// Ids are ours; a text that is no id names nobody.
fn resource_id(text: &str) -> Result<ResourceId, Failure> {
    text.parse().map_err(|_| no_such_user(text))
}

fn no_such_user(id: &str) -> Failure {
    Failure::NoSuchResource("user", id.to_owned())
}

/// The roster's words for what a client sent.
pub(super) fn profile(user: &User, limits: Limits) -> Result<Profile, Failure> {
    let user_name: UserName = user.user_name.parse().map_err(|error: events::BadUserName| {
        Failure::Bad(Bad::new(ScimType::InvalidValue, error.to_string()))
    })?;
    let external_id = user.external_id.clone().map(ExternalId);
    let profile = Profile { user_name, external_id, attributes: user.attributes.clone() };
    within(&profile, limits.resource)?;
    Ok(profile)
}
