use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::target::{Asked, Target};
use super::{Edit, Operation, Verb, operations};
use crate::budget::Budget;
use crate::extension::{self, Extension};
use crate::filter::Filter;
use crate::keys::spelt_once;
use crate::member::MemberEdit;
use crate::name::{Name, canonical_sub, is_urn};
use crate::path::Path;
use crate::reading::{is_unassigned, no_part};
use crate::schema::{Attribute, Presence, ResourceType};
use crate::wrapped::Reader;
use crate::{Attributes, IgnoredAttributes, InvalidRequest};

/// What a request comes to: changes of attributes, and of members if it is about a group.
pub(crate) struct Edits<'b> {
    resource: ResourceType,
    reader: Reader<'b>,
    pub(crate) edits: Vec<Edit>,
    pub(crate) members: Vec<MemberEdit>,
    pub(crate) unkept: IgnoredAttributes,
}

/// The most edits of a request. One operation may set thousands of attributes of an extension, so
/// that a bound of operations is none of edits; a resource of 256 KiB has no room for more.
const MOST: usize = 1 << 15;

impl<'b> Edits<'b> {
    /// Reads the body of a PATCH.
    pub(crate) fn of_patch(
        body: Value,
        resource: ResourceType,
        most: usize,
        declared: &[Extension],
        budget: &'b Budget,
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
        budget: &'b Budget,
    ) -> Result<Self, InvalidRequest> {
        // Null is as good as absent (RFC 7643 §2.5), for what has a default as well.
        body.retain(|_, value| !is_unassigned(value));
        let mut edits = Self::none(resource, budget);
        edits.take_attributes(Verb::Add, body)?;
        named_once(&edits.edits)?;
        edits.few_enough()?;
        extension::settle(&mut edits.edits, declared)?;
        Ok(edits)
    }

    fn none(resource: ResourceType, budget: &'b Budget) -> Self {
        let (edits, members, unkept) = (Vec::new(), Vec::new(), IgnoredAttributes::default());
        Self { resource, reader: Reader::new(budget), edits, members, unkept }
    }

    fn few_enough(&self) -> Result<(), InvalidRequest> {
        // An extension that a path names comes as a whole.
        let more = self.edits.iter().filter_map(|edit| match edit {
            Edit::Add { path: Path::Undeclared(_), value }
            | Edit::Replace { path: Path::Undeclared(_), value } => value.as_object(),
            Edit::Add { .. } | Edit::Replace { .. } | Edit::Remove { .. } => None,
        });
        if self.edits.len() + more.map(Attributes::len).sum::<usize>() > MOST {
            return Err(InvalidRequest::too_large(format!(
                "more than {MOST} attributes are set in one request; send fewer at a time"
            )));
        }
        Ok(())
    }

    fn take_operation(&mut self, operation: Operation) -> Result<(), InvalidRequest> {
        let Operation { verb, path, value } = operation;
        match (verb, path, value) {
            (Verb::Remove, None, _) => Err(InvalidRequest::no_target("a remove needs a path")),
            (Verb::Remove, Some(path), value) => self.remove(path, value),
            (Verb::Add | Verb::Replace, Some(path), Some(value)) => {
                self.set(verb, path, value, Asked::ByPath)
            }
            (Verb::Add | Verb::Replace, None, Some(value)) => {
                let before = self.edits.len();
                self.beneath(value, |edits, value| match value {
                    Value::Object(attributes) => edits.take_attributes(verb, attributes),
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
            (Verb::Add | Verb::Replace, _, None) => {
                Err(InvalidRequest::value("an add or replace needs a value"))
            }
        }
    }

    /// Reads what belongs where an object does, beneath what is wrapped round it.
    fn beneath(
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
    fn take_attributes(
        &mut self,
        verb: Verb,
        attributes: Attributes,
    ) -> Result<(), InvalidRequest> {
        spelt_once(&attributes)?;
        for (key, value) in attributes {
            match path_of_key(key, &value, self.resource) {
                Some(path) => self.set(verb, path, value, Asked::InValue)?,
                // It could not be the name of anything.
                None => self.unkept.note(""),
            }
        }
        Ok(())
    }

    fn set(
        &mut self,
        verb: Verb,
        path: Path,
        value: Value,
        asked: Asked,
    ) -> Result<(), InvalidRequest> {
        match path {
            Path::Schema(urn) => self.set_schema(verb, urn, value),
            // Kept as it was sent, once the resource tells what it is.
            Path::Undeclared(_) if verb == Verb::Add => {
                self.edits.push(Edit::Add { path, value });
                Ok(())
            }
            Path::Undeclared(_) => {
                self.edits.push(Edit::Replace { path, value });
                Ok(())
            }
            Path::Attribute { name, filter } if self.is_members(&name) => {
                let sub = name.sub.as_deref();
                let edits = MemberEdit::read(verb, sub, filter, Some(value), self.reader)?;
                self.members.extend(edits);
                Ok(())
            }
            Path::Attribute { name, filter } => {
                let Some(target) = Target::find(&name, self.resource, asked)? else {
                    self.note_unkept(&name);
                    return Ok(());
                };
                match target {
                    Target::Known(record) if record.is_record() => {
                        self.beneath(value, |edits, value| match value {
                            Value::Object(parts)
                                if edits.reader.is_within_text()
                                    && !parts.is_empty()
                                    && parts
                                        .keys()
                                        .all(|key| record.sub_attribute(key).is_none()) =>
                            {
                                Err(no_part(record.name))
                            }
                            Value::Object(parts) => edits.set_parts(verb, &name, record, parts),
                            value => edits.set_whole(verb, name, filter, &target, value),
                        })
                    }
                    Target::Known(_) | Target::Part { .. } | Target::Foreign => {
                        self.set_whole(verb, name, filter, &target, value)
                    }
                }
            }
        }
    }

    fn set_whole(
        &mut self,
        verb: Verb,
        name: Name,
        filter: Option<Filter>,
        target: &Target,
        value: Value,
    ) -> Result<(), InvalidRequest> {
        let one_value = filter.is_some() || name.sub.is_some();
        let path = Path::Attribute { name, filter };
        match target.read(value, one_value, self.reader)? {
            Some(value) if verb == Verb::Add => self.edits.push(Edit::Add { path, value }),
            Some(value) => self.edits.push(Edit::Replace { path, value }),
            // Adding nothing to several values leaves them as they are.
            None if verb == Verb::Add && target.is_several() && !one_value => {}
            None => match target.presence() {
                Presence::Required => {
                    return Err(InvalidRequest::value(format!("{path} needs a value")));
                }
                Presence::Kept => {}
                Presence::Optional => self.edits.push(Edit::Remove { path, only: None }),
            },
        }
        Ok(())
    }

    /// A complex attribute such as `name` changes part by part; what is not sent stays.
    fn set_parts(
        &mut self,
        verb: Verb,
        name: &Name,
        record: &Attribute,
        parts: Attributes,
    ) -> Result<(), InvalidRequest> {
        spelt_once(&parts)?;
        for (part, value) in parts {
            let name = name.clone().with_sub(&canonical_sub(Some(record), &part));
            self.set(verb, Path::attribute(name), value, Asked::InValue)?;
        }
        Ok(())
    }

    fn set_schema(&mut self, verb: Verb, urn: String, value: Value) -> Result<(), InvalidRequest> {
        self.beneath(value, |edits, value| edits.set_extension(verb, urn, value))
    }

    fn set_extension(
        &mut self,
        verb: Verb,
        urn: String,
        value: Value,
    ) -> Result<(), InvalidRequest> {
        let core = urn == self.resource.schema().id;
        match value {
            Value::Object(attributes) if core => self.take_attributes(verb, attributes),
            Value::Object(attributes) => {
                spelt_once(&attributes)?;
                // One URN for all of them, however long it is.
                let urn: Arc<str> = urn.into();
                for (key, value) in attributes {
                    let extension = Some(Arc::clone(&urn));
                    let known = Name::within(extension.clone(), &key, self.resource)
                        .filter(|name| name.definition(self.resource).is_some());
                    let name = known.unwrap_or(Name { extension, attribute: key, sub: None });
                    self.set(verb, Path::attribute(name), value, Asked::InValue)?;
                }
                Ok(())
            }
            value if is_unassigned(&value) && verb == Verb::Replace && !core => {
                self.edits.push(Edit::Remove { path: Path::Schema(urn), only: None });
                Ok(())
            }
            value if is_unassigned(&value) => Ok(()),
            _ => Err(InvalidRequest::value(format!("{urn} takes an object of attributes"))),
        }
    }

    /// Takes note of an attribute that was passed over, unless it is known and not the client's to set.
    fn note_unkept(&mut self, name: &Name) {
        match name.definition(self.resource) {
            None => self.unkept.note(&name.attribute),
            Some(known) if known.sub_attributes.is_empty() && name.sub.is_some() => {
                self.unkept.note(&name.to_string());
            }
            Some(_) => {}
        }
    }

    fn is_members(&self, name: &Name) -> bool {
        self.resource == ResourceType::Group && name.is("members")
    }

    fn remove(&mut self, path: Path, only: Option<Value>) -> Result<(), InvalidRequest> {
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
            let edits = MemberEdit::read(Verb::Remove, sub, filter.clone(), only, self.reader)?;
            self.members.extend(edits);
            return Ok(());
        }
        let Some(target) = Target::find(name, self.resource, Asked::ByPath)? else {
            self.note_unkept(name);
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

/// Refuses an object in which one attribute has two values, by its name and beneath its URN: one of
/// them would be passed over, and might be the one that keeps somebody out. Lists are joined.
fn named_once(edits: &[Edit]) -> Result<(), InvalidRequest> {
    let mut seen = HashMap::new();
    for edit in edits {
        let (Edit::Add { path, value } | Edit::Replace { path, value }) = edit else { continue };
        let Path::Attribute { name, filter: None } = path else { continue };
        let other = seen.insert(name, value).filter(|other| *other != value);
        if other.is_some_and(|other| !other.is_array() && !value.is_array()) {
            let name: String = name.to_string().chars().take(64).collect();
            return Err(InvalidRequest::syntax(format!(
                "{name:?} is there with two values; send one of them"
            )));
        }
    }
    Ok(())
}

/// What the key of an attribute names; none if it can name nothing.
///
/// A URN with an object for a value names a whole extension, whatever it ends in, unless it begins
/// with the URN of a schema that we know or that tells where it ends.
fn path_of_key(key: String, value: &Value, resource: ResourceType) -> Option<Path> {
    let path = Path::parse(&key, resource).ok();
    let may_be_whole = match &path {
        None => key.bytes().all(|byte| byte.is_ascii_graphic() && !b"[]()\"".contains(&byte)),
        Some(Path::Undeclared(_)) => true,
        Some(Path::Attribute { .. } | Path::Schema(_)) => false,
    };
    if may_be_whole && is_urn(&key) && value.is_object() { Some(Path::Schema(key)) } else { path }
}
