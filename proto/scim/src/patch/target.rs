//! What the attribute of an edit is to a schema.

use serde_json::Value;

use crate::InvalidRequest;
use crate::coercion::{self, is_unassigned};
use crate::json_text::JsonReader;
use crate::name::Name;
use crate::schema::{Attribute, Mutability, Presence, ResourceType};

/// Where an attribute is named. A path names it on purpose, so what cannot be set is an error there;
/// an object may be a resource that is sent back as it was read, so it is passed over there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Path,
    Object,
}

/// The attribute, or part of one, that an edit sets.
pub(super) enum Target {
    /// An attribute (not the part) that a schema defines.
    Known(&'static Attribute),
    Part {
        of: &'static Attribute,
        part: &'static Attribute,
    },
    /// In an extension that we do not know, or a part that the schema does not: kept as sent.
    Foreign,
}

impl Target {
    /// None if the attribute is not ours to keep.
    pub(super) fn find(
        name: &Name,
        resource: ResourceType,
        origin: Origin,
    ) -> Result<Option<Self>, InvalidRequest> {
        let Some(definition) = name.definition(resource) else {
            return Ok(name.extension.is_some().then_some(Self::Foreign));
        };
        let part = name.sub.as_deref().and_then(|sub| definition.sub_attribute(sub));
        let target = match (&name.sub, part) {
            (None, _) => Self::Known(definition),
            (Some(_), Some(part)) => Self::Part { of: definition, part },
            (Some(_), None) if definition.sub_attributes.is_empty() => {
                return match origin {
                    Origin::Path => {
                        Err(InvalidRequest::path(format!("{} has no parts", definition.name)))
                    }
                    Origin::Object => Ok(None),
                };
            }
            (Some(_), None) => Self::Foreign,
        };
        let read_only = definition.mutability == Mutability::ReadOnly
            || part.is_some_and(|part| part.mutability == Mutability::ReadOnly);
        if read_only && origin == Origin::Path {
            return Err(InvalidRequest::mutability(format!("{name} is read-only")));
        }
        // Clients set `schemas` from what they think is in use; we know what is.
        let ours = name.is("schemas") || definition.mutability == Mutability::WriteOnly;
        Ok((!read_only && !ours).then_some(target))
    }

    /// Reads what was sent for it; `one_value` where it is for one of several values.
    pub(super) fn read(
        &self,
        sent: Value,
        one_value: bool,
        reader: JsonReader<'_>,
    ) -> Result<Option<Value>, InvalidRequest> {
        match self {
            Self::Known(definition) if one_value => coercion::element(definition, sent, reader),
            Self::Known(definition) => coercion::attribute(definition, sent, reader),
            Self::Part { of, part } => coercion::part(of, part, sent, reader),
            Self::Foreign => Ok(Some(sent).filter(|sent| !is_unassigned(sent))),
        }
    }

    /// Whether there has to be a value.
    pub(super) fn presence(&self) -> Presence {
        match self {
            Self::Known(definition) => definition.presence,
            Self::Part { .. } | Self::Foreign => Presence::Optional,
        }
    }

    /// Whether this, sent with a remove, lists those values that go. Of what no schema knows, only a
    /// list can be meant so.
    pub(super) fn may_list(&self, sent: &Value) -> bool {
        match self {
            Self::Known(definition) => definition.multi_valued && !sent.is_null(),
            Self::Part { .. } => false,
            Self::Foreign => sent.is_array(),
        }
    }

    pub(super) fn is_multi_valued(&self) -> bool {
        match self {
            Self::Known(definition) => definition.multi_valued,
            Self::Part { .. } | Self::Foreign => false,
        }
    }
}
