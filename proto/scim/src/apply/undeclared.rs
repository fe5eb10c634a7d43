//! Edits by a URN that nobody declared: of a whole extension, or of an attribute of one.

use std::sync::Arc;

use serde_json::Value;

use super::draft::{Draft, Mode};
use crate::InvalidRequest;
use crate::budget::BudgetExceeded;
use crate::coercion::is_unassigned;
use crate::name::{Name, QualifiedName};

/// Sets what the URN means to the resource. If it means nothing yet, an object makes an extension,
/// as it does in the body of a POST, and anything else an attribute.
pub(super) fn set(
    draft: &mut Draft<'_>,
    name: &Name,
    value: &Value,
    mode: Mode,
) -> Result<(), InvalidRequest> {
    match draft.meaning(name)? {
        Some(QualifiedName::Schema(urn)) => set_extension(draft, &urn, value, mode),
        Some(QualifiedName::Attribute(name)) => set_attribute(draft, &name, value, mode),
        Some(QualifiedName::Ambiguous(_)) | None if value.is_object() => {
            set_extension(draft, &name.to_string(), value, mode)
        }
        Some(QualifiedName::Ambiguous(_)) | None => set_attribute(draft, name, value, mode),
    }
}

/// Removes what the URN means to the resource, or only the listed values of it.
pub(super) fn remove(
    draft: &mut Draft<'_>,
    name: &Name,
    only: Option<&Value>,
) -> Result<(), BudgetExceeded> {
    match draft.meaning(name)? {
        Some(QualifiedName::Schema(urn)) => draft.remove_extension(&urn),
        Some(QualifiedName::Attribute(name)) => match only {
            Some(only) => draft.remove_listed(&name, only),
            None => draft.remove_all(&name),
        },
        Some(QualifiedName::Ambiguous(_)) | None => Ok(()),
    }
}

fn set_extension(
    draft: &mut Draft<'_>,
    urn: &str,
    value: &Value,
    mode: Mode,
) -> Result<(), InvalidRequest> {
    match value {
        Value::Object(attributes) if !attributes.is_empty() => {
            let urn: Arc<str> = urn.into();
            for (attribute, value) in attributes {
                let extension = Some(Arc::clone(&urn));
                let name = Name { extension, ..Name::core(attribute) };
                set_attribute(draft, &name, value, mode)?;
            }
            Ok(())
        }
        value if is_unassigned(value) => {
            if mode == Mode::Replace {
                draft.remove_extension(urn)?;
            }
            Ok(())
        }
        _ => Err(InvalidRequest::value(format!("{urn} takes an object of attributes"))),
    }
}

fn set_attribute(
    draft: &mut Draft<'_>,
    name: &Name,
    value: &Value,
    mode: Mode,
) -> Result<(), InvalidRequest> {
    if is_unassigned(value) {
        return Ok(draft.remove_all(name)?);
    }
    draft.set(name, None, value, mode)
}
