//! The requests about one resource: `/Users/{id}`, `/Groups/{id}`, and the POSTs that create them.

use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use roster::TenantRoster;
use scim::bulk::Command;
use scim::{Evaluation, Precondition, ResourceType, WorkBudget};
use writer::Outage;

use super::body::Body;
use super::bounds::CHUNK;
use super::caller::Caller;
use super::error::ScimError;
use super::hidden_positions::HiddenPositions;
use super::path_params::Id;
use super::query_params::QueryParams;
use super::render::{render, size};
use super::resource::ResourceKey;
use super::response::{self, with_content_location, with_etag};
use super::view::View;
use super::write_context::WriteContext;
use super::write_parser::{command_size, parse};
use super::write_response::WriteResponse;
use super::{offload, search, streaming, write};
use crate::state::Gateway;

/// `/Users` or `/Groups`.
pub(super) fn collection(resource_type: ResourceType) -> MethodRouter<Gateway> {
    let list = move |State(gateway): State<Gateway>, caller: Caller, params: QueryParams| async move {
        search::list(&gateway, &caller, &params, &[resource_type]).await
    };
    let create = move |request: ResourceRequest, body: Body| async move {
        let Body { value, held: _held } = body;
        request.write(resource_type, Command::Create(value)).await
    };
    get(list).post(create)
}

/// `/Users/{id}` or `/Groups/{id}`.
pub(super) fn single(resource_type: ResourceType) -> MethodRouter<Gateway> {
    let show = move |request: ResourceRequest, Id(id): Id| async move {
        request.show(resource_type, &id).await
    };
    let put = move |request: ResourceRequest, Id(id): Id, body: Body| async move {
        let Body { value, held: _held } = body;
        request.write(resource_type, Command::Put(id, value)).await
    };
    let patch = move |request: ResourceRequest, Id(id): Id, body: Body| async move {
        let Body { value, held: _held } = body;
        request.write(resource_type, Command::Patch(id, value)).await
    };
    let delete = move |request: ResourceRequest, Id(id): Id| async move {
        request.write(resource_type, Command::Delete(id)).await
    };
    get(show).put(put).patch(patch).delete(delete)
}

/// All that a request about one resource says outside its path and its body.
struct ResourceRequest {
    gateway: Gateway,
    caller: Caller,
    params: QueryParams,
    precondition: Precondition,
}

impl FromRequestParts<Gateway> for ResourceRequest {
    type Rejection = ScimError;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, ScimError> {
        Ok(Self {
            caller: Caller::from_request_parts(parts, gateway).await?,
            params: QueryParams::from_request_parts(parts, gateway).await?,
            precondition: precondition(&parts.headers),
            gateway: gateway.clone(),
        })
    }
}

impl ResourceRequest {
    async fn write(
        self,
        resource_type: ResourceType,
        command: Command,
    ) -> Result<WriteResponse, ScimError> {
        let Self { gateway, caller, params, precondition } = self;
        let size = command_size(&command);
        let request = parse(&gateway, &caller, resource_type, command, size).await?;
        let context = WriteContext {
            gateway: &gateway,
            caller: &caller,
            params: &params,
            precondition,
            size,
            budget: None,
            returns_body: true,
        };
        write::execute(&context, request).await
    }

    async fn show(self, resource_type: ResourceType, id: &str) -> Result<Response, ScimError> {
        let Self { gateway, caller, params, precondition } = &self;
        let base_url = gateway.url.scim(&caller.tenant);
        let view = View {
            base_url,
            selection: params.selection(resource_type)?,
            positions: HiddenPositions::from(gateway, &caller.tenant),
        };
        let (roster, key) = (caller.tenant_roster(), ResourceKey::parse(resource_type, id)?);
        let resource = key.get(Some(roster))?;
        let (version, location) =
            (view.positions.version_tag(resource.version()), view.location(key));
        let response = if has_version(precondition, &version)? {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let size = size(&view, roster, resource);
            if size <= CHUNK {
                let text = render(&view, roster, resource, &WorkBudget::for_question(1))?;
                response::resource(StatusCode::OK, text)
            } else {
                Box::pin(show_large(gateway, caller, view, key, size)).await?
            }
        };
        Ok(with_etag(with_content_location(response, &location), &version))
    }
}

/// Shows a large resource: rendered by the worker threads, and within the memory that there is for
/// such. To be boxed, so that the future of a request for a small one is no larger for it.
async fn show_large(
    gateway: &Gateway,
    caller: &Caller,
    view: View,
    key: ResourceKey,
    size: usize,
) -> Result<Response, ScimError> {
    let (memory, tenant) = (&gateway.memory.answers, &caller.tenant);
    let held = streaming::hold_memory(memory, tenant, size).await;
    let render = move |roster: &TenantRoster| {
        let resource = key.find(roster).ok_or(Outage::Fault)?;
        render(&view, roster, resource, &WorkBudget::for_question(1))
    };
    let text = offload::read_roster(gateway, tenant, Arc::clone(&caller.roster), render).await?;
    Ok(streaming::whole(text.into_bytes(), held))
}

/// Whether the client has this version already; an error if it demands another.
fn has_version(precondition: &Precondition, version: &str) -> Result<bool, ScimError> {
    match precondition.evaluate(version) {
        Evaluation::Proceed => Ok(false),
        Evaluation::NotModified => Ok(true),
        Evaluation::Failed => Err(ScimError::OtherVersion(version.to_owned())),
    }
}

/// What `If-Match` and `If-None-Match` demand of the version of a resource.
fn precondition(headers: &HeaderMap) -> Precondition {
    let tags = |name: HeaderName| {
        let lines =
            headers.get_all(name).iter().map(|line| String::from_utf8_lossy(line.as_bytes()));
        let lines: Vec<_> = lines.collect();
        (!lines.is_empty()).then(|| lines.join(","))
    };
    Precondition::parse(tags(header::IF_MATCH).as_deref(), tags(header::IF_NONE_MATCH).as_deref())
}
