//! What keeps the order of events: two events that share no key may be applied in either order.

use events::{BookingId, CredentialId, EmployeeId, TeamId, Tenant};

/// One thing of a tenant whose events must stay in order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderKey {
    /// Whose it is.
    pub tenant: Tenant,
    /// What it is.
    pub of: Ordered,
}

/// What a projection keeps in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ordered {
    /// The tenant itself, and its integration.
    Tenant,
    /// All of the tenant's mass-change alerts: a departure is judged by those that there are.
    Alerts,
    /// A person, by employee id.
    Person(EmployeeId),
    /// A group or an administrators' own team.
    Team(TeamId),
    /// A booking.
    Booking(BookingId),
    /// A credential.
    Credential(CredentialId),
}

impl OrderKey {
    /// The keys of these things of `tenant`.
    pub fn of(tenant: &Tenant, things: impl IntoIterator<Item = Ordered>) -> Vec<Self> {
        things.into_iter().map(|of| Self { tenant: tenant.clone(), of }).collect()
    }
}
