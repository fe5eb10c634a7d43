//! Who calls: found by one piece of code for all doors, each of which brings its own source of
//! credentials.

use std::collections::BTreeSet;
use std::fmt;

use acts::{By, Role, Roles};
use axum::extract::{FromRequestParts as _, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use events::{BookingSource, CredentialId, Digest, Scope, Tenant};

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
}

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
}

/// What one credential may be used for.
pub type Permissions = BTreeSet<Permission>;

impl Principal {
    /// The tenant of the credential; none for the operator.
    pub fn tenant(&self) -> Option<&Tenant> {
        match self {
            Self::Operator(_) => None,
            Self::Credential { tenant, .. } => Some(tenant),
        }
    }

    /// The one source whose bookings the credential is for; none, if it is for all.
    pub fn source(&self) -> Option<&BookingSource> {
        match self {
            Self::Operator(_) => None,
            Self::Credential { source, .. } => source.as_ref(),
        }
    }

    /// Refuses a caller who lacks `permission`.
    pub fn may(&self, permission: Permission) -> Result<(), Forbidden> {
        let has = match self {
            Self::Operator(OperatorIdentity { roles, .. }) => match permission {
                Permission::Operate(role) => roles.contains(&role),
                Permission::Provision | Permission::Api(_) => false,
            },
            Self::Credential { permissions, .. } => permissions.contains(&permission),
        };
        match (has, permission) {
            (true, _) => Ok(()),
            (false, Permission::Operate(role)) => Err(Forbidden::NoRole(role)),
            (false, Permission::Provision | Permission::Api(_)) => {
                Err(Forbidden::OutOfScope(permission))
            }
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
        })
    }
}

/// Why a caller is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unauthorized {
    /// There is no Authorization header.
    #[error("no token was sent; send `Authorization: Bearer` and the token")]
    NoToken,
    /// The same, or another scheme, where an API token is needed.
    #[error("the request has no API token; send one in the header Authorization: Bearer <token>")]
    NoApiToken,
    /// The Authorization header holds something else.
    #[error("the Authorization header is not of the form `Bearer` and a token")]
    NotBearer,
    /// Nobody issued the token to whom this door opens, or it was revoked.
    #[error("the token is unknown, revoked, or of another tenant")]
    UnknownToken,
    /// The same of an API token.
    #[error("the API token is unknown or was revoked; have an administrator issue another")]
    UnknownApiToken,
    /// An access token that was good once.
    #[error("the access token has expired; ask the token endpoint for another")]
    Expired,
}

impl Unauthorized {
    /// The `WWW-Authenticate` challenge. RFC 6750 §3: no error code when no token was sent.
    pub fn challenge(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::NoToken | Self::NoApiToken | Self::NotBearer => r#"Bearer realm="rollcall""#,
            Self::UnknownToken => {
                r#"Bearer realm="rollcall", error="invalid_token", error_description="The token is unknown or revoked""#
            }
            Self::UnknownApiToken => r#"Bearer realm="rollcall", error="invalid_token""#,
            Self::Expired => {
                r#"Bearer realm="rollcall", error="invalid_token", error_description="The access token expired""#
            }
        })
    }

    /// Whether the caller may have guessed at a token. Who shows none does not guess, nor does who
    /// shows one that was good an hour ago.
    pub fn is_guess(self) -> bool {
        match self {
            Self::NoToken | Self::NoApiToken | Self::NotBearer | Self::Expired => false,
            Self::UnknownToken | Self::UnknownApiToken => true,
        }
    }
}

impl From<NoBearer> for Unauthorized {
    fn from(why: NoBearer) -> Self {
        match why {
            NoBearer::Missing => Self::NoToken,
            NoBearer::OtherScheme | NoBearer::Malformed => Self::NotBearer,
        }
    }
}

impl From<Unauthorized> for Problem {
    fn from(why: Unauthorized) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, why.to_string())
            .with_header(header::WWW_AUTHENTICATE, why.challenge())
    }
}

/// Why a caller who was let in may not do what they ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// The token opens another tenant than the path names, whether or not there is such a tenant.
    #[error("the API token belongs to another tenant than the path names; use that tenant's token")]
    OtherTenant,
    /// The token was issued for other things.
    #[error("the API token lacks the scope {0}; have an administrator issue one that has it")]
    OutOfScope(Permission),
    /// The operator's token was made for other things.
    #[error("the operator token lacks the role {0}; have it granted (rollcall operator grant)")]
    NoRole(Role),
}

impl From<Forbidden> for Problem {
    fn from(why: Forbidden) -> Self {
        let challenge = match why {
            Forbidden::OtherTenant => {
                r#"Bearer realm="rollcall", error="insufficient_scope""#.to_owned()
            }
            Forbidden::OutOfScope(scope) => {
                format!(r#"Bearer realm="rollcall", error="insufficient_scope", scope="{scope}""#)
            }
            Forbidden::NoRole(role) => {
                format!(r#"Bearer realm="rollcall", error="insufficient_scope", scope="{role}""#)
            }
        };
        let challenge = challenge.parse().expect("challenges are of ASCII letters and signs");
        Self::new(StatusCode::FORBIDDEN, why.to_string())
            .with_header(header::WWW_AUTHENTICATE, challenge)
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
    let token = bearer::token(&parts.headers).map_err(|why| match why {
        NoBearer::Missing | NoBearer::OtherScheme => Problem::from(Unauthorized::NoApiToken),
        NoBearer::Malformed => Unauthorized::UnknownApiToken.into(),
    })?;
    let digest = Digest::of(token.as_bytes());
    let mut found = find(digest).await?;
    let path = RawPathParams::from_request_parts(parts, &()).await;
    let path = path.map_err(|error| Problem::new(StatusCode::BAD_REQUEST, error.body_text()))?;
    let named = path.iter().find(|(name, _)| *name == "tenant").map_or("", |(_, slug)| slug);
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
