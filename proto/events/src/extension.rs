//! Extensions of SCIM's schemas that a tenant declares.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::TenantId;

/// An extension is from now on known as this. The body of `tenant.extension-declared`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeclaredExtension {
    pub tenant_id: TenantId,
    #[serde(flatten)]
    pub extension: Extension,
}

/// An extension is not declared any more. What people have of it stays. The body of
/// `tenant.extension-removed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RemovedExtension {
    pub tenant_id: TenantId,
    /// The URN of the extension.
    pub urn: String,
}

/// An extension of the schema of users or groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Extension {
    /// The URN under which resources have its attributes.
    pub urn: String,
    /// What it extends.
    pub resource_type: Extended,
    /// What to call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    pub attributes: Vec<ExtensionAttribute>,
}

/// What an extension extends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Extended {
    User,
    Group,
}

/// An attribute of an extension: optional, with one value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExtensionAttribute {
    pub name: String,
    /// The type of its values.
    #[serde(rename = "type")]
    pub kind: ExtensionKind,
    /// Whether letter case counts when values are compared.
    pub case_exact: bool,
    /// What it is for.
    pub description: String,
}

/// The type of an attribute's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ExtensionKind {
    String,
    Boolean,
    Integer,
    DateTime,
}
