//! The holder of the operator token.

use access::CommandError;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use events::Tenant;
use roster::{Intent, Refusal, Roster, TenantRoster};
use web::{Problem, RequestId, principal, trace_parent};
use writer::{Access, Command, Committed, Provenance};

use crate::operator_api::OperatorApi;

/// An operator, and the request that they sent.
pub(crate) struct Operator {
    request: String,
    trace_parent: Option<String>,
}

impl FromRequestParts<OperatorApi> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &OperatorApi) -> Result<Self, Problem> {
        principal::operator(parts, api.access.counts(), api.token)?;
        let request = RequestId::given(&parts.extensions, &parts.headers).as_str().to_owned();
        Ok(Self { request, trace_parent: trace_parent(&parts.headers) })
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
        let provenance = Provenance {
            tenant: tenant.clone(),
            access: Access::Operator,
            request: Some(self.request.clone()),
            trace_parent: self.trace_parent.clone(),
        };
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
