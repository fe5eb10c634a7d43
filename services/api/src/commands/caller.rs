//! Who gives a command, and whether they may.

use access::{CommandError, RequestOrigin, WriteAccess};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use events::{BookingSource, Scope, Tenant};
use roster::{Intent, Roster};
use web::principal::Sought;
use web::{Forbidden, Permission, Principal, principal};
use writer::{Command, Committed, Provenance};

/// The holder of an API token of the tenant in the URL, and the request that they sent.
#[derive(Clone)]
pub(super) struct Caller {
    tenant: Tenant,
    principal: Principal,
    origin: RequestOrigin,
}

impl Caller {
    /// Whose caller it is.
    pub(super) fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// The one source whose bookings the caller's token is for; none, if it is for all.
    pub(super) fn source(&self) -> Option<&BookingSource> {
        self.principal.source()
    }

    /// Lets only holders of `scope` go on.
    pub(super) fn may(&self, scope: Scope) -> Result<(), Forbidden> {
        self.principal.may(Permission::Api(scope))
    }

    /// Makes an intent true, if the caller may do so by `scope`, now and at the time of the
    /// decision.
    pub(super) async fn execute(
        &self,
        access: &WriteAccess,
        scope: Scope,
        intent: impl Fn(&Roster) -> Result<Intent, CommandError> + Send + 'static,
    ) -> Result<Committed, CommandError> {
        access.writer().execute(Command::new(self.provenance(scope)?, intent)).await
    }

    /// Whether the caller still may do something by `scope`, now that the body has come. Each
    /// decision asks again; this spares a request of many decisions all of them.
    pub(super) fn still_may(&self, access: &WriteAccess, scope: Scope) -> Result<(), CommandError> {
        Ok(self.provenance(scope)?.check(&access.writer().roster())?)
    }

    fn provenance(&self, scope: Scope) -> Result<Provenance, Forbidden> {
        self.origin.provenance(&self.principal, &self.tenant, Permission::Api(scope))
    }
}

impl FromRequestParts<WriteAccess> for Caller {
    type Rejection = CommandError;

    async fn from_request_parts(
        parts: &mut Parts,
        access: &WriteAccess,
    ) -> Result<Self, CommandError> {
        let find = async |digest| Ok(access.principal(digest).await?);
        // The roster knows every token there is.
        let nobody = async |_| Ok(Sought::Nobody);
        let (tenant, principal) =
            principal::api_token::<CommandError>(parts, access.counts(), find, nobody).await?;
        Ok(Self { tenant, principal, origin: RequestOrigin::of(parts) })
    }
}
