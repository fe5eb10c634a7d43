//! Members of groups, and changes of them.

use std::collections::HashMap;

use serde_json::Value;

use crate::budget::WorkBudget;
use crate::coercion::{self, is_unassigned};
use crate::edit::Op;
use crate::filter::{Filter, Matcher};
use crate::json_text::JsonReader;
use crate::keys::{key_in, take};
use crate::schema::{Attribute, ResourceType};
use crate::single_value::scalar;
use crate::{Attributes, InvalidRequest};

/// Somebody in a group (RFC 7643 §4.2); may be nobody we know yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The id of the user, or of the group if groups are nested.
    pub value: String,
    /// `User` or `Group`, as the client gave it.
    pub kind: Option<String>,
}

/// One change to the members of a group. Groups are large and changes are small, so that a change
/// never needs the list.
#[derive(Clone, Debug, PartialEq)]
pub enum MemberEdit {
    /// Adds members; who is one already stays one.
    Add(Vec<Member>),
    /// Removes those with these ids, and nobody else.
    Remove(Vec<String>),
    /// Removes those for whom [`Member::matches`] says so.
    RemoveWhere(Filter),
    /// Makes these the only members.
    Replace(Vec<Member>),
    /// Removes all members.
    Clear,
    /// Changes nothing, but there has to be a member with this id, after the edits before it: else
    /// the whole is refused with [`MemberEdit::no_such_member`].
    Expect(String),
}

impl MemberEdit {
    /// How many members it names.
    pub fn member_count(&self) -> usize {
        match self {
            Self::Add(members) | Self::Replace(members) => members.len(),
            Self::Remove(ids) => ids.len(),
            Self::RemoveWhere(_) | Self::Clear | Self::Expect(_) => 0,
        }
    }

    /// What a client hears who sets somebody who is no member (RFC 7644 §3.5.2.3).
    pub fn no_such_member() -> InvalidRequest {
        InvalidRequest::no_target(
            "the path names nobody in the group; add members without a filter",
        )
    }
}

impl Member {
    /// Whether a filter in brackets, `members[…]`, selects this member.
    pub fn matches(
        &self,
        filter: &Matcher<'_>,
        budget: &WorkBudget,
    ) -> Result<bool, InvalidRequest> {
        Ok(filter.matches_element(&Value::Object(self.parts()), budget)?)
    }

    /// The member as it is shown, with its URL under the base URL of the tenant.
    pub fn render(&self, base_url: &str) -> Value {
        let nested = self
            .kind
            .as_deref()
            .is_some_and(|kind| kind.eq_ignore_ascii_case(ResourceType::Group.name()));
        let resource = if nested { ResourceType::Group } else { ResourceType::User };
        let mut parts = self.parts();
        let url = format!("{base_url}{}/{}", resource.endpoint(), self.value);
        parts.insert("$ref".into(), url.into());
        Value::Object(parts)
    }

    fn parts(&self) -> Attributes {
        let mut parts = Attributes::new();
        parts.insert("value".into(), self.value.clone().into());
        parts.extend(self.kind.clone().map(|text| ("type".into(), text.into())));
        parts
    }
}

/// Reads a list of members: ids, objects, or one of either, also in the text of a JSON value. Of
/// doubles the last counts.
pub(crate) fn read(sent: Value, reader: JsonReader<'_>) -> Result<Vec<Member>, InvalidRequest> {
    if is_unassigned(&sent) {
        return Ok(Vec::new());
    }
    let mut members: Vec<Member> = Vec::new();
    let mut places = HashMap::new();
    coercion::multi_valued(definition(), sent, reader, &mut |read| {
        let member = Member::of(read)?;
        let place = *places.entry(member.value.clone()).or_insert(members.len());
        match members.get_mut(place) {
            Some(known) => *known = member,
            None => members.push(member),
        }
        Ok(())
    })?;
    Ok(members)
}

/// What a member consists of.
fn definition() -> &'static Attribute {
    ResourceType::Group.core_attribute("members").expect("groups have members")
}

impl Member {
    fn of(read: Option<Value>) -> Result<Self, InvalidRequest> {
        let missing =
            || InvalidRequest::value("a member has no value; it takes the id of the member");
        let Some(Value::Object(mut parts)) = read else { return Err(missing()) };
        let Some(value) = text(&mut parts, "value")? else { return Err(missing()) };
        Ok(Self { value, kind: text(&mut parts, "type")? })
    }
}

fn text(parts: &mut Attributes, name: &str) -> Result<Option<String>, InvalidRequest> {
    match take(parts, name).map(scalar) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            Err(InvalidRequest::value(format!("{name} of a member takes a text")))
        }
    }
}

impl MemberEdit {
    /// Reads an operation on `members`, `members[filter]` or a part of them.
    pub(crate) fn read(
        op: Op,
        sub: Option<&str>,
        filter: Option<Filter>,
        value: Option<Value>,
        reader: JsonReader<'_>,
    ) -> Result<Vec<Self>, InvalidRequest> {
        if sub.is_some_and(|sub| sub != "value") {
            return Err(InvalidRequest::mutability(
                "a member cannot be changed; remove it and add another",
            ));
        }
        match (op, filter, value) {
            (Op::Add | Op::Replace, _, None) => {
                Err(InvalidRequest::value("an add or replace needs a value"))
            }
            (Op::Add, None, Some(value)) => Ok(unless_empty(read(value, reader)?, Self::Add)),
            (Op::Replace, None, Some(value)) => Ok(vec![Self::replace(read(value, reader)?)]),
            (Op::Remove, None, None) => Ok(vec![Self::Clear]),
            // RFC 7644 gives a remove no value. Entra names the leavers there, and to take it for a
            // removal of everybody would empty the group.
            (Op::Remove, None, Some(Value::Null)) => Err(InvalidRequest::value(
                "a remove of members with a null value; name the members, or leave the value out \
                 to remove them all",
            )),
            (Op::Remove, None, Some(value)) => {
                let ids = read(value, reader)?.into_iter().map(|member| member.value).collect();
                Ok(unless_empty(ids, Self::Remove))
            }
            (Op::Remove, Some(filter), _) => Ok(vec![Self::remove_where(filter)]),
            (Op::Add | Op::Replace, Some(filter), Some(value)) => {
                Self::set_where(op, filter, value, reader)
            }
        }
    }

    pub(crate) fn replace(members: Vec<Member>) -> Self {
        if members.is_empty() { Self::Clear } else { Self::Replace(members) }
    }

    fn remove_where(filter: Filter) -> Self {
        match filter.values() {
            Some(ids) => Self::Remove(ids.into_iter().map(str::to_owned).collect()),
            None => Self::RemoveWhere(filter),
        }
    }

    /// `members[value eq "a"]`, set to something: what it is set to need not say `a` again. Only who
    /// is a member can be set.
    fn set_where(
        op: Op,
        filter: Filter,
        value: Value,
        reader: JsonReader<'_>,
    ) -> Result<Vec<Self>, InvalidRequest> {
        let (mut value, reader) = reader.object(value)?;
        if is_unassigned(&value) {
            return Ok(if op == Op::Replace { vec![Self::remove_where(filter)] } else { vec![] });
        }
        let id = match filter.values().as_deref() {
            Some([id]) => (*id).to_owned(),
            Some(_) | None => {
                return Err(InvalidRequest::no_target(
                    "a member is named by id: members[value eq \"…\"]",
                ));
            }
        };
        if let Value::Object(parts) = &mut value
            && key_in(parts, "value").is_none()
        {
            parts.insert("value".into(), id.clone().into());
        }
        let add = Self::Add(vec![Member::of(coercion::element(definition(), value, reader)?)?]);
        Ok(match op {
            Op::Replace => vec![Self::Expect(id.clone()), Self::Remove(vec![id]), add],
            Op::Add | Op::Remove => vec![Self::Expect(id), add],
        })
    }
}

fn unless_empty<T>(list: Vec<T>, edit: fn(Vec<T>) -> MemberEdit) -> Vec<MemberEdit> {
    if list.is_empty() { vec![] } else { vec![edit(list)] }
}
