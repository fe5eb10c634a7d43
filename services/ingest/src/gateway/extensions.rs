//! The schema extensions that a tenant has declared, as the SCIM library takes them.

use scim::{Extension, ExtensionAttribute, ExtensionKind, ResourceType};

use super::caller::Caller;

impl Caller {
    /// What the caller's tenant has declared.
    pub(super) fn extensions(&self) -> Vec<Extension> {
        self.tenant_roster().extensions().map(extension).collect()
    }

    /// What it has declared for one type of resource.
    pub(super) fn extensions_of(&self, resource_type: ResourceType) -> Vec<Extension> {
        let declared = self.tenant_roster().extensions();
        declared.map(extension).filter(|one| one.resource == resource_type).collect()
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
