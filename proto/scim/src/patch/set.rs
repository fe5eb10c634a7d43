//! How values that are sent become edits that set attributes.

use std::sync::Arc;

use serde_json::Value;

use super::edits::Edits;
use super::target::{Origin, Target};
use crate::coercion::{is_unassigned, no_part};
use crate::edit::{Edit, Op};
use crate::filter::Filter;
use crate::keys::spelt_once;
use crate::member::MemberEdit;
use crate::name::{Name, canonical_sub};
use crate::path::Path;
use crate::schema::{Attribute, Presence};
use crate::{Attributes, InvalidRequest};

impl Edits<'_> {
    pub(super) fn set(
        &mut self,
        op: Op,
        path: Path,
        value: Value,
        origin: Origin,
    ) -> Result<(), InvalidRequest> {
        match path {
            Path::Schema(urn) => self.set_schema(op, urn, value),
            // Kept as it was sent, once the resource tells what it is.
            Path::Undeclared(_) if op == Op::Add => {
                self.edits.push(Edit::Add { path, value });
                Ok(())
            }
            Path::Undeclared(_) => {
                self.edits.push(Edit::Replace { path, value });
                Ok(())
            }
            Path::Attribute { name, filter } if self.is_members(&name) => {
                let sub = name.sub.as_deref();
                let edits = MemberEdit::read(op, sub, filter, Some(value), self.reader)?;
                self.members.extend(edits);
                Ok(())
            }
            Path::Attribute { name, filter } => {
                let Some(target) = Target::find(&name, self.resource, origin)? else {
                    self.note_ignored(&name);
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
                            Value::Object(parts) => edits.set_parts(op, &name, record, parts),
                            value => edits.set_whole(op, name, filter, &target, value),
                        })
                    }
                    Target::Known(_) | Target::Part { .. } | Target::Foreign => {
                        self.set_whole(op, name, filter, &target, value)
                    }
                }
            }
        }
    }

    pub(super) fn set_whole(
        &mut self,
        op: Op,
        name: Name,
        filter: Option<Filter>,
        target: &Target,
        value: Value,
    ) -> Result<(), InvalidRequest> {
        let one_value = filter.is_some() || name.sub.is_some();
        let path = Path::Attribute { name, filter };
        match target.read(value, one_value, self.reader)? {
            Some(value) if op == Op::Add => self.edits.push(Edit::Add { path, value }),
            Some(value) => self.edits.push(Edit::Replace { path, value }),
            // Adding nothing to several values leaves them as they are.
            None if op == Op::Add && target.is_multi_valued() && !one_value => {}
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
    pub(super) fn set_parts(
        &mut self,
        op: Op,
        name: &Name,
        record: &Attribute,
        parts: Attributes,
    ) -> Result<(), InvalidRequest> {
        spelt_once(&parts)?;
        for (part, value) in parts {
            let name = name.clone().with_sub(&canonical_sub(Some(record), &part));
            self.set(op, Path::attribute(name), value, Origin::Object)?;
        }
        Ok(())
    }

    pub(super) fn set_schema(
        &mut self,
        op: Op,
        urn: String,
        value: Value,
    ) -> Result<(), InvalidRequest> {
        self.beneath(value, |edits, value| edits.set_extension(op, urn, value))
    }

    pub(super) fn set_extension(
        &mut self,
        op: Op,
        urn: String,
        value: Value,
    ) -> Result<(), InvalidRequest> {
        let core = urn == self.resource.schema().id;
        match value {
            Value::Object(attributes) if core => self.take_attributes(op, attributes),
            Value::Object(attributes) => {
                spelt_once(&attributes)?;
                // One URN for all of them, however long it is.
                let urn: Arc<str> = urn.into();
                for (key, value) in attributes {
                    let extension = Some(Arc::clone(&urn));
                    let known = Name::within(extension.clone(), &key, self.resource)
                        .filter(|name| name.definition(self.resource).is_some());
                    let name = known.unwrap_or(Name { extension, attribute: key, sub: None });
                    self.set(op, Path::attribute(name), value, Origin::Object)?;
                }
                Ok(())
            }
            value if is_unassigned(&value) && op == Op::Replace && !core => {
                self.edits.push(Edit::Remove { path: Path::Schema(urn), only: None });
                Ok(())
            }
            value if is_unassigned(&value) => Ok(()),
            _ => Err(InvalidRequest::value(format!("{urn} takes an object of attributes"))),
        }
    }
}
