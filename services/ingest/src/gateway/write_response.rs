//! What a client hears of a write that is durable.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use events::Position;
use requests::EventRange;
use roster::TenantRoster;
use scim::Rendered;
use web::position::Seen;
use writer::{Committed, Outage};

use super::bounds::CHUNK;
use super::error::ScimError;
use super::offload;
use super::render::{render_written, size};
use super::resource::{Resource, ResourceKey};
use super::response::{self, with_content_location, with_etag};
use super::view::View;
use super::write_context::WriteContext;
use crate::recording::Led;

/// What came of a write.
#[derive(Debug)]
pub(super) struct WriteResponse {
    pub(super) status: StatusCode,
    /// None after a DELETE.
    pub(super) id: Option<String>,
    pub(super) body: Option<Rendered>,
    pub(super) location: String,
    /// The entity tag; none after a DELETE.
    pub(super) version: Option<String>,
    /// A position of the log at which the write is durable.
    pub(super) position: Position,
    /// The resource, and the events that were written.
    led: Led,
}

impl WriteResponse {
    /// The response to a POST, PUT or PATCH: how the resource is now.
    pub(super) async fn written(
        context: &WriteContext<'_>,
        view: View,
        key: ResourceKey,
        status: StatusCode,
        committed: Committed,
    ) -> Result<Self, ScimError> {
        let roster = committed.roster.tenant(&context.caller.tenant);
        let resource = roster.and_then(|roster| Some((roster, key.find(roster)?)));
        let (roster, resource) = resource.expect("a resource that was written is in the roster");
        Ok(Self {
            status,
            id: Some(key.to_string()),
            version: Some(view.positions.version_tag(resource.version())),
            location: view.location(key),
            body: if context.returns_body && status != StatusCode::NO_CONTENT {
                Some(body(context, &committed, view, roster, resource).await?)
            } else {
                None
            },
            position: committed.position,
            led: led(key, &committed),
        })
    }

    /// The response to a DELETE.
    pub(super) fn deleted(key: ResourceKey, location: String, committed: &Committed) -> Self {
        let (status, position) = (StatusCode::NO_CONTENT, committed.position);
        let led = led(key, committed);
        Self { status, id: None, body: None, location, version: None, position, led }
    }
}

/// What a command led to: the events of one decision follow each other.
fn led(key: ResourceKey, committed: &Committed) -> Led {
    let (last, count) = (committed.roster.position().seq.0, committed.kinds.len() as u64);
    let events = (count > 0).then(|| EventRange { first: last + 1 - count, last });
    Led { resource: Some(key.uuid()), events }
}

/// The resource, rendered by the worker threads if it is large.
async fn body(
    context: &WriteContext<'_>,
    committed: &Committed,
    view: View,
    roster: &TenantRoster,
    resource: Resource<'_>,
) -> Result<Rendered, ScimError> {
    if size(&view, roster, resource) <= CHUNK {
        return Ok(render_written(&view, roster, resource));
    }
    let key = resource.key();
    let render = move |roster: &TenantRoster| {
        let resource = key.find(roster).ok_or(Outage::Fault)?;
        Ok(render_written(&view, roster, resource))
    };
    let tenant = &context.caller.tenant;
    offload::after_write(context.gateway, tenant, committed.roster.clone(), render).await
}

impl IntoResponse for WriteResponse {
    fn into_response(self) -> Response {
        let mut response = match self.body {
            None => self.status.into_response(),
            Some(body) => {
                with_content_location(response::resource(self.status, body), &self.location)
            }
        };
        response.extensions_mut().insert(Seen(self.position.seq));
        response.extensions_mut().insert(self.led);
        if self.status == StatusCode::CREATED
            && let Ok(location) = HeaderValue::from_str(&self.location)
        {
            response.headers_mut().insert(header::LOCATION, location);
        }
        match &self.version {
            Some(version) => with_etag(response, version),
            None => response,
        }
    }
}
