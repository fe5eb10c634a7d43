//! The holder of the operator token.

use access::{CommandError, RequestOrigin};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use events::Tenant;
use roster::{Intent, Refusal, Roster, TenantRoster};
use web::{Permission, Principal, Problem, principal};
use writer::{Command, Committed};

use crate::operator_api::OperatorApi;

/// An operator, and the request that they sent.
pub(crate) struct Operator {
    principal: Principal,
    origin: RequestOrigin,
}

impl FromRequestParts<OperatorApi> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &OperatorApi) -> Result<Self, Problem> {
        let principal = principal::operator(parts, api.access.counts(), api.token)?;
        Ok(Self { principal, origin: RequestOrigin::of(parts) })
    }
}

impl Operator {
    /// Makes an intent true for a tenant, in the operator's name.
    pub(crate) async fn execute(
        &self,
        api: &OperatorApi,
        tenant: &Tenant,
        intent: impl Fn(&Roster) -> Result<Intent, CommandError> + Send + 'static,
    ) -> Result<Committed, CommandError> {
        let provenance = self.origin.provenance(&self.principal, tenant, Permission::Operate)?;
        api.access.writer().execute(Command::new(provenance, intent)).await
    }
}

/// The tenant in the path.
pub(crate) fn tenant(slug: &str) -> Result<Tenant, Problem> {
    slug.parse().map_err(|error: events::BadTenant| Problem::malformed(error.to_string()))
}

/// What is known about a tenant.
pub(crate) fn known<'a>(
    roster: &'a Roster,
    tenant: &Tenant,
) -> Result<&'a TenantRoster, CommandError> {
    roster.tenant(tenant).ok_or_else(|| Refusal::NoSuchTenant(tenant.clone()).into())
}
