//! What a user and a group consist of (RFC 7643 §7): one definition of each attribute, which
//! filters, patches, request bodies and `/Schemas` all go by.

mod common;
mod enterprise;
mod group;
mod user;

use serde::{Deserialize, Serialize, Serializer};

/// The kinds of resource we keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ResourceType {
    User,
    Group,
}

impl ResourceType {
    pub const ALL: [Self; 2] = [Self::User, Self::Group];

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

/// A named set of attributes.
#[derive(Debug, PartialEq, Eq)]
pub struct Schema {
    /// Its URN.
    pub id: &'static str,
    pub name: &'static str,
    pub description: &'static str,
    pub attributes: &'static [Attribute],
}

/// One attribute and its characteristics (RFC 7643 §2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attribute {
    pub name: &'static str,
    #[serde(rename = "type")]
    pub kind: Kind,
    pub multi_valued: bool,
    pub description: &'static str,
    #[serde(rename = "required")]
    pub presence: Presence,
    pub case_exact: bool,
    pub mutability: Mutability,
    pub returned: Returned,
    pub uniqueness: Uniqueness,
    /// Usual values. Clients may send others.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub canonical_values: &'static [&'static str],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub reference_types: &'static [&'static str],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub sub_attributes: &'static [Attribute],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    String,
    Boolean,
    DateTime,
    Reference,
    Binary,
    Complex,
}

/// Whether there has to be a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    Optional,
    /// The client gives one.
    Required,
    /// Who makes the resource gives one, or else we do. From then on it is replaced, and stays as
    /// it is where a client removes it: Entra sends nulls and must not be refused for them.
    Kept,
}

/// As the characteristic `required` (RFC 7643 §2.2): whether the client has to give a value.
impl Serialize for Presence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(*self == Self::Required)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Mutability {
    ReadWrite,
    ReadOnly,
    WriteOnly,
    Immutable,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Returned {
    Always,
    Default,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Uniqueness {
    None,
    Server,
}

fn find(attributes: &'static [Attribute], name: &str) -> Option<&'static Attribute> {
    attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

impl Attribute {
    /// A sub-attribute of a complex attribute, whatever the case of its name.
    pub fn sub_attribute(&self, name: &str) -> Option<&'static Attribute> {
        find(self.sub_attributes, name)
    }

    /// Whether a value stands for `{"value": …}`, as in `emails co "x"` or `"manager": "id"`.
    pub(crate) fn has_value(&self) -> bool {
        self.sub_attribute("value").is_some()
    }

    /// Whether its `value` is the id of a resource, as that of a member or a manager is.
    pub(crate) fn refers(&self) -> bool {
        self.sub_attribute("$ref").is_some()
    }

    /// Complex, single and without a `value` of its own, such as `name`: its parts live and change
    /// one by one.
    pub(crate) fn is_record(&self) -> bool {
        self.kind == Kind::Complex && !self.multi_valued && !self.has_value()
    }

    // What follows is the vocabulary of the definitions in the modules below.

    const fn new(name: &'static str, kind: Kind, description: &'static str) -> Self {
        Self {
            name,
            kind,
            multi_valued: false,
            description,
            presence: Presence::Optional,
            case_exact: false,
            mutability: Mutability::ReadWrite,
            returned: Returned::Default,
            uniqueness: Uniqueness::None,
            canonical_values: &[],
            reference_types: &[],
            sub_attributes: &[],
        }
    }

    const fn text(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Kind::String, description)
    }

    const fn boolean(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Kind::Boolean, description)
    }

    const fn date_time(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Kind::DateTime, description)
    }

    const fn binary(name: &'static str, description: &'static str) -> Self {
        Self { case_exact: true, ..Self::new(name, Kind::Binary, description) }
    }

    const fn reference(
        name: &'static str,
        description: &'static str,
        reference_types: &'static [&'static str],
    ) -> Self {
        Self { case_exact: true, reference_types, ..Self::new(name, Kind::Reference, description) }
    }

    const fn complex(
        name: &'static str,
        description: &'static str,
        sub_attributes: &'static [Attribute],
    ) -> Self {
        Self { sub_attributes, ..Self::new(name, Kind::Complex, description) }
    }

    const fn many(self) -> Self {
        Self { multi_valued: true, ..self }
    }

    const fn required(self) -> Self {
        Self { presence: Presence::Required, ..self }
    }

    const fn kept(self) -> Self {
        Self { presence: Presence::Kept, ..self }
    }

    const fn case_exact(self) -> Self {
        Self { case_exact: true, ..self }
    }

    const fn unique(self) -> Self {
        Self { uniqueness: Uniqueness::Server, ..self }
    }

    const fn read_only(self) -> Self {
        Self { mutability: Mutability::ReadOnly, ..self }
    }

    const fn immutable(self) -> Self {
        Self { mutability: Mutability::Immutable, ..self }
    }

    const fn write_only(self) -> Self {
        Self { mutability: Mutability::WriteOnly, returned: Returned::Never, ..self }
    }

    const fn always_returned(self) -> Self {
        Self { returned: Returned::Always, ..self }
    }

    const fn usually(self, canonical_values: &'static [&'static str]) -> Self {
        Self { canonical_values, ..self }
    }
}
