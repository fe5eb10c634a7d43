//! Resources as clients see them: text, ready for the body of an answer.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Error as _, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::schema::ResourceType;
use crate::{Attributes, GroupRef, Meta, RenderedGroupRef, RenderedMeta, name};

/// A resource, or what a client wants to see of it, as JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered(Vec<u8>);

impl Rendered {
    /// The JSON text.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl From<&Attributes> for Rendered {
    fn from(attributes: &Attributes) -> Self {
        Self(serde_json::to_vec(attributes).expect("a map with text keys is JSON"))
    }
}

impl Serialize for Rendered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text: &RawValue = serde_json::from_slice(&self.0).map_err(S::Error::custom)?;
        text.serialize(serializer)
    }
}

/// Writes what [`User::render`](crate::User::render) would, without reading the other attributes:
/// their text is copied as it is.
#[derive(Debug)]
pub struct StoredUser<'a> {
    own: Own<'a>,
    /// The text of a JSON object.
    attributes: &'a str,
}

/// The attributes that have fields of their own, and those that the server adds.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Own<'a> {
    schemas: Vec<Cow<'a, str>>,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<&'a str>,
    user_name: &'a str,
    active: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<RenderedGroupRef<'a>>,
    meta: RenderedMeta<'a>,
}

/// How long that is as text, for most people who are in a few groups.
const OWN_TEXT_BYTES: usize = 1 << 10;

impl<'a> StoredUser<'a> {
    /// `attributes` is the JSON object of all that has no argument of its own, as serde writes it.
    pub fn new(
        user_name: &'a str,
        external_id: Option<&'a str>,
        active: bool,
        attributes: &'a str,
        about: &'a Meta,
    ) -> Result<Self, serde_json::Error> {
        let Schemas(schemas) = serde_json::from_str(attributes)?;
        let own = Own {
            schemas,
            id: &about.id,
            external_id,
            user_name,
            active,
            groups: about.groups.iter().map(GroupRef::shown).collect(),
            meta: about.shown(ResourceType::User),
        };
        Ok(Self { own, attributes })
    }

    /// The JSON text of the resource.
    pub fn render(&self) -> Rendered {
        let mut text = Vec::with_capacity(OWN_TEXT_BYTES + self.attributes.len());
        serde_json::to_writer(&mut text, &self.own).expect("a map with text keys is JSON");
        // Two objects become one.
        if let Some(others) = self.attributes.strip_prefix('{').filter(|others| *others != "}") {
            text.pop();
            text.push(b',');
            text.extend_from_slice(others.as_bytes());
        }
        Rendered(text)
    }
}

/// The core schema, and the extensions among attributes: their names that are URNs, in their order.
/// Nothing else of the attributes is kept.
struct Schemas<'a>(Vec<Cow<'a, str>>);

impl<'de> Deserialize<'de> for Schemas<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self(vec![ResourceType::User.schema().id.into()]))
    }
}

impl<'de> Visitor<'de> for Schemas<'de> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> Result<Self, A::Error> {
        while let Some(Key(name)) = object.next_key()? {
            object.next_value::<IgnoredAny>()?;
            if name::is_urn(&name) {
                self.0.push(name);
            }
        }
        Ok(self)
    }
}

/// A name, which is copied only where it has escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

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
            let Ok(user) = User::parse(body, &[], &crate::tests::budget()) else { return Ok(()) };
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
            let whole = StoredUser::new(user_name, external_id, *active, &kept, &about).unwrap();
            let read: Value = serde_json::from_slice(&whole.render().into_bytes()).unwrap();
            prop_assert_eq!(read, Value::Object(user.render(&about)));
        }
    }
}
