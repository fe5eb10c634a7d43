//! Attributes and their characteristics (RFC 7643 §2.2), and how the schemas define them.

use serde::{Serialize, Serializer};

/// A named set of attributes.
#[derive(Debug, PartialEq, Eq)]
pub struct Schema {
    /// Its URN.
    pub id: &'static str,
    /// The name of the schema.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// Its attributes.
    pub attributes: &'static [Attribute],
}

/// One attribute and its characteristics (RFC 7643 §2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attribute {
    /// The name, in the schema's spelling.
    pub name: &'static str,
    /// The type of its values.
    #[serde(rename = "type")]
    pub kind: AttributeType,
    /// Whether it takes several values.
    pub multi_valued: bool,
    /// What it is for.
    pub description: &'static str,
    /// Whether there has to be a value.
    #[serde(rename = "required")]
    pub presence: Presence,
    /// Whether letter case counts when values are compared.
    pub case_exact: bool,
    /// Who may set it.
    pub mutability: Mutability,
    /// When it is in an answer.
    pub returned: Returned,
    /// Whether two resources may have the same value.
    pub uniqueness: Uniqueness,
    /// Usual values. Clients may send others.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub canonical_values: &'static [&'static str],
    /// What a reference may lead to.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub reference_types: &'static [&'static str],
    /// The parts of a complex attribute.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub sub_attributes: &'static [Attribute],
}

/// The type of an attribute's values (RFC 7643 §2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum AttributeType {
    /// Text.
    String,
    /// `true` or `false`.
    Boolean,
    /// A date-time of RFC 3339.
    DateTime,
    /// A URL.
    Reference,
    /// Base64.
    Binary,
    /// An object of parts.
    Complex,
}

/// Whether there has to be a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// There may be none.
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

/// Who may set an attribute, and when (RFC 7643 §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Mutability {
    /// The client may set and change it.
    ReadWrite,
    /// The server alone sets it.
    ReadOnly,
    /// The client may set it, and never reads it.
    WriteOnly,
    /// The client may set it once.
    Immutable,
}

/// When an attribute is in an answer (RFC 7643 §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Returned {
    /// Always.
    Always,
    /// Unless the client asked for others, or to leave it out.
    Default,
    /// Never.
    Never,
}

/// Whether two resources may have the same value (RFC 7643 §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Uniqueness {
    /// They may.
    None,
    /// Not within a tenant.
    Server,
}

pub(super) fn find(attributes: &'static [Attribute], name: &str) -> Option<&'static Attribute> {
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
        self.kind == AttributeType::Complex && !self.multi_valued && !self.has_value()
    }

    // The builders with which the schemas define their attributes.

    pub(super) const fn new(
        name: &'static str,
        kind: AttributeType,
        description: &'static str,
    ) -> Self {
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

    pub(super) const fn text(name: &'static str, description: &'static str) -> Self {
        Self::new(name, AttributeType::String, description)
    }

    pub(super) const fn boolean(name: &'static str, description: &'static str) -> Self {
        Self::new(name, AttributeType::Boolean, description)
    }

    pub(super) const fn date_time(name: &'static str, description: &'static str) -> Self {
        Self::new(name, AttributeType::DateTime, description)
    }

    pub(super) const fn binary(name: &'static str, description: &'static str) -> Self {
        Self { case_exact: true, ..Self::new(name, AttributeType::Binary, description) }
    }

    pub(super) const fn reference(
        name: &'static str,
        description: &'static str,
        reference_types: &'static [&'static str],
    ) -> Self {
        Self {
            case_exact: true,
            reference_types,
            ..Self::new(name, AttributeType::Reference, description)
        }
    }

    pub(super) const fn complex(
        name: &'static str,
        description: &'static str,
        sub_attributes: &'static [Attribute],
    ) -> Self {
        Self { sub_attributes, ..Self::new(name, AttributeType::Complex, description) }
    }

    pub(super) const fn many(self) -> Self {
        Self { multi_valued: true, ..self }
    }

    pub(super) const fn required(self) -> Self {
        Self { presence: Presence::Required, ..self }
    }

    pub(super) const fn kept(self) -> Self {
        Self { presence: Presence::Kept, ..self }
    }

    pub(super) const fn case_exact(self) -> Self {
        Self { case_exact: true, ..self }
    }

    pub(super) const fn unique(self) -> Self {
        Self { uniqueness: Uniqueness::Server, ..self }
    }

    pub(super) const fn read_only(self) -> Self {
        Self { mutability: Mutability::ReadOnly, ..self }
    }

    pub(super) const fn immutable(self) -> Self {
        Self { mutability: Mutability::Immutable, ..self }
    }

    pub(super) const fn write_only(self) -> Self {
        Self { mutability: Mutability::WriteOnly, returned: Returned::Never, ..self }
    }

    pub(super) const fn always_returned(self) -> Self {
        Self { returned: Returned::Always, ..self }
    }

    pub(super) const fn usually(self, canonical_values: &'static [&'static str]) -> Self {
        Self { canonical_values, ..self }
    }
}
