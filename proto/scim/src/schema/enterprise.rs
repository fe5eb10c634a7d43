//! The enterprise extension of users.

use super::attribute::{Attribute, Schema};

/// RFC 7643 §4.3.
pub(super) const SCHEMA: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    name: "EnterpriseUser",
    description: "Enterprise User",
    attributes: &[
        Attribute::text("employeeNumber", "The number or code that the employer gave the person."),
        Attribute::text("costCenter", "The cost center."),
        Attribute::text("organization", "The organization."),
        Attribute::text("division", "The division."),
        Attribute::text("department", "The department."),
        Attribute::complex("manager", "The person's manager; need not be known here.", MANAGER),
    ],
};

const MANAGER: &[Attribute] = &[
    Attribute::text("value", "The id of the manager.").case_exact(),
    Attribute::reference("$ref", "The URL of the manager, as the client gave it.", &["User"]),
    Attribute::text("displayName", "The manager's name.").read_only(),
];
