//! Extensions that a tenant declares: their attributes have types as the schema's own have. Those
//! that nobody declared are kept as they come.

mod settle;
#[cfg(test)]
mod tests;
mod values;

use serde_json::{Value, json};

pub(crate) use self::settle::settle;

use crate::name::Name;
use crate::schema::ResourceType;

/// An extension of one resource type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// The URN under which resources have its attributes.
    pub urn: String,
    /// What it extends.
    pub resource: ResourceType,
    /// What to call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its attributes.
    pub attributes: Vec<ExtensionAttribute>,
}

/// An attribute of it: optional, with one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionAttribute {
    /// The name under the URN.
    pub name: String,
    /// The type of its values.
    pub kind: ExtensionKind,
    /// Whether letter case counts when values are compared.
    pub case_exact: bool,
    /// What it is for.
    pub description: String,
}

/// The type of the values of a declared attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtensionKind {
    /// Text.
    String,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// A date-time of RFC 3339.
    DateTime,
}

impl Extension {
    fn attribute(&self, name: &str) -> Option<&ExtensionAttribute> {
        self.attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
    }

    /// The extension as `/Schemas` shows it (RFC 7643 §7).
    pub(crate) fn describe(&self, base_url: &str) -> Value {
        let attributes: Vec<_> = self.attributes.iter().map(ExtensionAttribute::describe).collect();
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": self.urn,
            "name": self.name,
            "description": self.description,
            "attributes": attributes,
            "meta": {
                "resourceType": "Schema",
                "location": format!("{base_url}/Schemas/{}", self.urn),
            },
        })
    }
}

impl ExtensionAttribute {
    fn describe(&self) -> Value {
        json!({
            "name": self.name,
            "type": self.kind.as_str(),
            "multiValued": false,
            "description": self.description,
            "required": false,
            "caseExact": self.case_exact,
            "mutability": "readWrite",
            "returned": "default",
            "uniqueness": "none",
        })
    }
}

impl ExtensionKind {
    /// The name, as in `/Schemas`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::DateTime => "dateTime",
        }
    }
}

/// The declared attribute that a name means, with its extension.
pub(crate) fn find<'a>(
    declared: &'a [Extension],
    name: &Name,
) -> Option<(&'a Extension, &'a ExtensionAttribute)> {
    let urn = name.extension.as_deref()?;
    let extension = declared.iter().find(|extension| extension.urn.eq_ignore_ascii_case(urn))?;
    Some((extension, extension.attribute(&name.attribute)?))
}
