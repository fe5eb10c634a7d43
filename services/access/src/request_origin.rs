//! Which request a command comes from, for the headers of its events.

use axum::http::request::Parts;
use events::Tenant;
use web::{RequestId, trace_parent};
use writer::{Access, Provenance};

/// The id of a request, and the trace that it belongs to.
#[derive(Clone, Debug)]
pub struct RequestOrigin {
    request: String,
    trace_parent: Option<String>,
}

impl RequestOrigin {
    /// That of the request with this head.
    pub fn of(parts: &Parts) -> Self {
        let request = RequestId::given(&parts.extensions, &parts.headers).as_str().to_owned();
        Self { request, trace_parent: trace_parent(&parts.headers) }
    }

    /// Where a command for a tenant comes from, whose caller was let in by `access`.
    pub fn provenance(&self, tenant: &Tenant, access: Access) -> Provenance {
        Provenance {
            tenant: tenant.clone(),
            access,
            request: Some(self.request.clone()),
            trace_parent: self.trace_parent.clone(),
        }
    }
}
