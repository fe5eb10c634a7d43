//! The core schema of groups.

use super::attribute::{Attribute, Schema};

/// RFC 7643 §4.2, and `description`, which customers map to keep a note about a team.
pub(super) const SCHEMA: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:core:2.0:Group",
    name: "Group",
    description: "Group",
    attributes: &[
        Attribute::text("displayName", "The name of the group.").required().unique(),
        Attribute::text("description", "What the group is for."),
        Attribute::complex("members", "The members; may be people not known yet.", MEMBER).many(),
    ],
};

const MEMBER: &[Attribute] = &[
    Attribute::text("value", "The id of the member.").case_exact().immutable(),
    Attribute::reference("$ref", "The URL of the member.", &["User", "Group"]).immutable(),
    Attribute::text("type", "What the member is.").usually(&["User", "Group"]).immutable(),
];
