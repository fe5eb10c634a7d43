//! Resources as clients see them: text, ready for the body of an answer.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::schema::ResourceType;
use crate::{Attributes, GroupRef, Meta, name};

/// A resource, or what a client wants to see of it, as JSON text.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Shown(Box<RawValue>);

impl From<&Attributes> for Shown {
    fn from(attributes: &Attributes) -> Self {
        Self(to_raw_value(attributes).expect("a map with text keys is JSON"))
    }
}

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

/// Writes what [`User::render`](crate::User::render) would, without making a tree of the other
/// attributes: they are copied as they are.
#[derive(Debug)]
pub struct WholeUser<'a> {
    user_name: &'a str,
    external_id: Option<&'a str>,
    active: bool,
    attributes: BTreeMap<String, &'a RawValue>,
    about: &'a Meta,
}

impl<'a> WholeUser<'a> {
    /// `attributes` is the JSON object of all that has no argument of its own.
    pub fn new(
        user_name: &'a str,
        external_id: Option<&'a str>,
        active: bool,
        attributes: &'a str,
        about: &'a Meta,
    ) -> Result<Self, serde_json::Error> {
        let attributes = serde_json::from_str(attributes)?;
        Ok(Self { user_name, external_id, active, attributes, about })
    }

    pub fn shown(&self) -> Shown {
        Shown(to_raw_value(self).expect("a map with text keys is JSON"))
    }
}

impl Serialize for WholeUser<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let extensions = self.attributes.keys().map(String::as_str).filter(|key| name::is_urn(key));
        let schemas: Vec<&str> =
            std::iter::once(ResourceType::User.schema().id).chain(extensions).collect();
        map.serialize_entry("schemas", &schemas)?;
        map.serialize_entry("id", &self.about.id)?;
        if let Some(external_id) = self.external_id {
            map.serialize_entry("externalId", external_id)?;
        }
        map.serialize_entry("userName", self.user_name)?;
        map.serialize_entry("active", &self.active)?;
        for (name, value) in &self.attributes {
            map.serialize_entry(name, value)?;
        }
        if !self.about.groups.is_empty() {
            let groups: Vec<Attributes> =
                self.about.groups.iter().map(GroupRef::attributes).collect();
            map.serialize_entry("groups", &groups)?;
        }
        map.serialize_entry("meta", &self.about.attributes(ResourceType::User))?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::User;
    use crate::tests::any;

    proptest! {
        #[test]
        fn the_text_and_the_tree_say_the_same(body in any::user_body(), in_groups in 0..3_usize) {
            let Ok(user) = User::read(body, &[]) else { return Ok(()) };
            let group = |number: usize| GroupRef {
                value: number.to_string(),
                display: (number > 0).then(|| format!("Team \"{number}\"")),
                ref_: Some("https://example.com/Groups/1".to_owned()),
            };
            let about = Meta {
                id: "7".to_owned(),
                version: "W/\"3\"".to_owned(),
                groups: (0..in_groups).map(group).collect(),
                ..Meta::default()
            };
            let User { user_name, external_id, active, attributes } = &user;
            let kept = serde_json::to_string(attributes).unwrap();
            let external_id = external_id.as_deref();
            let whole = WholeUser::new(user_name, external_id, *active, &kept, &about).unwrap();
            let read: Value = serde_json::from_str(whole.shown().0.get()).unwrap();
            prop_assert_eq!(read, Value::Object(user.render(&about)));
        }
    }
}
