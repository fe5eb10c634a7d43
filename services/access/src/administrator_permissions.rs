//! What the roles of administrators permit.

use acts::Role;
use events::{AdministratorRole, AdministratorRoles, Scope};
use roster::{Roster, has_any_role};
use web::{Permission, Permissions, Principal};

/// The roles of administrators of which each permits this, beside an owner's; none where it is nothing that
/// an administrator does.
pub fn roles_that_permit(permission: Permission) -> &'static [AdministratorRole] {
    match permission {
        Permission::Api(
            Scope::EmployeesRead
            | Scope::TeamsRead
            | Scope::LeaversRead
            | Scope::BookingsRead
            | Scope::AlertsRead
            | Scope::EventsRead,
        ) => &[AdministratorRole::Viewer],
        Permission::Api(Scope::TeamsWrite | Scope::LeaversCancel) => {
            &[AdministratorRole::TeamEditor]
        }
        Permission::Api(Scope::AlertsDecide | Scope::EventsReplay)
        | Permission::Operate(
            Role::OpsRead
            | Role::ReplayRun
            | Role::ReplayCutover
            | Role::ParkedDecide
            | Role::PrivacyReveal,
        )
        | Permission::ManageSubscribers => &[AdministratorRole::Operator],
        Permission::ManageIntegrations => &[AdministratorRole::IntegrationManager],
        // By it the pages of either do their work at the operators' API.
        Permission::Operate(Role::TenantsManage) => {
            &[AdministratorRole::IntegrationManager, AdministratorRole::Operator]
        }
        Permission::ManageAdministrators => &[AdministratorRole::Owner],
        // Directories provision, booking systems write bookings, and whoever runs the servers erases.
        Permission::Provision
        | Permission::Api(Scope::BookingsWrite)
        | Permission::Operate(Role::PrivacyErase) => &[],
    }
}

/// What an administrator with these roles may do.
pub fn permissions_of(roles: &AdministratorRoles) -> Permissions {
    let scopes = Scope::ALL.into_iter().map(Permission::Api);
    let operated = Role::ALL.into_iter().map(Permission::Operate);
    let all = scopes.chain(operated).chain([
        Permission::Provision,
        Permission::ManageIntegrations,
        Permission::ManageSubscribers,
        Permission::ManageAdministrators,
    ]);
    all.filter(|permission| has_any_role(roles, roles_that_permit(*permission))).collect()
}

/// The administrator with this id as a caller, unless they were removed.
pub fn principal_of_administrator(
    roster: &Roster,
    administrator: events::AdministratorId,
) -> Option<Principal> {
    let (tenant, found) = roster.administrator(&administrator)?;
    let (tenant, permissions) = (tenant.clone(), permissions_of(&found.roles));
    Some(Principal::Administrator { tenant, administrator, permissions })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(roles: &[AdministratorRole]) -> Vec<String> {
        let permissions = permissions_of(&roles.iter().copied().collect());
        permissions.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_role_permits_what_a_viewer_sees_and_its_own() {
        let viewer = names(&[AdministratorRole::Viewer]);
        assert_eq!(
            viewer,
            [
                "employees:read",
                "teams:read",
                "leavers:read",
                "bookings:read",
                "alerts:read",
                "events:read"
            ]
        );
        for (role, permitted, not) in [
            (AdministratorRole::TeamEditor, &["teams:write", "leavers:cancel"][..], "integrations"),
            (
                AdministratorRole::IntegrationManager,
                &["tenants:manage", "integrations"],
                "teams:write",
            ),
            (AdministratorRole::Operator, &["ops:read", "alerts:decide"], "integrations"),
        ] {
            let names = names(&[role]);
            assert!(viewer.iter().all(|name| names.contains(name)), "{role}: {names:?}");
            assert!(permitted.iter().all(|name| names.iter().any(|one| one == name)), "{role}");
            for refused in [not, "administrators"] {
                assert!(!names.iter().any(|name| name == refused), "{role} has {refused}");
            }
        }
    }

    #[test]
    fn an_owner_may_do_all_that_any_administrator_may() {
        let owner = permissions_of(&AdministratorRoles::from([AdministratorRole::Owner]));
        assert_eq!(owner, permissions_of(&AdministratorRoles::from(AdministratorRole::ALL)));
        assert!(owner.contains(&Permission::ManageAdministrators));
    }

    #[test]
    fn nobody_provisions_writes_bookings_or_erases_in_the_portal() {
        let owner = names(&[AdministratorRole::Owner]);
        for never in ["scim", "bookings:write", "privacy:erase"] {
            assert!(!owner.iter().any(|name| name == never), "{never}");
        }
    }
}
