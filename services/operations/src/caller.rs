//! Who calls `/operator/v1`.

use access::{CommandError, RequestOrigin};
use acts::{By, Role};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use events::{Digest, Tenant};
use roster::{Intent, Refusal, Roster, TenantRoster};
use web::{CallerLimits, OperatorIdentity, Permission, Principal, Problem, principal};
use writer::{Command, Committed};

use crate::act_log::ActLog;
use crate::audit;
use crate::operator_api::OperatorApi;

/// An operator, and the request that they sent.
pub(crate) struct Operator {
    principal: Principal,
    origin: RequestOrigin,
}

impl FromRequestParts<OperatorApi> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &OperatorApi) -> Result<Self, Problem> {
        let principal = who(parts, api.access.counts(), api.token, &api.acts).await?;
        audit::received(parts, &api.acts, &principal).await?;
        principal.may(Permission::Operate(Role::TenantsManage))?;
        Ok(Self { principal, origin: RequestOrigin::of(parts) })
    }
}

/// The operator who shows a token: that of the settings, or one that is in the journal.
pub(crate) async fn who(
    parts: &Parts,
    counts: &CallerLimits,
    root: Option<Digest>,
    acts: &ActLog,
) -> Result<Principal, Problem> {
    let find = |token| {
        let state = acts.state();
        let known = state.operators.with_token(token)?;
        Some(OperatorIdentity { by: By::Operator(known.name.clone()), roles: known.roles.clone() })
    };
    let refresh = async || {
        // A journal that is away knows nobody new.
        drop(acts.current().await);
    };
    principal::operator(parts, counts, root, find, refresh).await
}

impl Operator {
    /// Makes an intent true for a tenant, in the operator's name.
    pub(crate) async fn execute(
        &self,
        api: &OperatorApi,
        tenant: &Tenant,
        intent: impl Fn(&Roster) -> Result<Intent, CommandError> + Send + 'static,
    ) -> Result<Committed, CommandError> {
        let provenance = self.origin.provenance(
            &self.principal,
            tenant,
            Permission::Operate(Role::TenantsManage),
        )?;
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
