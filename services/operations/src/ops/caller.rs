//! Who calls `/ops/v1`.

use access::RequestOrigin;
use acts::{By, Role};
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use events::Tenant;
use web::{Permission, Principal, Problem};
use writer::Provenance;

use super::confined::Asks;
use super::whose::tenant_of;
use crate::operations::Operations;
use crate::{audit, caller};

/// An operator. What asks for a change is in the journal when a handler gets this.
///
/// Of an administrator a handler gets one only through [`Confined`](super::Confined).
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
        let caller = Self::admitted(parts, ops).await?;
        operators_alone(&caller.principal)?;
        Ok(caller)
    }
}

impl Asks for Caller {
    async fn admitted(parts: &mut Parts, ops: &Operations) -> Result<Self, Problem> {
        let principal = caller::who(parts, ops.counts(), ops.token(), ops.acts()).await?;
        let whose = async |about: &_| Ok(tenant_of(ops.log(), about).await?);
        audit::received(parts, ops.acts(), &principal, whose).await?;
        Ok(Self { by: by(&principal)?, principal, origin: RequestOrigin::of(parts) })
    }

    fn principal(&self) -> &Principal {
        &self.principal
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
        let reader = Self::admitted(parts, ops).await?;
        operators_alone(&reader.principal)?;
        Ok(reader)
    }
}

impl Asks for Reader {
    async fn admitted(parts: &mut Parts, ops: &Operations) -> Result<Self, Problem> {
        let principal = caller::who(parts, ops.counts(), ops.token(), ops.acts()).await?;
        Ok(Self { by: by(&principal)?, principal })
    }

    fn principal(&self) -> &Principal {
        &self.principal
    }
}

impl Reader {
    /// Refuses a caller who lacks the role.
    pub(crate) fn may(&self, role: Role) -> Result<(), Problem> {
        Ok(self.principal.may(Permission::Operate(role))?)
    }

    /// Whether this is an administrator of the tenant that is asked about.
    pub(crate) fn is_administrator(&self) -> bool {
        matches!(self.principal, Principal::Administrator { .. })
    }
}

fn by(principal: &Principal) -> Result<By, Problem> {
    caller::by(principal).ok_or_else(|| Problem::malformed("no operator"))
}

/// Refuses administrators where not only their own tenant is asked about.
fn operators_alone(principal: &Principal) -> Result<(), Problem> {
    match principal {
        Principal::Operator(_) | Principal::Credential { .. } => Ok(()),
        Principal::Administrator { .. } => {
            let detail = "this is about all tenants together, and for those who operate Rollcall; an \
                          administrator sees their own tenant's part of it in the portal";
            Err(Problem::new(StatusCode::FORBIDDEN, detail))
        }
    }
}

impl Caller {
    /// Refuses a caller who lacks the role.
    pub(crate) fn may(&self, role: Role) -> Result<(), Problem> {
        Ok(self.principal.may(Permission::Operate(role))?)
    }

    /// The tenant whose things alone there are for the caller; none for an operator, who sees all.
    pub(crate) fn own(&self) -> Option<&Tenant> {
        self.principal.tenant()
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
        Err(Problem::new(StatusCode::FORBIDDEN, detail))
    }
}
