//! The extensions that a tenant has declared, in SCIM's words.

use scim::{Extension, ExtensionAttribute, ExtensionKind, ResourceType};

use super::caller::Caller;

impl Caller {
    /// What the caller's tenant adds to the schemas.
    pub(super) fn declared(&self) -> Vec<Extension> {
        self.people().extensions().map(extension).collect()
    }

    /// What it adds to the schema of one type.
    pub(super) fn declared_for(&self, resource: ResourceType) -> Vec<Extension> {
        let declared = self.people().extensions().map(extension);
        declared.filter(|extension| extension.resource == resource).collect()
    }
}

fn extension(declared: &events::Extension) -> Extension {
    Extension {
        urn: declared.urn.clone(),
        resource: match declared.resource_type {
            events::Extended::User => ResourceType::User,
            events::Extended::Group => ResourceType::Group,
        },
        name: declared.name.clone(),
        description: declared.description.clone(),
        attributes: declared.attributes.iter().map(attribute).collect(),
    }
}

fn attribute(declared: &events::ExtensionAttribute) -> ExtensionAttribute {
    ExtensionAttribute {
        name: declared.name.clone(),
        kind: match declared.kind {
            events::ExtensionKind::String => ExtensionKind::String,
            events::ExtensionKind::Boolean => ExtensionKind::Boolean,
            events::ExtensionKind::Integer => ExtensionKind::Integer,
            events::ExtensionKind::DateTime => ExtensionKind::DateTime,
        },
        case_exact: declared.case_exact,
        description: declared.description.clone(),
    }
}
