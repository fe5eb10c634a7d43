//! Who asks: the holder of an API token.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use events::{BookingSource, Scope, Tenant};
use web::{Forbidden, Permission, Principal, principal};

use crate::reads::read_api::ReadApi;
use crate::reads::read_error::ReadError;

/// The holder of a living API token of the tenant that the path names.
#[derive(Debug)]
pub(crate) struct Caller {
    tenant: Tenant,
    principal: Principal,
}

impl Caller {
    /// Whose rows they may read.
    pub(crate) fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// The one source whose bookings they may read; none, if all.
    pub(crate) fn source(&self) -> Option<&BookingSource> {
        self.principal.source()
    }

    /// Lets only holders of `scope` go on.
    pub(crate) fn may(&self, scope: Scope) -> Result<(), Forbidden> {
        self.principal.may(Permission::Api(scope))
    }
}

impl FromRequestParts<ReadApi> for Caller {
    type Rejection = ReadError;

    /// The token is looked up at each request, so that a revoked one stops at once. One that is unknown
    /// is no guess as long as the directory is behind the log.
    async fn from_request_parts(parts: &mut Parts, api: &ReadApi) -> Result<Self, ReadError> {
        let find = async |digest| api.principal(digest).await;
        let once_level = async |digest| api.principal_once_level(digest).await;
        let (tenant, principal) =
            principal::api_token::<ReadError>(parts, api.counts(), find, once_level).await?;
        Ok(Self { tenant, principal })
    }
}
