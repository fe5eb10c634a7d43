//! Who gives a command, and what has to be true of them at the time of the decision.

use events::{Actor, AdministratorId, AdministratorRole, CredentialId, Purpose, Scope, Tenant};
use roster::{Credential, Roster, TenantRoster};

/// Who gives a command. Goes into the headers of the events that come of it.
#[derive(Clone, Debug)]
pub struct Provenance {
    /// Whose roster the command is about.
    pub tenant: Tenant,
    /// What lets the caller in.
    pub access: Access,
    /// The id of the request that brought it.
    pub request: Option<String>,
    /// The W3C trace context of that request.
    pub trace_parent: Option<String>,
}

/// What lets a caller in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The operator token, which is no tenant's.
    Operator,
    /// Nobody: Rollcall carries out what somebody has planned, or what a policy says.
    Rollcall,
    /// A tenant's secret token, or an access token of its OAuth client, while the integration is
    /// active.
    Provisioning(CredentialId),
    /// An API token that has this scope.
    Api(CredentialId, Scope),
    /// An administrator in the portal who has one of these roles.
    Administrator(AdministratorId, &'static [AdministratorRole]),
}

/// Why a caller who was let in may not give the command after all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// It was revoked since.
    #[error("the token was revoked; nothing was written")]
    Revoked,
    /// It was deactivated since.
    #[error("the integration is not active; nothing was written")]
    Inactive,
    /// The credential never had it.
    #[error("the token lacks the scope {0}; nothing was written")]
    OutOfScope(Scope),
    /// The administrator was removed since.
    #[error("the administrator was removed; nothing was written")]
    Removed,
    /// The administrator has not, or not any more, a role that allows it.
    #[error("the administrator has none of the roles that this needs: {}; nothing was written", names(.0))]
    NoRole(&'static [AdministratorRole]),
}

fn names(roles: &[AdministratorRole]) -> String {
    roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ")
}

impl Provenance {
    /// What the events say about who caused them.
    pub(crate) fn actor(&self) -> Actor {
        match self.access {
            Access::Operator => Actor::operator(),
            Access::Rollcall => Actor::rollcall(),
            Access::Provisioning(credential) | Access::Api(credential, _) => {
                Actor::credential(credential)
            }
            Access::Administrator(administrator, _) => Actor::portal(administrator),
        }
    }

    /// Whether the caller may still give the command. A request is let in when its headers have
    /// come; its body may take half a minute more, in which its credential may be revoked. Only on
    /// the roster of the decision have the two an order, which is that of the log.
    pub fn check(&self, roster: &Roster) -> Result<(), Denied> {
        let tenant = roster.tenant(&self.tenant);
        let live = |id: &CredentialId| {
            let credential = tenant.and_then(|tenant| tenant.credential(id));
            credential.filter(|credential| !credential.revoked).ok_or(Denied::Revoked)
        };
        match self.access {
            Access::Operator | Access::Rollcall => Ok(()),
            Access::Provisioning(id) => provisioning(tenant, live(&id)?),
            Access::Api(id, scope) => api(live(&id)?, scope),
            Access::Administrator(id, roles) => {
                let administrators = tenant.map(TenantRoster::administrators);
                let administrator = administrators.and_then(|all| all.get(id));
                let administrator = administrator.ok_or(Denied::Removed)?;
                if administrator.has_any(roles) { Ok(()) } else { Err(Denied::NoRole(roles)) }
            }
        }
    }
}

fn provisioning(tenant: Option<&TenantRoster>, credential: &Credential) -> Result<(), Denied> {
    match credential.purpose {
        Purpose::SecretToken | Purpose::OauthClient => {}
        Purpose::ApiToken { .. } => return Err(Denied::Revoked),
    }
    let integration = tenant.and_then(TenantRoster::integration);
    if integration.is_some_and(|integration| integration.active) {
        Ok(())
    } else {
        Err(Denied::Inactive)
    }
}

fn api(credential: &Credential, scope: Scope) -> Result<(), Denied> {
    match &credential.purpose {
        Purpose::ApiToken { scopes, .. } if scopes.contains(&scope) => Ok(()),
        Purpose::ApiToken { .. } | Purpose::SecretToken | Purpose::OauthClient => {
            Err(Denied::OutOfScope(scope))
        }
    }
}
