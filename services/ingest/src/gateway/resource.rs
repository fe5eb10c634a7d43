//! The requests about one resource: `/Users/{id}`, `/Groups/{id}`, and the POSTs that make them.

use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use roster::TenantRoster;
use scim::bulk::Command;
use scim::{Budget, Precondition, Reading, ResourceType, Shown};
use writer::Outage;

use super::answer::{self, located, tagged, version_tag};
use super::body::Body;
use super::caller::{Caller, Id};
use super::failure::Failure;
use super::pieces::PIECE;
use super::query::Query;
use super::write::{Writer, Written, carry_out};
use super::{groups, large, pieces, reading, search, users};
use crate::state::Gateway;

type Answer<T> = Result<T, Failure>;

/// `/Users` or `/Groups`.
pub(super) fn collection(resource: ResourceType) -> MethodRouter<Gateway> {
    let list = move |State(gateway): State<Gateway>, caller: Caller, query: Query| async move {
        search::list(&gateway, &caller, &query, &[resource]).await
    };
    let create = move |wanted: Wanted, body: Body| async move {
        let Body { value, held: _held } = body;
        wanted.carry_out(resource, Command::Create(value)).await
    };
    get(list).post(create)
}

/// `/Users/{id}` or `/Groups/{id}`.
pub(super) fn single(resource: ResourceType) -> MethodRouter<Gateway> {
    let show = move |wanted: Wanted, Id(id): Id| async move { wanted.show(resource, &id).await };
    let put = move |wanted: Wanted, Id(id): Id, body: Body| async move {
        let Body { value, held: _held } = body;
        wanted.carry_out(resource, Command::Put(id, value)).await
    };
    let patch = move |wanted: Wanted, Id(id): Id, body: Body| async move {
        let Body { value, held: _held } = body;
        wanted.carry_out(resource, Command::Patch(id, value)).await
    };
    let delete = move |wanted: Wanted, Id(id): Id| async move {
        wanted.carry_out(resource, Command::Delete(id)).await
    };
    get(show).put(put).patch(patch).delete(delete)
}

/// All that a request about one resource says outside its body.
struct Wanted {
    gateway: Gateway,
    caller: Caller,
    query: Query,
    precondition: Precondition,
}

impl FromRequestParts<Gateway> for Wanted {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Answer<Self> {
        Ok(Self {
            caller: Caller::from_request_parts(parts, gateway).await?,
            query: Query::from_request_parts(parts, gateway).await?,
            precondition: precondition(&parts.headers),
            gateway: gateway.clone(),
        })
    }
}

impl Wanted {
    async fn carry_out(self, resource: ResourceType, command: Command) -> Answer<Written> {
        let Self { gateway, caller, query, precondition } = &self;
        let precondition = precondition.clone();
        let weight = reading::weight_of(&command);
        let change = reading::read(gateway, caller, resource, command).await?;
        let writer =
            Writer { gateway, caller, query, precondition, weight, budget: None, shows: true };
        carry_out(&writer, change).await
    }

    async fn show(self, resource: ResourceType, id: &str) -> Answer<Response> {
        match resource {
            ResourceType::User => self.show_user(id).await,
            ResourceType::Group => self.show_group(id).await,
        }
    }

    async fn show_user(self, id: &str) -> Answer<Response> {
        let Self { gateway, caller, query, precondition } = &self;
        let (person, view) = users::get(gateway, caller, query, id)?;
        let version = version_tag(person.version);
        let location = view.location(person.resource);
        let described = |response| tagged(located(response, &location), &version);
        if is_known(precondition, &version)? {
            return Ok(described(StatusCode::NOT_MODIFIED.into_response()));
        }
        let people = caller.people();
        let weight = view.weight(people, person);
        if weight <= PIECE {
            let shown = view.show(people, person, &Budget::for_question(1))?;
            return Ok(described(answer::resource(StatusCode::OK, shown)));
        }
        let resource = person.resource;
        let show = move |people: &TenantRoster| {
            let person = people.people().by_resource(resource).ok_or(Outage::Fault)?;
            view.show(people, person, &Budget::for_question(1))
        };
        Ok(described(Box::pin(show_large(gateway, caller, weight, show)).await?))
    }

    async fn show_group(self, id: &str) -> Answer<Response> {
        let Self { gateway, caller, query, precondition } = &self;
        let (group, view) = groups::get(gateway, caller, query, id)?;
        let version = version_tag(group.version);
        let location = view.location(group.team);
        let described = |response| tagged(located(response, &location), &version);
        if is_known(precondition, &version)? {
            return Ok(described(StatusCode::NOT_MODIFIED.into_response()));
        }
        let weight = view.weight(group);
        if weight <= PIECE {
            let shown = view.show(caller.people(), group, &Budget::for_question(1))?;
            return Ok(described(answer::resource(StatusCode::OK, shown)));
        }
        let team = group.team;
        let show = move |people: &TenantRoster| {
            let group = people.groups().get(team).ok_or(Outage::Fault)?;
            view.show(people, group, &Budget::for_question(1))
        };
        Ok(described(Box::pin(show_large(gateway, caller, weight, show)).await?))
    }
}

/// Shows a resource that is large, by the workers, and within the room that there is for such. Box
/// it, so that small ones do not carry along the room that it needs.
async fn show_large(
    gateway: &Gateway,
    caller: &Caller,
    weight: usize,
    show: impl FnOnce(&TenantRoster) -> Answer<Shown> + Send + 'static,
) -> Answer<Response> {
    let held = pieces::room(&gateway.memory.answers, &caller.tenant, weight).await;
    let shown = large::look(gateway, &caller.tenant, Arc::clone(&caller.roster), show).await?;
    Ok(pieces::whole(shown.into_bytes(), held))
}

/// Whether the client has this version already; an error if it wants another.
fn is_known(precondition: &Precondition, version: &str) -> Answer<bool> {
    match precondition.reading(version) {
        Reading::Show => Ok(false),
        Reading::NotModified => Ok(true),
        Reading::Failed => Err(Failure::OtherVersion(version.to_owned())),
    }
}

/// What the headers demand of the version of a resource.
fn precondition(headers: &HeaderMap) -> Precondition {
    let tags = |name: HeaderName| {
        let lines =
            headers.get_all(name).iter().map(|line| String::from_utf8_lossy(line.as_bytes()));
        let lines: Vec<_> = lines.collect();
        (!lines.is_empty()).then(|| lines.join(","))
    };
    Precondition::read(tags(header::IF_MATCH).as_deref(), tags(header::IF_NONE_MATCH).as_deref())
}
