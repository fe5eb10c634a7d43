//! How a `remove` becomes an edit.

use serde_json::Value;

use super::edits::Edits;
use super::target::{Origin, Target};
use crate::InvalidRequest;
use crate::edit::{Edit, Op};
use crate::member::MemberEdit;
use crate::path::Path;
use crate::schema::Presence;

impl Edits<'_> {
    pub(super) fn remove(&mut self, path: Path, only: Option<Value>) -> Result<(), InvalidRequest> {
        let Path::Attribute { name, filter } = &path else {
            if path == Path::Schema(self.resource.schema().id.to_owned()) {
                return Err(InvalidRequest::mutability(
                    "a resource cannot be removed by PATCH; use DELETE",
                ));
            }
            let only = only.filter(|only| matches!(path, Path::Undeclared(_)) && only.is_array());
            self.edits.push(Edit::Remove { path, only });
            return Ok(());
        };
        if self.is_members(name) {
            let sub = name.sub.as_deref();
            let edits = MemberEdit::read(Op::Remove, sub, filter.clone(), only, self.reader)?;
            self.members.extend(edits);
            return Ok(());
        }
        let Some(target) = Target::find(name, self.resource, Origin::Path)? else {
            self.note_ignored(name);
            return Ok(());
        };
        match target.presence() {
            Presence::Required => {
                let must = format!("{path} must have a value; replace it instead");
                return Err(InvalidRequest::mutability(must));
            }
            Presence::Kept => return Ok(()),
            Presence::Optional => {}
        }
        let whole = filter.is_none() && name.sub.is_none();
        let only = match only {
            Some(only) if whole && target.may_list(&only) => {
                match target.read(only, false, self.reader)? {
                    Some(only) => Some(only),
                    // An empty list names nothing to remove.
                    None => return Ok(()),
                }
            }
            Some(_) | None => None,
        };
        self.edits.push(Edit::Remove { path, only });
        Ok(())
    }
}
