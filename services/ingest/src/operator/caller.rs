//! The holder of the operator token.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use events::{Digest, Tenant};
use roster::{Intent, Refusal, Roster, TenantRoster};

use crate::bearer::{self, Unauthorized};
use crate::problem::Problem;
use crate::request_id;
use crate::state::Gateway;
use writer::{Access, Command, Committed, Provenance};

pub(super) struct Operator {
    request: String,
    trace_parent: Option<String>,
}

impl FromRequestParts<Gateway> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Problem> {
        let token = bearer::token(&parts.headers)?;
        // Digests are compared, so that timing tells nothing about the token.
        let shown = Some(Digest::of(token.as_bytes()));
        if !gateway.counts.operator(&parts.extensions, || gateway.operator == shown)? {
            return Err(bearer::turn_away(gateway, "/operator", parts, Unauthorized::UnknownToken));
        }
        let trace_parent = request_id::trace_parent(&parts.headers);
        Ok(Self { request: request_id::of(parts), trace_parent })
    }
}

impl Operator {
    /// Makes `wish` true for a tenant, in the operator's name.
    pub(super) async fn fulfil(
        &self,
        gateway: &Gateway,
        tenant: &Tenant,
        wish: impl Fn(&Roster) -> Result<Intent, Problem> + Send + 'static,
    ) -> Result<Committed, Problem> {
        let provenance = Provenance {
            tenant: tenant.clone(),
            access: Access::Operator,
            request: Some(self.request.clone()),
            trace_parent: self.trace_parent.clone(),
        };
        gateway.writer.execute(Command::new(provenance, wish)).await
    }
}

/// The tenant in the path.
pub(super) fn tenant(slug: &str) -> Result<Tenant, Problem> {
    slug.parse().map_err(|error: events::BadTenant| Problem::Malformed(error.to_string()))
}

/// What is known about a tenant.
pub(super) fn known<'a>(roster: &'a Roster, tenant: &Tenant) -> Result<&'a TenantRoster, Problem> {
    roster.tenant(tenant).ok_or_else(|| Refusal::NoSuchTenant(tenant.clone()).into())
}
