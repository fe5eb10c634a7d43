//! Whose things a caller of `/ops/v1` may look at and change: an operator everybody's, an administrator those of
//! their own tenant. Of what is another tenant's they are told the same as of what is not there.
//!
//! A handler that takes a [`Caller`](super::Caller) or a [`Reader`](super::Reader) lets no administrator in. One
//! that takes a [`Confined`] one has to say whose thing it is about.

use acts::Role;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use events::Tenant;
use web::{Permission, Principal, Problem};

use crate::caller::elsewhere;
use crate::operations::Operations;

/// Who asks, whoever they are.
pub(crate) trait Asks: Sized {
    /// Lets in operators, and administrators within this process.
    fn admitted(
        parts: &mut Parts,
        ops: &Operations,
    ) -> impl Future<Output = Result<Self, Problem>> + Send;

    /// Who it is.
    fn principal(&self) -> &Principal;
}

/// A caller who may be an administrator, and of whom it is not said yet whose thing they ask for.
#[derive(Debug)]
pub(crate) struct Confined<C>(C);

impl<C: Asks> FromRequestParts<Operations> for Confined<C> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, ops: &Operations) -> Result<Self, Problem> {
        C::admitted(parts, ops).await.map(Self)
    }
}

impl<C: Asks> Confined<C> {
    /// The tenant whose things alone there are for the caller; none for an operator, who sees all.
    pub(crate) fn own(&self) -> Option<&Tenant> {
        self.0.principal().tenant()
    }

    /// Whether there is a thing of this tenant for the caller; of no tenant's own, if none is named.
    pub(crate) fn sees(&self, tenant: Option<&Tenant>) -> bool {
        sees(self.own(), tenant)
    }

    /// Refuses a caller who lacks the role.
    pub(crate) fn may(&self, role: Role) -> Result<(), Problem> {
        Ok(self.0.principal().may(Permission::Operate(role))?)
    }

    /// Refuses an operator who lacks the role, and an administrator who lacks the other permission.
    pub(crate) fn may_either(&self, role: Role, other: Permission) -> Result<(), Problem> {
        match self.0.principal() {
            Principal::Operator(_) | Principal::Credential { .. } => self.may(role),
            Principal::Administrator { .. } => Ok(self.0.principal().may(other)?),
        }
    }

    /// The tenant that is asked about: the one that is named, or the caller's own; none if all are. Refuses
    /// another than theirs, in the same words whether or not it exists.
    pub(crate) fn about(&self, named: Option<Tenant>) -> Result<Option<Tenant>, Problem> {
        match (self.own(), named) {
            (None, named) => Ok(named),
            (Some(own), None) => Ok(Some(own.clone())),
            (Some(own), Some(named)) if *own == named => Ok(Some(named)),
            (Some(own), Some(_)) => Err(elsewhere(own)),
        }
    }

    /// The caller, who asks for something of this tenant; of no tenant's own, if none is named.
    pub(crate) fn at(self, tenant: Option<&Tenant>) -> Result<C, Problem> {
        match self.own() {
            Some(own) if !self.sees(tenant) => Err(elsewhere(own)),
            Some(_) | None => Ok(self.0),
        }
    }
}

/// Whether somebody who is confined to their own tenant, if they are, is told of a thing of this one.
pub(crate) fn sees(own: Option<&Tenant>, tenant: Option<&Tenant>) -> bool {
    own.is_none_or(|own| Some(own) == tenant)
}
