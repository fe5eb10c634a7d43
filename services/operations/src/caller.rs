//! Who calls `/operator/v1`.

use access::{CommandError, RequestOrigin};
use acts::{By, Role};
use axum::extract::{FromRequestParts, MatchedPath, RawPathParams};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use events::{Digest, Scope, Tenant};
use roster::{Intent, Refusal, Roster, TenantRoster};
use web::principal::{self, InProcess};
use web::{CallerLimits, OperatorIdentity, Permission, Principal, Problem};
use writer::{Command, Committed};

use crate::act_log::ActLog;
use crate::audit;
use crate::operator_api::OperatorApi;

const TENANTS: &str = "/operator/v1/tenants";
/// What operators need.
const MANAGE: Permission = Permission::Operate(Role::TenantsManage);

/// An operator, or an administrator of the tenant in the path, and the request that they sent.
pub(crate) struct Operator {
    principal: Principal,
    origin: RequestOrigin,
    /// By what they may do this.
    permission: Permission,
}

impl FromRequestParts<OperatorApi> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &OperatorApi) -> Result<Self, Problem> {
        let principal = who(parts, api.access.counts(), api.token, &api.acts).await?;
        // The path names the tenant of all that has one.
        audit::received(parts, &api.acts, &principal, async |_| Ok(None)).await?;
        let permission = permission(parts, &principal).await?;
        Ok(Self { principal, origin: RequestOrigin::of(parts), permission })
    }
}

/// By what the caller may do what they ask for. An administrator may ask about their own tenant alone, and
/// is told the same of all others, whether or not they exist.
async fn permission(parts: &mut Parts, principal: &Principal) -> Result<Permission, Problem> {
    let permission = match principal {
        Principal::Operator(_) | Principal::Credential { .. } => MANAGE,
        Principal::Administrator { tenant, .. } => {
            let route = parts.extensions.get::<MatchedPath>().cloned();
            let route = route.as_ref().map_or("", MatchedPath::as_str);
            is_own(parts, route, tenant).await?;
            of_administrator(&parts.method, route).ok_or_else(for_operators)?
        }
    };
    principal.may(permission)?;
    Ok(permission)
}

/// What a route asks of an administrator; nothing, if it is not for them: whoever adds a route says it here.
fn of_administrator(method: &Method, route: &str) -> Option<Permission> {
    let rest = route.strip_prefix(TENANTS)?;
    let part = rest.trim_start_matches("/{tenant}").split('/').find(|part| !part.is_empty());
    match (part, method) {
        (Some("alerts" | "guard"), &Method::GET) => Some(Permission::Api(Scope::AlertsRead)),
        (Some("alerts"), _) => Some(Permission::Api(Scope::AlertsDecide)),
        (None, &Method::GET)
        | (
            Some("clients" | "credentials" | "extensions" | "guard" | "integration" | "tokens"),
            _,
        ) => Some(Permission::ManageIntegrations),
        (Some("subscribers"), _) => Some(Permission::ManageSubscribers),
        (Some("administrators"), _) => Some(Permission::ManageAdministrators),
        (Some("bookings"), _) => Some(Permission::Api(Scope::LeaversCancel)),
        (None | Some(_), _) => None,
    }
}

fn for_operators() -> Problem {
    let detail = "this is for those who operate Rollcall, and for no administrator of a tenant";
    Problem::new(StatusCode::FORBIDDEN, detail)
}

/// Refuses an administrator who asks about another tenant than theirs, or about all.
async fn is_own(parts: &mut Parts, route: &str, own: &Tenant) -> Result<(), Problem> {
    // The list has their own alone.
    if route == TENANTS && parts.method == Method::GET {
        return Ok(());
    }
    let path = RawPathParams::from_request_parts(parts, &()).await;
    let path = path.map_err(|error| Problem::malformed(error.body_text()))?;
    let named = path.iter().find(|(name, _)| *name == "tenant");
    if named.is_some_and(|(_, slug)| slug == own.as_str()) {
        return Ok(());
    }
    Err(elsewhere(own))
}

/// What an administrator is told who asks about more than their own tenant.
pub(crate) fn elsewhere(own: &Tenant) -> Problem {
    let detail = format!(
        "you are an administrator of the tenant {own}, and this is not about that one alone; sign in to the \
         other, or leave it to those who operate Rollcall"
    );
    Problem::new(StatusCode::FORBIDDEN, detail)
}

/// Who this is in the journal; nobody, if they have no business here.
pub(crate) fn by(principal: &Principal) -> Option<By> {
    match principal {
        Principal::Operator(identity) => Some(identity.by.clone()),
        Principal::Administrator { tenant, administrator, .. } => {
            Some(By::Administrator(tenant.clone(), *administrator))
        }
        Principal::Credential { .. } => None,
    }
}

/// The administrator on whose behalf the portal asks within this process; else the operator who shows a
/// token: that of the settings, or one that is in the journal.
pub(crate) async fn who(
    parts: &Parts,
    counts: &CallerLimits,
    root: Option<Digest>,
    acts: &ActLog,
) -> Result<Principal, Problem> {
    if let Some(InProcess(administrator)) = parts.extensions.get() {
        return Ok(administrator.clone());
    }
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
    /// The tenant that alone there is for the caller; none for an operator, who sees all.
    pub(crate) fn own(&self) -> Option<&Tenant> {
        self.principal.tenant()
    }

    /// Makes an intent true for a tenant, in the caller's name.
    pub(crate) async fn execute(
        &self,
        api: &OperatorApi,
        tenant: &Tenant,
        intent: impl Fn(&Roster) -> Result<Intent, CommandError> + Send + 'static,
    ) -> Result<Committed, CommandError> {
        let provenance = self.origin.provenance(&self.principal, tenant, self.permission)?;
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
