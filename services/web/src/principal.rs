//! Who calls: found by one piece of code for all doors, each of which brings its own source of
//! credentials.

mod refusals;

use std::collections::BTreeSet;
use std::fmt;

use acts::{By, Role, Roles};
use axum::extract::{FromRequestParts as _, RawPathParams};
use axum::http::StatusCode;
use axum::http::request::Parts;
use events::{AdministratorId, BookingSource, CredentialId, Digest, Scope, Tenant};

pub use refusals::{Forbidden, Unauthorized};

use super::bearer::{self, NoBearer};
use super::{CallerLimits, Problem};

/// Who calls, once they have shown who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// An operator, who belongs to no tenant.
    Operator(OperatorIdentity),
    /// The holder of a tenant's credential.
    Credential {
        /// The tenant that it opens, and no other.
        tenant: Tenant,
        /// Its id.
        credential: CredentialId,
        /// What it may be used for.
        permissions: Permissions,
        /// The one source whose bookings it is for, if it is for one.
        source: Option<BookingSource>,
    },
    /// An administrator of a tenant, signed in to the portal.
    Administrator {
        /// The tenant, and no other.
        tenant: Tenant,
        /// Who.
        administrator: AdministratorId,
        /// What their roles come to.
        permissions: Permissions,
    },
}

/// Who calls, as an extension of a request that another door of the same process makes: nothing that
/// comes from the network has it.
#[derive(Clone, Debug)]
pub struct InProcess(pub Principal);

/// Which operator calls, and what their token opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorIdentity {
    /// Who.
    pub by: By,
    /// What for.
    pub roles: Roles,
}

impl OperatorIdentity {
    /// Whoever holds the token of the settings, which opens everything.
    pub fn root() -> Self {
        Self { by: By::Root, roles: Roles::from(Role::ALL) }
    }
}

/// What a route asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// A role of the operators' API. Only operators have them.
    Operate(Role),
    /// To provision through SCIM. Secret tokens and access tokens have it.
    Provision,
    /// A scope of the JSON API, for which API tokens are issued.
    Api(Scope),
    /// To see to the SCIM integration of one's own tenant, and to its credentials.
    ManageIntegrations,
    /// To see to the subscribers of one's own tenant.
    ManageSubscribers,
    /// To invite and remove administrators: of one's own tenant, or of any as an operator who manages
    /// tenants.
    ManageAdministrators,
}

/// What one credential may be used for.
pub type Permissions = BTreeSet<Permission>;

impl Principal {
    /// The tenant of the credential or of the administrator; none for the operator.
    pub fn tenant(&self) -> Option<&Tenant> {
        match self {
            Self::Operator(_) => None,
            Self::Credential { tenant, .. } | Self::Administrator { tenant, .. } => Some(tenant),
        }
    }

    /// The one source whose bookings the credential is for; none, if it is for all.
    pub fn source(&self) -> Option<&BookingSource> {
        match self {
            Self::Operator(_) | Self::Administrator { .. } => None,
            Self::Credential { source, .. } => source.as_ref(),
        }
    }

    /// Refuses a caller who lacks `permission`.
    pub fn may(&self, permission: Permission) -> Result<(), Forbidden> {
        let has = match self {
            Self::Operator(OperatorIdentity { roles, .. }) => match permission {
                Permission::Operate(role) => roles.contains(&role),
                Permission::Provision
                | Permission::Api(_)
                | Permission::ManageIntegrations
                | Permission::ManageSubscribers => false,
                Permission::ManageAdministrators => roles.contains(&Role::TenantsManage),
            },
            Self::Credential { permissions, .. } | Self::Administrator { permissions, .. } => {
                permissions.contains(&permission)
            }
        };
        if has { Ok(()) } else { Err(self.lacks(permission)) }
    }

    fn lacks(&self, permission: Permission) -> Forbidden {
        match (self, permission) {
            (Self::Administrator { .. }, _) => Forbidden::NotInRoles(permission),
            (_, Permission::Operate(role)) => Forbidden::NoRole(role),
            (Self::Operator(_), Permission::ManageAdministrators) => {
                Forbidden::NoRole(Role::TenantsManage)
            }
            (_, other) => Forbidden::OutOfScope(other),
        }
    }
}

/// Its name as a scope, in refusals and challenges.
impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Operate(role) => role.as_str(),
            Self::Provision => "scim",
            Self::Api(scope) => scope.as_str(),
            Self::ManageIntegrations => "integrations",
            Self::ManageSubscribers => "subscribers",
            Self::ManageAdministrators => "administrators",
        })
    }
}

/// What came of looking for the holder of a token once more.
#[derive(Debug)]
pub enum Sought<E> {
    /// It has one.
    Found(Principal),
    /// It has none.
    Nobody,
    /// That cannot be said at present, and this is what the caller is told. It is counted by address,
    /// apart from guesses, and not against the tenant.
    Unsure(E),
}

/// Who shows an API token in a request, and the tenant that the path names as `tenant`, to which the
/// token must belong. `find` looks up by its digest who holds a living token; `find_again` does so with
/// more effort, and is asked for whom `find` does not know: not for who guesses too much.
///
/// One of another tenant is refused in the same words whether or not the tenant in the path exists:
/// a token tells nothing about tenants other than its own.
pub async fn api_token<E: From<Problem>>(
    parts: &mut Parts,
    counts: &CallerLimits,
    find: impl AsyncFnOnce(Digest) -> Result<Option<Principal>, E>,
    find_again: impl AsyncFnOnce(Digest) -> Result<Sought<E>, E>,
) -> Result<(Tenant, Principal), E> {
    if let Some(InProcess(principal)) = parts.extensions.get().cloned() {
        return in_process(parts, principal).await;
    }
    let token = bearer::token(&parts.headers).map_err(|why| match why {
        NoBearer::Missing | NoBearer::OtherScheme => Problem::from(Unauthorized::NoApiToken),
        NoBearer::Malformed => Unauthorized::UnknownApiToken.into(),
    })?;
    let digest = Digest::of(token.as_bytes());
    let mut found = find(digest).await?;
    let named = &*named_tenant(parts).await?;
    if found.is_none() {
        counts.may_fail(named, &parts.extensions).map_err(Problem::from)?;
        found = match find_again(digest).await? {
            Sought::Found(principal) => Some(principal),
            Sought::Nobody => None,
            Sought::Unsure(why) => {
                counts.unsure(&parts.extensions).map_err(Problem::from)?;
                return Err(why);
            }
        };
    }
    let Some((tenant, principal)) = found.and_then(|it| Some((it.tenant()?.clone(), it))) else {
        counts.failure(named, &parts.extensions).map_err(Problem::from)?;
        return Err(Problem::from(Unauthorized::UnknownApiToken).into());
    };
    counts.request(&tenant, &parts.extensions).map_err(Problem::from)?;
    if named == tenant.as_str() {
        Ok((tenant, principal))
    } else {
        Err(Problem::from(Forbidden::OtherTenant).into())
    }
}

/// Who makes a request in the process: they were counted, and let in, by the door that makes it.
async fn in_process<E: From<Problem>>(
    parts: &mut Parts,
    principal: Principal,
) -> Result<(Tenant, Principal), E> {
    let named = named_tenant(parts).await?;
    match principal.tenant() {
        Some(tenant) if tenant.as_str() == named => Ok((tenant.clone(), principal)),
        Some(_) | None => Err(Problem::from(Forbidden::OtherTenant).into()),
    }
}

/// The tenant that the path names, whether or not there is one.
async fn named_tenant(parts: &mut Parts) -> Result<String, Problem> {
    let path = RawPathParams::from_request_parts(parts, &()).await;
    let path = path.map_err(|error| Problem::new(StatusCode::BAD_REQUEST, error.body_text()))?;
    let named = path.iter().find(|(name, _)| *name == "tenant");
    Ok(named.map_or_else(String::new, |(_, slug)| slug.to_owned()))
}

/// Which operator shows a token in a request: the one of the settings, whose digest is `root`, or
/// one that `find` knows by its digest.
///
/// `refresh` is called when the token is known to nobody, since it may have been made a moment ago
/// in another process: not for an address that guesses too much.
pub async fn operator(
    parts: &Parts,
    counts: &CallerLimits,
    root: Option<Digest>,
    find: impl Fn(Digest) -> Option<OperatorIdentity>,
    refresh: impl AsyncFnOnce(),
) -> Result<Principal, Problem> {
    let token = bearer::token(&parts.headers).map_err(Unauthorized::from)?;
    // Digests are compared, so that timing tells nothing about the token.
    let shown = Digest::of(token.as_bytes());
    let known = || {
        if root == Some(shown) { Some(OperatorIdentity::root()) } else { find(shown) }
    };
    let mut found = None;
    if known().is_none() {
        counts.may_try_operator(&parts.extensions)?;
        refresh().await;
    }
    let is_known = counts.operator(&parts.extensions, || {
        found = known();
        found.is_some()
    })?;
    if let (true, Some(identity)) = (is_known, found) {
        return Ok(Principal::Operator(identity));
    }
    counts.failure("/operator", &parts.extensions)?;
    Err(Unauthorized::UnknownToken.into())
}

#[cfg(test)]
mod tests;
