//! Who calls `/ops/v1`.

use access::RequestOrigin;
use acts::{By, Role};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use events::Tenant;
use web::{Permission, Principal, Problem};
use writer::Provenance;

use crate::operations::Operations;
use crate::{audit, caller};

/// An operator. What asks for a change is in the journal when a handler gets this.
#[derive(Debug)]
pub(crate) struct Caller {
    /// Who.
    pub(crate) by: By,
    principal: Principal,
    origin: RequestOrigin,
}

impl FromRequestParts<Operations> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, ops: &Operations) -> Result<Self, Problem> {
        let principal = caller::who(parts, ops.counts(), ops.token(), ops.acts()).await?;
        audit::received(parts, ops.acts(), &principal).await?;
        Ok(Self { by: by(&principal)?, principal, origin: RequestOrigin::of(parts) })
    }
}

/// An operator who asks, and changes nothing, whatever method the question needs: it is in no journal.
#[derive(Debug)]
pub(crate) struct Reader {
    /// Who.
    pub(crate) by: By,
    principal: Principal,
}

impl FromRequestParts<Operations> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, ops: &Operations) -> Result<Self, Problem> {
        let principal = caller::who(parts, ops.counts(), ops.token(), ops.acts()).await?;
        Ok(Self { by: by(&principal)?, principal })
    }
}

impl Reader {
    /// Refuses a caller who lacks the role.
    pub(crate) fn may(&self, role: Role) -> Result<(), Problem> {
        Ok(self.principal.may(Permission::Operate(role))?)
    }
}

fn by(principal: &Principal) -> Result<By, Problem> {
    match principal {
        Principal::Operator(identity) => Ok(identity.by.clone()),
        Principal::Credential { .. } | Principal::Administrator { .. } => {
            Err(Problem::malformed("no operator"))
        }
    }
}

impl Caller {
    /// Refuses a caller who lacks the role.
    pub(crate) fn may(&self, role: Role) -> Result<(), Problem> {
        Ok(self.principal.may(Permission::Operate(role))?)
    }

    /// In whose name a tenant's events are written.
    pub(crate) fn provenance(&self, tenant: &Tenant, role: Role) -> Result<Provenance, Problem> {
        Ok(self.origin.provenance(&self.principal, tenant, Permission::Operate(role))?)
    }

    /// Refuses everybody but the holder of the token of the settings.
    pub(crate) fn is_root(&self) -> Result<(), Problem> {
        if self.by == By::Root {
            return Ok(());
        }
        let detail =
            "only the operator token of the settings (ROLLCALL_OPERATOR_TOKEN) may do this";
        Err(Problem::new(axum::http::StatusCode::FORBIDDEN, detail))
    }
}
