//! The sections of a tenant's pages, as the navigation lists them.

use events::{Scope, Tenant};
use web::Permission;

use super::icon::Icon;

/// A section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// How things stand.
    Overview,
    /// Who works here.
    People,
    /// In which teams.
    Teams,
    /// What leavers have left behind.
    Leavers,
    /// What happened.
    Activity,
    /// What Entra asked for.
    Requests,
    /// How Entra comes in.
    Integrations,
    /// How the machinery is.
    Operations,
    /// Who may use these pages.
    Administrators,
}

impl Section {
    /// All sections, in their order.
    pub(crate) const ALL: [Self; 9] = [
        Self::Overview,
        Self::People,
        Self::Teams,
        Self::Leavers,
        Self::Activity,
        Self::Requests,
        Self::Integrations,
        Self::Operations,
        Self::Administrators,
    ];

    /// What it is called.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::People => "People",
            Self::Teams => "Teams",
            Self::Leavers => "Leavers",
            Self::Activity => "Activity",
            Self::Requests => "Requests",
            Self::Integrations => "Integrations",
            Self::Operations => "Operations",
            Self::Administrators => "Administrators",
        }
    }

    /// Where it begins.
    pub(crate) fn path(self, tenant: &Tenant) -> String {
        match self {
            Self::Overview => format!("/t/{tenant}"),
            Self::People
            | Self::Teams
            | Self::Leavers
            | Self::Activity
            | Self::Requests
            | Self::Integrations
            | Self::Operations
            | Self::Administrators => format!("/t/{tenant}/{}", self.name().to_ascii_lowercase()),
        }
    }

    /// What whoever sees it must be permitted to do.
    pub(crate) fn needs(self) -> Permission {
        match self {
            Self::Overview | Self::People => Permission::Api(Scope::EmployeesRead),
            Self::Teams => Permission::Api(Scope::TeamsRead),
            Self::Leavers => Permission::Api(Scope::LeaversRead),
            Self::Activity | Self::Requests => Permission::Api(Scope::EventsRead),
            Self::Integrations => Permission::ManageIntegrations,
            Self::Operations => Permission::Operate(acts::Role::OpsRead),
            Self::Administrators => Permission::ManageAdministrators,
        }
    }

    /// Its sign.
    pub(crate) fn icon(self) -> Icon {
        match self {
            Self::Overview => Icon::Overview,
            Self::People => Icon::People,
            Self::Teams => Icon::Teams,
            Self::Leavers => Icon::Leavers,
            Self::Activity => Icon::Activity,
            Self::Requests => Icon::Requests,
            Self::Integrations => Icon::Integrations,
            Self::Operations => Icon::Operations,
            Self::Administrators => Icon::Administrators,
        }
    }
}
