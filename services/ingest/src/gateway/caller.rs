//! Who calls the gateway, and the roster that answers them.

use std::sync::Arc;

use access::RequestOrigin;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use eventlog::clock;
use events::Tenant;
use roster::{Roster, TenantRoster};
use web::{Permission, Principal, Unauthorized};
use writer::{Access, Provenance};

use super::error::ScimError;
use super::path_params::tenant_slug;
use crate::provisioner::{principal, turn_away};
use crate::recording::Note;
use crate::state::Gateway;

/// A provisioning client of the tenant in the URL, whose integration is active.
pub(super) struct Caller {
    pub(super) tenant: Tenant,
    pub(super) provenance: Provenance,
    /// The roster as of this request: every write acknowledged before is in it.
    pub(super) roster: Arc<Roster>,
}

impl Caller {
    /// Checks that the caller is still let in, now that the body has come. Each decision checks it
    /// again; this spares a request of many decisions all of them.
    pub(super) fn check_access(&self, gateway: &Gateway) -> Result<(), ScimError> {
        Ok(self.provenance.check(&gateway.access.writer().roster())?)
    }

    /// The caller's tenant in that roster.
    pub(super) fn tenant_roster(&self) -> &TenantRoster {
        self.roster.tenant(&self.tenant).expect("the caller's credential is in the tenant's roster")
    }
}

impl FromRequestParts<Gateway> for Caller {
    type Rejection = ScimError;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, ScimError> {
        web::note_route(&parts.extensions);
        let slug = tenant_slug(parts, gateway).await?;
        // A tenant that cannot exist is answered like one whose token was not shown.
        let tenant: Tenant = slug.parse().map_err(|_| {
            turn_away::<ScimError>(gateway, &slug, parts, Unauthorized::UnknownToken)
        })?;
        let roster = gateway.access.current_roster().await?;
        let now = clock::now();
        if roster.tenant(&tenant).is_some() {
            Note::tenant_is(&parts.extensions, &tenant);
        }
        let provenance = principal(&parts.headers, &roster, gateway, now)
            .and_then(|principal| provenance(parts, &principal, &tenant))
            .map_err(|why| turn_away::<ScimError>(gateway, &slug, parts, why))?;
        if let Access::Provisioning(credential) = provenance.access {
            Note::credential_is(&parts.extensions, credential);
            gateway.credential_uses.seen(&tenant, credential, now);
        }
        gateway.last_requests.seen(&tenant, now);
        gateway.access.counts().request(&tenant, &parts.extensions)?;
        if !roster.tenant(&tenant).is_some_and(access::is_active) {
            return Err(ScimError::Inactive);
        }
        Ok(Self { tenant, provenance, roster })
    }
}

/// In whose name the request's commands are given. The gateway treats a credential for something
/// else, or of another tenant, like an unknown one.
fn provenance(
    parts: &Parts,
    principal: &Principal,
    tenant: &Tenant,
) -> Result<Provenance, Unauthorized> {
    let origin = RequestOrigin::of(parts);
    let provenance = origin.provenance(principal, tenant, Permission::Provision);
    provenance.map_err(|_| Unauthorized::UnknownToken)
}
