//! Groups, whose members are kept apart: there may be ten thousand of them.

use serde_json::{Value, json};

use crate::budget::WorkBudget;
use crate::edit::Edit;
use crate::extension::Extension;
use crate::json_text::JsonReader;
use crate::keys::take;
use crate::member::{self, Member, MemberEdit};
use crate::patch::Edits;
use crate::schema::ResourceType;
use crate::user::{object, required_name, text};
use crate::{Attributes, IgnoredAttributes, InvalidRequest, Meta, apply};

/// A group, without its members (RFC 7643 §4.2).
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Never blank, kept exactly as it was sent.
    pub display_name: String,
    /// The client's own key for the group.
    pub external_id: Option<String>,
    /// Everything else, under canonical names.
    pub attributes: Attributes,
}

/// What a PATCH does to a group: to its attributes, and to its members in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupPatch {
    /// The changes of attributes.
    pub edits: Vec<Edit>,
    /// The changes of members, in order.
    pub members: Vec<MemberEdit>,
}

impl Group {
    /// Parses the body of a POST or PUT; the members are `None` if it does not name them.
    pub fn parse(
        body: Value,
        declared: &[Extension],
        budget: &WorkBudget,
    ) -> Result<(Self, Option<Vec<Member>>), InvalidRequest> {
        Self::parse_reporting(body, declared, budget, &mut IgnoredAttributes::default())
    }

    /// Parses the same, and reports attributes that no schema knows.
    pub fn parse_reporting(
        body: Value,
        declared: &[Extension],
        budget: &WorkBudget,
        ignored: &mut IgnoredAttributes,
    ) -> Result<(Self, Option<Vec<Member>>), InvalidRequest> {
        let mut body = object(body)?;
        let mut members = match take(&mut body, "members") {
            Some(sent) => Some(member::read(sent, JsonReader::new(budget))?),
            None => None,
        };
        let read = Edits::of_body(body, ResourceType::Group, declared, budget)?;
        *ignored = read.ignored;
        for edit in read.members {
            // Under another of their names.
            match edit {
                MemberEdit::Add(more) => members.get_or_insert_default().extend(more),
                MemberEdit::Expect(_)
                | MemberEdit::Remove(_)
                | MemberEdit::RemoveWhere(_)
                | MemberEdit::Replace(_)
                | MemberEdit::Clear => {
                    return Err(InvalidRequest::no_target(
                        "a whole group lists its members by name alone",
                    ));
                }
            }
        }
        Ok((Self::edited(Attributes::new(), &read.edits, budget)?, members))
    }

    /// The group after a PATCH: all edits or, after an error, none.
    pub fn apply(&self, edits: &[Edit], budget: &WorkBudget) -> Result<Self, InvalidRequest> {
        Self::edited(self.to_attributes(), edits, budget)
    }

    /// The group as it is shown, with its members as [`Member::render`] shows them.
    pub fn render(&self, about: &Meta, members: Vec<Value>) -> Attributes {
        let mut attributes = self.to_attributes();
        about.complete(ResourceType::Group, &mut attributes);
        if !members.is_empty() {
            attributes.insert("members".into(), members.into());
        }
        attributes
    }

    fn to_attributes(&self) -> Attributes {
        let mut attributes = self.attributes.clone();
        attributes.insert("displayName".into(), json!(self.display_name));
        if let Some(external_id) = &self.external_id {
            attributes.insert("externalId".into(), json!(external_id));
        }
        attributes
    }

    fn edited(
        mut attributes: Attributes,
        edits: &[Edit],
        budget: &WorkBudget,
    ) -> Result<Self, InvalidRequest> {
        apply::apply(&mut attributes, edits, ResourceType::Group, budget)?;
        Ok(Self {
            display_name: required_name(&mut attributes, "displayName")?,
            external_id: text(&mut attributes, "externalId"),
            attributes,
        })
    }
}

impl GroupPatch {
    /// Reads the body of a PATCH on a group. One of more than `most` operations is refused.
    pub fn parse(
        body: Value,
        most: usize,
        declared: &[Extension],
        budget: &WorkBudget,
    ) -> Result<Self, InvalidRequest> {
        Self::parse_reporting(body, most, declared, budget, &mut IgnoredAttributes::default())
    }

    /// Parses the same, and reports attributes that no schema knows.
    pub fn parse_reporting(
        body: Value,
        most: usize,
        declared: &[Extension],
        budget: &WorkBudget,
        ignored: &mut IgnoredAttributes,
    ) -> Result<Self, InvalidRequest> {
        let read = Edits::of_patch(body, ResourceType::Group, most, declared, budget)?;
        let Edits { edits, members, ignored: passed_over, .. } = read;
        *ignored = passed_over;
        Ok(Self { edits, members })
    }
}
