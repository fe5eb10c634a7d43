//! SCIM 2.0 as Microsoft Entra speaks it, and as RFC 7643 and RFC 7644 define it.
//!
//! What comes in, in any spelling, is read into one meaning: [`User`], [`Group`], [`Edit`],
//! [`MemberEdit`], [`Filter`], [`Selection`]. What goes out is exactly what was sent, in canonical
//! names. The crate is pure: no clock, no randomness, no input or output.

#![warn(missing_docs)]

mod apply;
mod boolean;
mod budget;
pub mod bulk;
mod coercion;
pub mod discovery;
mod edit;
mod error;
mod extension;
pub mod filter;
pub mod group;
mod ignored;
mod instant;
mod json_text;
mod keys;
mod member;
pub mod messages;
mod name;
pub mod patch;
mod path;
mod precondition;
mod primary;
mod rendered;
pub mod schema;
pub mod selection;
mod single_value;
mod sort;
mod undeclared;
mod user;

#[cfg(test)]
mod tests;

pub use budget::{STEPS, STEPS_PER_MEMBER, STEPS_PER_RESOURCE, WorkBudget};
pub use edit::Edit;
pub use error::{InvalidRequest, ScimType};
pub use extension::{Extension, ExtensionAttribute, ExtensionKind};
pub use filter::{Filter, Matcher, Subject};
pub use group::{Group, GroupPatch};
pub use ignored::IgnoredAttributes;
pub use member::{Member, MemberEdit};
pub use name::Name;
pub use path::Path;
pub use precondition::{Evaluation, Precondition};
pub use rendered::{Rendered, StoredUser};
pub use schema::ResourceType;
pub use selection::Selection;
pub use sort::{Sort, SortKey, SortOrder};
pub use user::User;

/// The attributes of a resource, or of one complex value, by name.
pub type Attributes = serde_json::Map<String, serde_json::Value>;

/// What the server knows about a resource and the client does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// The id that the server gave.
    pub id: String,
    /// RFC 3339, as it shall be shown.
    pub created: String,
    /// RFC 3339, as it shall be shown.
    pub last_modified: String,
    /// A weak entity tag, `W/"7"`.
    pub version: String,
    /// The absolute URL of the resource.
    pub location: String,
    /// The groups a user is in; stays empty for a group.
    pub groups: Vec<GroupRef>,
}

/// The attribute `meta` (RFC 7643 §3.1).
#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct RenderedMeta<'a> {
    resource_type: &'static str,
    created: &'a str,
    last_modified: &'a str,
    location: &'a str,
    version: &'a str,
}

/// A group, as a user's `groups` shows it (RFC 7643 §4.1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRef {
    /// The id of the group.
    pub value: String,
    /// The name of the group.
    pub display: Option<String>,
    /// The absolute URL of the group.
    pub ref_: Option<String>,
}

/// An element of `groups` (RFC 7643 §4.1.2).
#[derive(Debug, serde::Serialize)]
struct RenderedGroupRef<'a> {
    #[serde(rename = "$ref", skip_serializing_if = "Option::is_none")]
    ref_: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'static str,
    value: &'a str,
}

impl Meta {
    /// Adds `id`, `meta` and `schemas` to `attributes` (RFC 7643 §3).
    ///
    /// `schemas` names the core schema and the extensions in use, and nothing else.
    fn complete(&self, resource_type: ResourceType, attributes: &mut Attributes) {
        let extensions = attributes.keys().filter(|key| name::is_urn(key)).cloned();
        let schemas: Vec<String> =
            std::iter::once(resource_type.schema().id.to_owned()).chain(extensions).collect();
        attributes.insert("schemas".into(), schemas.into());
        attributes.insert("id".into(), self.id.clone().into());
        let meta = serde_json::to_value(self.shown(resource_type)).expect("it is texts by name");
        attributes.insert("meta".into(), meta);
    }

    /// What `meta` shows.
    fn shown(&self, resource_type: ResourceType) -> RenderedMeta<'_> {
        RenderedMeta {
            resource_type: resource_type.name(),
            created: &self.created,
            last_modified: &self.last_modified,
            location: &self.location,
            version: &self.version,
        }
    }
}

impl GroupRef {
    /// What an element of `groups` shows.
    fn shown(&self) -> RenderedGroupRef<'_> {
        RenderedGroupRef {
            ref_: self.ref_.as_deref(),
            display: self.display.as_deref(),
            kind: "direct",
            value: &self.value,
        }
    }
}
