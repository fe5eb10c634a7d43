//! How edits change a resource.
//!
//! Each edit costs a look-up, the values that it sets or removes, and the values that it has to
//! look at: all of an attribute for a filter or a part of several values, charged to the budget.
//! What edits add to one attribute, or remove from it one after the other, is looked up in an
//! index that is made once.

mod draft;
mod identity;
mod indexes;
mod listed;
mod removal;
mod sweep;
mod undeclared;
mod values;

use crate::budget::WorkBudget;
use crate::edit::Edit;
use crate::path::Path;
use crate::schema::ResourceType;
use crate::{Attributes, InvalidRequest};

use self::draft::{Draft, Mode};
pub(crate) use self::removal::remove;

/// Makes all edits, one on the result of the other.
///
/// After an error some edits are made and some are not, so the caller must discard the attributes.
pub(crate) fn apply(
    attributes: &mut Attributes,
    mut edits: &[Edit],
    resource: ResourceType,
    budget: &WorkBudget,
) -> Result<(), InvalidRequest> {
    let mut draft = Draft::new(attributes, resource, budget);
    while let Some((edit, rest)) = edits.split_first() {
        edits = rest;
        match edit {
            Edit::Add { path: Path::Schema(urn), .. }
            | Edit::Replace { path: Path::Schema(urn), .. } => {
                return Err(InvalidRequest::path(format!("{urn} names no attribute")));
            }
            Edit::Add { path: Path::Attribute { name, filter }, value } => {
                draft.set(name, filter.as_ref(), value, Mode::Join)?;
            }
            Edit::Replace { path: Path::Attribute { name, filter }, value } => {
                draft.set(name, filter.as_ref(), value, Mode::Replace)?;
            }
            Edit::Add { path: Path::Undeclared(name), value } => {
                undeclared::set(&mut draft, name, value, Mode::Join)?;
            }
            Edit::Replace { path: Path::Undeclared(name), value } => {
                undeclared::set(&mut draft, name, value, Mode::Replace)?;
            }
            Edit::Remove { path: Path::Undeclared(name), only } => {
                undeclared::remove(&mut draft, name, only.as_ref())?;
            }
            Edit::Remove { path: Path::Schema(urn), .. } => draft.remove_extension(urn)?,
            Edit::Remove { path: Path::Attribute { name, .. }, .. } => {
                let more = removal::alike(edit, edits);
                draft.remove(name, edit, &edits[..more])?;
                edits = &edits[more..];
            }
        }
    }
    sweep::sweep(attributes, resource, budget)?;
    Ok(())
}
