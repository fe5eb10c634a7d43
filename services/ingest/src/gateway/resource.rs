//! The requests about one resource: `/Users/{id}`, `/Groups/{id}`, and the POSTs that make them.

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use scim::bulk::Command;
use scim::{Precondition, Reading, ResourceType, Shown};

use super::answer::{self, tagged};
use super::body::Body;
use super::caller::Caller;
use super::failure::Failure;
use super::query::Query;
use super::write::{Writer, Written, carry_out};
use super::{groups, search, users};
use crate::Gateway;

type Answer<T> = Result<T, Failure>;

/// `/Users` or `/Groups`.
pub(super) fn collection(resource: ResourceType) -> MethodRouter<Gateway> {
    let list = move |State(gateway): State<Gateway>, caller: Caller, query: Query| async move {
        search::answer(&gateway, &caller, &query, &[resource]).await
    };
    let create = move |wanted: Wanted, Body(body): Body| async move {
        wanted.carry_out(resource, Command::Create(body)).await
    };
    get(list).post(create)
}

/// `/Users/{id}` or `/Groups/{id}`.
pub(super) fn single(resource: ResourceType) -> MethodRouter<Gateway> {
    let show = move |wanted: Wanted, Id(id): Id| async move { wanted.show(resource, &id) };
    let put = move |wanted: Wanted, Id(id): Id, Body(body): Body| async move {
        wanted.carry_out(resource, Command::Put(id, body)).await
    };
    let patch = move |wanted: Wanted, Id(id): Id, Body(body): Body| async move {
        wanted.carry_out(resource, Command::Patch(id, body)).await
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
        carry_out(&Writer { gateway, caller, query, precondition }, resource, command).await
    }

    fn show(self, resource: ResourceType, id: &str) -> Answer<Response> {
        match resource {
            ResourceType::User => {
                let (version, user) = users::get(&self.gateway, &self.caller, &self.query, id)?;
                self.reading(version, user)
            }
            ResourceType::Group => {
                let (version, group) = groups::get(&self.gateway, &self.caller, &self.query, id)?;
                self.reading(version, group)
            }
        }
    }

    /// Shows a resource, unless the client has this version already or wants another.
    fn reading(&self, version: String, show: impl FnOnce() -> Answer<Shown>) -> Answer<Response> {
        match self.precondition.reading(&version) {
            Reading::Show => Ok(tagged(answer::resource(StatusCode::OK, show()?), &version)),
            Reading::NotModified => Ok(tagged(StatusCode::NOT_MODIFIED.into_response(), &version)),
            Reading::Failed => Err(Failure::OtherVersion(version)),
        }
    }
}

/// The id at the end of the path.
struct Id(String);

impl FromRequestParts<Gateway> for Id {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Answer<Self> {
        let path = Path::<(String, String)>::from_request_parts(parts, gateway).await;
        let Path((_, id)) = path.map_err(|_| Failure::NoSuchEndpoint)?;
        Ok(Self(id))
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
