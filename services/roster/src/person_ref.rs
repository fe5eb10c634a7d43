//! People, as booking systems name them.

use events::{EmployeeId, ExternalId, UserName};

/// How a booking system names a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonRef {
    /// By the employee id.
    Employee(EmployeeId),
    /// By the `externalId`, which must name one person.
    ExternalId(ExternalId),
    /// By the user name.
    UserName(UserName),
}
