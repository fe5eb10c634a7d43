//! Edits and filters by the types of declared attributes.

use super::{Extension, ExtensionAttribute, find};
use crate::InvalidRequest;
use crate::edit::Edit;
use crate::filter::{Comparison, Filter, Literal};
use crate::path::Path;

/// Gives the values that edits set their declared types, and the attributes their declared names.
pub(crate) fn settle(edits: &mut [Edit], declared: &[Extension]) -> Result<(), InvalidRequest> {
    for edit in edits {
        let (path, value) = match edit {
            Edit::Add { path, value } | Edit::Replace { path, value } => (path, Some(value)),
            Edit::Remove { path, only: _ } => (path, None),
        };
        let Path::Attribute { name, .. } = path else { continue };
        let Some((extension, attribute)) = find(declared, name) else { continue };
        if name.sub.is_some() {
            return Err(InvalidRequest::path(format!("{} has no parts", attribute.name)));
        }
        name.extension = Some(extension.urn.as_str().into());
        name.attribute.clone_from(&attribute.name);
        let Some(value) = value else { continue };
        match attribute.coerce(value.take())? {
            Some(read) => *value = read,
            None => *edit = Edit::Remove { path: path.clone(), only: None },
        }
    }
    Ok(())
}

impl Filter {
    /// The same filter, with its literals in the types of declared attributes.
    #[must_use]
    pub fn declared(self, declared: &[Extension]) -> Self {
        let each = |all: Vec<Self>| all.into_iter().map(|one| one.declared(declared)).collect();
        match self {
            Self::And(all) => Self::And(each(all)),
            Self::Or(any) => Self::Or(each(any)),
            Self::Not(filter) => Self::Not(Box::new(filter.declared(declared))),
            Self::Compare { name, comparison, literal, case_exact } => {
                match find(declared, &name) {
                    Some((_, attribute)) => Self::Compare {
                        literal: typed(attribute, comparison, literal),
                        case_exact: attribute.case_exact,
                        name,
                        comparison,
                    },
                    None => Self::Compare { name, comparison, literal, case_exact },
                }
            }
            Self::Present(_) | Self::Element { .. } => self,
        }
    }
}

/// A part of a text is looked for as the text that it is.
fn typed(attribute: &ExtensionAttribute, comparison: Comparison, literal: Literal) -> Literal {
    match comparison {
        Comparison::Co | Comparison::Sw | Comparison::Ew => literal,
        Comparison::Eq
        | Comparison::Ne
        | Comparison::Gt
        | Comparison::Ge
        | Comparison::Lt
        | Comparison::Le => attribute.typed_literal(literal),
    }
}
