//! Who gives a command and in which request, for the headers of its events.

use axum::http::request::Parts;
use events::Tenant;
use web::{Forbidden, Permission, Principal, RequestId, trace_parent};
use writer::{Access, Provenance};

use crate::roles_that_permit;

/// The id of a request, and the trace that it belongs to.
#[derive(Clone, Debug)]
pub struct RequestOrigin {
    request: String,
    trace_parent: Option<String>,
}

impl RequestOrigin {
    /// That of the request with this head.
    pub fn of(parts: &Parts) -> Self {
        let request = RequestId::given(&parts.extensions, &parts.headers).as_str().to_owned();
        Self { request, trace_parent: trace_parent(&parts.headers) }
    }

    /// The provenance of a command for a tenant, which the caller gives by one permission. Who lacks
    /// it, or belongs to another tenant, is refused.
    pub fn provenance(
        &self,
        principal: &Principal,
        tenant: &Tenant,
        permission: Permission,
    ) -> Result<Provenance, Forbidden> {
        Ok(Provenance {
            tenant: tenant.clone(),
            access: access(principal, tenant, permission)?,
            request: Some(self.request.clone()),
            trace_parent: self.trace_parent.clone(),
        })
    }
}

/// What lets the caller in, as the writer checks it again at the time of the decision.
fn access(
    principal: &Principal,
    tenant: &Tenant,
    permission: Permission,
) -> Result<Access, Forbidden> {
    if principal.tenant().is_some_and(|own| own != tenant) {
        return Err(Forbidden::OtherTenant);
    }
    principal.may(permission)?;
    match (principal, permission) {
        (Principal::Operator(_), _) => Ok(Access::Operator),
        (Principal::Credential { credential, .. }, Permission::Provision) => {
            Ok(Access::Provisioning(*credential))
        }
        (Principal::Credential { credential, .. }, Permission::Api(scope)) => {
            Ok(Access::Api(*credential, scope))
        }
        (Principal::Credential { .. }, Permission::Operate(role)) => Err(Forbidden::NoRole(role)),
        (
            Principal::Credential { .. },
            Permission::ManageIntegrations
            | Permission::ManageSubscribers
            | Permission::ManageAdministrators,
        ) => Err(Forbidden::OutOfScope(permission)),
        (Principal::Administrator { administrator, .. }, _) => {
            Ok(Access::Administrator(*administrator, roles_that_permit(permission)))
        }
    }
}

#[cfg(test)]
mod tests {
    use acts::Role;
    use events::{AdministratorId, AdministratorRole, CredentialId, Scope};
    use web::{OperatorIdentity, Permissions};

    use super::*;

    #[test]
    fn each_permission_lets_in_whoever_has_it_at_their_own_tenant() {
        let (acme, globex): (Tenant, Tenant) =
            ("acme".parse().expect("a slug"), "globex".parse().expect("a slug"));
        let id: CredentialId = "01890000-0000-7000-8000-000000000001".parse().expect("an id");
        let api = Permission::Api(Scope::TeamsWrite);
        let operate = Permission::Operate(Role::TenantsManage);
        let root = || Principal::Operator(OperatorIdentity::root());
        let credential = |permissions: &[Permission]| Principal::Credential {
            tenant: acme.clone(),
            credential: id,
            permissions: permissions.iter().copied().collect::<Permissions>(),
            source: None,
        };
        let holders = [
            (root(), operate, Access::Operator),
            (credential(&[Permission::Provision]), Permission::Provision, Access::Provisioning(id)),
            (credential(&[api]), api, Access::Api(id, Scope::TeamsWrite)),
        ];
        for (principal, own, expected) in &holders {
            for wanted in [operate, Permission::Provision, api] {
                let missing = Err(match wanted {
                    Permission::Operate(role) => Forbidden::NoRole(role),
                    _ => Forbidden::OutOfScope(wanted),
                });
                let expected = if wanted == *own { Ok(*expected) } else { missing };
                assert_eq!(access(principal, &acme, wanted), expected, "{principal:?} {wanted}");
            }
        }
        assert_eq!(access(&root(), &globex, operate), Ok(Access::Operator));
        let administrator = AdministratorId(id.0);
        let permissions = Permissions::from([api]);
        let editor = Principal::Administrator { tenant: acme.clone(), administrator, permissions };
        let expected = Access::Administrator(administrator, &[AdministratorRole::TeamEditor]);
        assert_eq!(access(&editor, &acme, api), Ok(expected));
        assert_eq!(access(&editor, &acme, operate), Err(Forbidden::NotInRoles(operate)));
        assert_eq!(access(&editor, &globex, api), Err(Forbidden::OtherTenant));
        for (principal, own, _) in &holders[1..] {
            assert_eq!(access(principal, &globex, *own), Err(Forbidden::OtherTenant));
        }
    }
}
