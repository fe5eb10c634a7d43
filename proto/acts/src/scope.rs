//! How much of a read model a replay builds anew.

use std::fmt;

use events::{EmployeeId, Tenant};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much of a read model a replay is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "scope", rename_all = "kebab-case")]
pub enum Scope {
    /// All of it.
    Whole,
    /// The rows of one tenant.
    Tenant {
        /// Which.
        #[schemars(with = "String")]
        tenant: Tenant,
    },
    /// The rows of one person.
    Person {
        /// Whose tenant.
        #[schemars(with = "String")]
        tenant: Tenant,
        /// Who, by their id.
        person: EmployeeId,
    },
}

impl Scope {
    /// The tenant whose events are read; none if all are.
    pub fn tenant(&self) -> Option<&Tenant> {
        match self {
            Self::Whole => None,
            Self::Tenant { tenant } | Self::Person { tenant, .. } => Some(tenant),
        }
    }

    /// The command by which it is planned for a projection.
    pub fn planned_by(&self, projection: &str) -> String {
        let plan = format!("rollcall replay plan {projection}");
        match self {
            Self::Whole => plan,
            Self::Tenant { tenant } => format!("{plan} --tenant {tenant}"),
            Self::Person { tenant, person } => {
                format!("{plan} --tenant {tenant} --person {person}")
            }
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("whole projection"),
            Self::Tenant { tenant } => write!(f, "tenant {tenant}"),
            Self::Person { tenant, person } => write!(f, "person {person} of tenant {tenant}"),
        }
    }
}
