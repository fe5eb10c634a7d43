//! What keeps the order of events: two events that share no key may be applied in either order.

use events::{BookingId, CredentialId, EmployeeId, TeamId, Tenant};
use uuid::Uuid;

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
    /// All that the tenant has: an event that cannot be read may be about any of it.
    Everything,
}

impl Ordered {
    /// The thing as Postgres keeps it: what kind it is, and which one, nil where there is but one.
    pub(crate) fn columns(self) -> (&'static str, Uuid) {
        match self {
            Self::Tenant => ("tenant", Uuid::nil()),
            Self::Alerts => ("alerts", Uuid::nil()),
            Self::Person(EmployeeId(id)) => ("person", id),
            Self::Team(TeamId(id)) => ("team", id),
            Self::Booking(BookingId(id)) => ("booking", id),
            Self::Credential(CredentialId(id)) => ("credential", id),
            Self::Everything => ("everything", Uuid::nil()),
        }
    }

    /// The thing that [`columns`](Self::columns) gave. A kind that a later release wrote counts for
    /// all of the tenant: rather too much waits than too little.
    pub(crate) fn of_columns(kind: &str, id: Uuid) -> Self {
        match kind {
            "tenant" => Self::Tenant,
            "alerts" => Self::Alerts,
            "person" => Self::Person(EmployeeId(id)),
            "team" => Self::Team(TeamId(id)),
            "booking" => Self::Booking(BookingId(id)),
            "credential" => Self::Credential(CredentialId(id)),
            _everything => Self::Everything,
        }
    }
}

/// As it is called before an operator: `person 0190…`.
impl std::fmt::Display for Ordered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kind, id) = self.columns();
        if id.is_nil() { f.write_str(kind) } else { write!(f, "{kind} {id}") }
    }
}

impl OrderKey {
    /// The keys of these things of `tenant`.
    pub fn of(tenant: &Tenant, things: impl IntoIterator<Item = Ordered>) -> Vec<Self> {
        things.into_iter().map(|of| Self { tenant: tenant.clone(), of }).collect()
    }
}
