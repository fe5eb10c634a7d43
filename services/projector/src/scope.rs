//! Whose events a slot holds.

use events::Tenant;
use uuid::Uuid;

/// Whose events a slot holds. All others are passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Everybody's.
    #[default]
    Whole,
    /// One tenant's.
    Tenant(Tenant),
    /// One tenant's, so that a single person's rows can be taken from it.
    Person {
        /// The tenant whose events are read.
        tenant: Tenant,
        /// Whose rows are wanted.
        person: Uuid,
    },
}

impl Scope {
    /// The tenant whose events are read; none: all are.
    pub fn tenant(&self) -> Option<&Tenant> {
        match self {
            Self::Whole => None,
            Self::Tenant(tenant) | Self::Person { tenant, .. } => Some(tenant),
        }
    }

    /// The person whose rows are wanted, if it is one's only.
    pub fn person(&self) -> Option<Uuid> {
        match self {
            Self::Whole | Self::Tenant(_) => None,
            Self::Person { person, .. } => Some(*person),
        }
    }

    /// As the columns of a checkpoint say it.
    pub(crate) fn of_columns(tenant: Option<&str>, person: Option<Uuid>) -> Self {
        // The column holds what was a tenant's slug.
        match (tenant.and_then(|tenant| tenant.parse().ok()), person) {
            (None, _) => Self::Whole,
            (Some(tenant), None) => Self::Tenant(tenant),
            (Some(tenant), Some(person)) => Self::Person { tenant, person },
        }
    }
}
