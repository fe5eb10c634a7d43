use serde_json::{Value, json};

use crate::budget::Budget;
use crate::extension::Extension;
use crate::patch::{Edit, Edits};
use crate::reading::refuse_nul;
use crate::schema::ResourceType;
use crate::{Attributes, Bad, Meta, apply};

/// A person, as the client describes them (RFC 7643 §4.1).
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// The name to sign in with; never blank, kept exactly as it was sent.
    pub user_name: String,
    /// The client's own key for the person. We demand nothing of it, not even that it be unique.
    pub external_id: Option<String>,
    pub active: bool,
    /// Everything else, under canonical names; extensions under their URNs.
    pub attributes: Attributes,
}

/// The longest `userName` or `displayName` of a group, in characters.
const MAX_NAME: usize = 1024;

impl User {
    /// Reads the body of a POST or PUT.
    ///
    /// What is the server's to say (`id`, `meta`, `schemas`, `groups`) is passed over, as are the
    /// password and attributes that no schema knows and no URN qualifies.
    pub fn read(body: Value, declared: &[Extension], budget: &Budget) -> Result<Self, Bad> {
        let read = Edits::of_body(object(body)?, ResourceType::User, declared)?;
        Self::edited(Attributes::new(), &read.edits, budget)
    }

    /// The user after a PATCH: all edits or, after an error, none.
    pub fn apply(&self, edits: &[Edit], budget: &Budget) -> Result<Self, Bad> {
        Self::edited(self.to_attributes(), edits, budget)
    }

    /// The user as it is shown.
    pub fn render(&self, about: &Meta) -> Attributes {
        let mut attributes = self.to_attributes();
        about.complete(ResourceType::User, &mut attributes);
        if !about.groups.is_empty() {
            let groups = about.groups.iter().map(|group| Value::Object(group.attributes()));
            attributes.insert("groups".into(), groups.collect());
        }
        attributes
    }

    fn to_attributes(&self) -> Attributes {
        let mut attributes = self.attributes.clone();
        attributes.insert("userName".into(), json!(self.user_name));
        attributes.insert("active".into(), json!(self.active));
        if let Some(external_id) = &self.external_id {
            attributes.insert("externalId".into(), json!(external_id));
        }
        attributes
    }

    fn edited(mut attributes: Attributes, edits: &[Edit], budget: &Budget) -> Result<Self, Bad> {
        apply::apply(&mut attributes, edits, ResourceType::User, budget)?;
        Ok(Self {
            user_name: required_name(&mut attributes, "userName")?,
            external_id: text(&mut attributes, "externalId"),
            active: attributes.remove("active").and_then(|active| active.as_bool()).unwrap_or(true),
            attributes,
        })
    }
}

/// The body of a POST or PUT.
pub(crate) fn object(body: Value) -> Result<Attributes, Bad> {
    refuse_nul(&body)?;
    match body {
        Value::Object(body) => Ok(body),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err(Bad::syntax("the body is a JSON object"))
        }
    }
}

/// Takes the name that a resource cannot do without.
pub(crate) fn required_name(attributes: &mut Attributes, name: &str) -> Result<String, Bad> {
    match text(attributes, name) {
        Some(text) if text.trim().is_empty() => Err(Bad::value(format!("{name} is blank"))),
        Some(text) if text.chars().count() > MAX_NAME => {
            Err(Bad::value(format!("{name} is longer than {MAX_NAME} characters")))
        }
        Some(text) => Ok(text),
        None => Err(Bad::value(format!("{name} is missing"))),
    }
}

pub(crate) fn text(attributes: &mut Attributes, name: &str) -> Option<String> {
    match attributes.remove(name)? {
        Value::String(text) => Some(text),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}
