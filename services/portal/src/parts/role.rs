//! What the roles of administrators are called.

use events::AdministratorRole;

/// What a role is called where people read it.
pub(crate) fn called(role: AdministratorRole) -> &'static str {
    match role {
        AdministratorRole::Viewer => "Viewer",
        AdministratorRole::TeamEditor => "Team editor",
        AdministratorRole::IntegrationManager => "Integration manager",
        AdministratorRole::Operator => "Operator",
        AdministratorRole::Owner => "Owner",
    }
}
