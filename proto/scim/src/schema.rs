//! What a user and a group consist of (RFC 7643 §7): one definition of each attribute, which
//! filters, patches, request bodies and `/Schemas` all go by.

mod attribute;
mod common;
mod enterprise;
mod group;
mod user;

use serde::{Deserialize, Serialize};

use self::attribute::find;
pub use self::attribute::{
    Attribute, AttributeType, Mutability, Presence, Returned, Schema, Uniqueness,
};

/// The kinds of resource we keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ResourceType {
    /// A person (RFC 7643 §4.1).
    User,
    /// A group (RFC 7643 §4.2).
    Group,
}

impl ResourceType {
    /// All types.
    pub const ALL: [Self; 2] = [Self::User, Self::Group];

    /// The name, as in `meta.resourceType`.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }

    /// The path under the base URL where such resources live.
    pub fn endpoint(self) -> &'static str {
        match self {
            Self::User => "/Users",
            Self::Group => "/Groups",
        }
    }

    /// The core schema.
    pub fn schema(self) -> &'static Schema {
        match self {
            Self::User => &user::SCHEMA,
            Self::Group => &group::SCHEMA,
        }
    }

    /// The extensions we know; others are kept as they come.
    pub fn extensions(self) -> &'static [&'static Schema] {
        match self {
            Self::User => &[&enterprise::SCHEMA],
            Self::Group => &[],
        }
    }

    /// An attribute outside any extension, whatever the case of its name (RFC 7643 §2.1).
    pub fn core_attribute(self, name: &str) -> Option<&'static Attribute> {
        find(self.schema().attributes, name).or_else(|| find(common::ATTRIBUTES, name))
    }

    /// An attribute of the extension with this URN.
    pub fn extension_attribute(self, urn: &str, name: &str) -> Option<&'static Attribute> {
        let schema = self.extensions().iter().find(|schema| schema.id.eq_ignore_ascii_case(urn))?;
        find(schema.attributes, name)
    }
}

/// The schemas that `/Schemas` publishes.
pub fn all() -> impl Iterator<Item = &'static Schema> {
    [&user::SCHEMA, &enterprise::SCHEMA, &group::SCHEMA].into_iter()
}
