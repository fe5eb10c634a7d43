//! Who is signed in, as a page of a tenant sees them.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use events::{AdministratorId, Tenant};
use roster::Administrator;
use web::{ClientAddress, Permission, Permissions, Principal, RequestId};

use crate::session::Session;

/// The administrator who asks, at the tenant of the path. The guard has let them in.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    /// Their session.
    pub(crate) session: Session,
    /// The tenant of the path.
    pub(crate) tenant: Tenant,
    /// Who they are there.
    pub(crate) administrator: Administrator,
    /// What they may do there.
    pub(crate) permissions: Permissions,
    pub(crate) request: RequestId,
    pub(crate) address: Option<ClientAddress>,
    /// What reads have to have seen, as the tenant may know it.
    pub(crate) after: Option<String>,
}

impl Signed {
    /// Their id.
    pub(crate) fn id(&self) -> AdministratorId {
        self.administrator.id
    }

    /// What they are called: by their address, if nobody said how.
    pub(crate) fn name(&self) -> &str {
        self.administrator.name.as_deref().unwrap_or(self.administrator.email.as_str())
    }

    /// Whether they may do this. What may not be done is not offered.
    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// What they typed into a field of a form that could not be done, on the page to which that led.
    pub(crate) fn typed(&self, field: &str) -> Option<&str> {
        let (_, notice) = self.session.notice.as_ref()?;
        if notice.done { None } else { notice.typed.said(field) }
    }

    /// Them, as the APIs of this process know callers.
    pub(crate) fn principal(&self) -> Principal {
        Principal::Administrator {
            tenant: self.tenant.clone(),
            administrator: self.id(),
            permissions: self.permissions.clone(),
        }
    }

    /// The request that they sent.
    pub(crate) fn request(&self) -> &RequestId {
        &self.request
    }

    /// Where they sent it from.
    pub(crate) fn address(&self) -> Option<ClientAddress> {
        self.address
    }

    /// What reads have to have seen.
    pub(crate) fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Signed {
    /// A route that has not said what it needs.
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
