//! The edits of one request, as they are collected.

use serde_json::Value;

use super::body_keys::{named_once, path_of_key};
use super::operation::{Operation, operations};
use super::target::Origin;
use crate::budget::WorkBudget;
use crate::coercion::is_unassigned;
use crate::edit::{Edit, Op};
use crate::extension::{self, Extension};
use crate::json_text::JsonReader;
use crate::keys::spelt_once;
use crate::member::MemberEdit;
use crate::name::Name;
use crate::path::Path;
use crate::schema::ResourceType;
use crate::{Attributes, IgnoredAttributes, InvalidRequest};

/// What a request comes to: changes of attributes, and of members if it is about a group.
pub(crate) struct Edits<'b> {
    pub(super) resource: ResourceType,
    pub(super) reader: JsonReader<'b>,
    pub(crate) edits: Vec<Edit>,
    pub(crate) members: Vec<MemberEdit>,
    pub(crate) ignored: IgnoredAttributes,
}

/// The most edits of a request. One operation may set thousands of attributes of an extension, so
/// that a bound of operations is none of edits; a resource of 256 KiB has no room for more.
const MAX_EDITS: usize = 1 << 15;

impl<'b> Edits<'b> {
    /// Reads the body of a PATCH.
    pub(crate) fn of_patch(
        body: Value,
        resource: ResourceType,
        most: usize,
        declared: &[Extension],
        budget: &'b WorkBudget,
    ) -> Result<Self, InvalidRequest> {
        let mut edits = Self::none(resource, budget);
        for operation in operations(body, resource, most)? {
            edits.take_operation(operation)?;
        }
        edits.few_enough()?;
        extension::settle(&mut edits.edits, declared)?;
        Ok(edits)
    }

    /// Reads the body of a POST or PUT: what makes a resource of nothing.
    pub(crate) fn of_body(
        mut body: Attributes,
        resource: ResourceType,
        declared: &[Extension],
        budget: &'b WorkBudget,
    ) -> Result<Self, InvalidRequest> {
        // Null is as good as absent (RFC 7643 §2.5), for what has a default as well.
        body.retain(|_, value| !is_unassigned(value));
        let mut edits = Self::none(resource, budget);
        edits.take_attributes(Op::Add, body)?;
        named_once(&edits.edits)?;
        edits.few_enough()?;
        extension::settle(&mut edits.edits, declared)?;
        Ok(edits)
    }

    fn none(resource: ResourceType, budget: &'b WorkBudget) -> Self {
        let (edits, members, ignored) = (Vec::new(), Vec::new(), IgnoredAttributes::default());
        Self { resource, reader: JsonReader::new(budget), edits, members, ignored }
    }

    fn few_enough(&self) -> Result<(), InvalidRequest> {
        // An extension that a path names comes as a whole.
        let more = self.edits.iter().filter_map(|edit| match edit {
            Edit::Add { path: Path::Undeclared(_), value }
            | Edit::Replace { path: Path::Undeclared(_), value } => value.as_object(),
            Edit::Add { .. } | Edit::Replace { .. } | Edit::Remove { .. } => None,
        });
        if self.edits.len() + more.map(Attributes::len).sum::<usize>() > MAX_EDITS {
            return Err(InvalidRequest::too_large(format!(
                "more than {MAX_EDITS} attributes are set in one request; send fewer at a time"
            )));
        }
        Ok(())
    }

    fn take_operation(&mut self, operation: Operation) -> Result<(), InvalidRequest> {
        let Operation { op, path, value } = operation;
        match (op, path, value) {
            (Op::Remove, None, _) => Err(InvalidRequest::no_target("a remove needs a path")),
            (Op::Remove, Some(path), value) => self.remove(path, value),
            (Op::Add | Op::Replace, Some(path), Some(value)) => {
                self.set(op, path, value, Origin::Path)
            }
            (Op::Add | Op::Replace, None, Some(value)) => {
                let before = self.edits.len();
                self.beneath(value, |edits, value| match value {
                    Value::Object(attributes) => edits.take_attributes(op, attributes),
                    Value::Null
                    | Value::Bool(_)
                    | Value::Number(_)
                    | Value::String(_)
                    | Value::Array(_) => Err(InvalidRequest::value(
                        "without a path, the value is an object of attributes",
                    )),
                })?;
                named_once(self.edits.get(before..).unwrap_or_default())
            }
            (Op::Add | Op::Replace, _, None) => {
                Err(InvalidRequest::value("an add or replace needs a value"))
            }
        }
    }

    /// Reads what belongs where an object does, beneath what is wrapped round it.
    pub(super) fn beneath(
        &mut self,
        sent: Value,
        read: impl FnOnce(&mut Self, Value) -> Result<(), InvalidRequest>,
    ) -> Result<(), InvalidRequest> {
        let (value, within) = self.reader.object(sent)?;
        let outside = std::mem::replace(&mut self.reader, within);
        let done = read(self, value);
        self.reader = outside;
        done
    }

    /// Reads an object of attributes. Its keys may be paths, `name.givenName` or `URN:attribute`.
    pub(super) fn take_attributes(
        &mut self,
        op: Op,
        attributes: Attributes,
    ) -> Result<(), InvalidRequest> {
        spelt_once(&attributes)?;
        for (key, value) in attributes {
            match path_of_key(key, &value, self.resource) {
                Some(path) => self.set(op, path, value, Origin::Object)?,
                // It could not be the name of anything.
                None => self.ignored.note(""),
            }
        }
        Ok(())
    }

    /// Takes note of an attribute that was passed over, unless it is known and not the client's to set.
    pub(super) fn note_ignored(&mut self, name: &Name) {
        match name.definition(self.resource) {
            None => self.ignored.note(&name.attribute),
            Some(known) if known.sub_attributes.is_empty() && name.sub.is_some() => {
                self.ignored.note(&name.to_string());
            }
            Some(_) => {}
        }
    }

    pub(super) fn is_members(&self, name: &Name) -> bool {
        self.resource == ResourceType::Group && name.is("members")
    }
}
