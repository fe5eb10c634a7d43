//! Names of attributes (RFC 7644 §3.10).

use std::fmt;
use std::sync::Arc;

use crate::schema::{Attribute, ResourceType};

/// The name of an attribute in canonical spelling: `[URN:]attribute[.sub]` (RFC 7644 §3.10).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// The URN of the extension that holds it, none for the core schema. Many names share one.
    pub extension: Option<Arc<str>>,
    /// The name of the attribute.
    pub attribute: String,
    /// The name of the part, if it is about one.
    pub sub: Option<String>,
}

/// What a qualified text can name: a whole schema or one attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum QualifiedName {
    /// A schema by its URN; the core schema stands for the resource itself.
    Schema(String),
    Attribute(Name),
    /// Either an extension or an attribute of one: see [`Name::is_ambiguous`].
    Ambiguous(Name),
}

impl QualifiedName {
    /// Reads a name in any letter case; none if it could not name anything.
    ///
    /// A bare name that only an extension knows means that extension's attribute, as in `manager`.
    pub(crate) fn parse(text: &str, resource: ResourceType) -> Option<Self> {
        if !is_urn(text) {
            let extension = resource.extensions().iter().find(|schema| {
                let first = text.split('.').next().unwrap_or(text);
                resource.core_attribute(first).is_none()
                    && resource.extension_attribute(schema.id, first).is_some()
            });
            return Name::within(extension.map(|schema| schema.id.into()), text, resource)
                .map(Self::Attribute);
        }
        if let Some(rest) = after_urn(text, resource.schema().id) {
            if rest.is_empty() {
                return Some(Self::Schema(resource.schema().id.to_owned()));
            }
            return Name::within(None, rest, resource).map(Self::Attribute);
        }
        let known = resource
            .extensions()
            .iter()
            .find_map(|schema| after_urn(text, schema.id).map(|rest| (schema.id, rest)));
        if let Some((urn, rest)) = known {
            if rest.is_empty() {
                return Some(Self::Schema(urn.to_owned()));
            }
            return Name::within(Some(urn.into()), rest, resource).map(Self::Attribute);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        Self::in_unknown_schema(text, resource)
    }

    /// Reads what begins with the URN of a schema that is none of ours.
    ///
    /// A URN of three parts or more may end in the name of an attribute; what cannot be one is a part
    /// of the URN.
    fn in_unknown_schema(text: &str, resource: ResourceType) -> Option<Self> {
        if names_a_resource_type(text) {
            return Some(Self::Schema(text.to_owned()));
        }
        if text.split(':').any(str::is_empty) {
            return None;
        }
        let (urn, rest) = text.rsplit_once(':')?;
        if names_a_resource_type(urn) {
            return Name::within(Some(urn.into()), rest, resource).map(Self::Attribute);
        }
        // Some clients write a dot where a colon belongs.
        if let Some((kind, rest)) = rest.split_once('.')
            && let urn = &text[..urn.len() + 1 + kind.len()]
            && names_a_resource_type(urn)
        {
            return Name::within(Some(urn.into()), rest, resource).map(Self::Attribute);
        }
        let name = Some(urn).filter(|urn| is_urn(urn));
        let name = name.and_then(|urn| Name::within(Some(urn.into()), rest, resource));
        Some(name.map_or_else(|| Self::Schema(text.to_owned()), Self::Ambiguous))
    }
}

impl Name {
    /// Reads `attribute[.sub]` as a name inside the given schema.
    pub(crate) fn within(
        extension: Option<Arc<str>>,
        text: &str,
        resource: ResourceType,
    ) -> Option<Self> {
        let (attribute, sub) = match text.split_once('.') {
            Some((attribute, sub)) => (attribute, Some(sub)),
            None => (text, None),
        };
        if !is_plain(attribute) || !sub.is_none_or(is_plain) {
            return None;
        }
        let mut name =
            Self { extension, attribute: attribute.to_owned(), sub: sub.map(str::to_owned) };
        if let Some(definition) = name.definition(resource) {
            definition.name.clone_into(&mut name.attribute);
            name.sub = sub.map(|sub| canonical_sub(Some(definition), sub));
        }
        Some(name)
    }

    /// An attribute of the core schema.
    pub(crate) fn core(attribute: &str) -> Self {
        Self { extension: None, attribute: attribute.to_owned(), sub: None }
    }

    pub(crate) fn with_sub(self, sub: &str) -> Self {
        Self { sub: Some(sub.to_owned()), ..self }
    }

    /// Whether it names this core attribute, or a part of it.
    pub(crate) fn is(&self, attribute: &str) -> bool {
        self.extension.is_none() && self.attribute == attribute
    }

    /// The definition of the attribute (not of the part), if any schema has one.
    pub(crate) fn definition(&self, resource: ResourceType) -> Option<&'static Attribute> {
        match &self.extension {
            None => resource.core_attribute(&self.attribute),
            Some(urn) => resource.extension_attribute(urn, &self.attribute),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(urn) = &self.extension {
            write!(f, "{urn}:")?;
        }
        f.write_str(&self.attribute)?;
        match &self.sub {
            Some(sub) => write!(f, ".{sub}"),
            None => Ok(()),
        }
    }
}

/// The schema's spelling of a sub-attribute; another's is kept.
pub(crate) fn canonical_sub(definition: Option<&Attribute>, sub: &str) -> String {
    let known = definition.and_then(|definition| definition.sub_attribute(sub));
    known.map_or(sub, |known| known.name).to_owned()
}

pub(crate) fn is_urn(text: &str) -> bool {
    text.len() > 4 && text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:"))
}

/// What follows `urn` and its colon in `text`, or the dot that some clients write there; empty if
/// nothing does.
fn after_urn<'a>(text: &'a str, urn: &str) -> Option<&'a str> {
    let start = text.get(..urn.len())?;
    let rest = &text[urn.len()..];
    match start.eq_ignore_ascii_case(urn) {
        true if rest.is_empty() => Some(rest),
        true => rest.strip_prefix([':', '.']),
        false => None,
    }
}

/// Whether a URN ends like a schema's, `…:2.0:User`, rather than in the name of an attribute.
pub(crate) fn names_a_resource_type(urn: &str) -> bool {
    let mut parts = urn.rsplit(':');
    let last = parts.next().unwrap_or_default();
    let version = parts.next().unwrap_or_default();
    ResourceType::ALL.iter().any(|kind| kind.name().eq_ignore_ascii_case(last))
        && version.contains('.')
        && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// Whether `text` is an attribute name by itself: RFC 7643 §2.1, and underscores anywhere.
pub(crate) fn is_plain(text: &str) -> bool {
    let first = text.bytes().next();
    first.is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'$' || byte == b'_')
        && text.bytes().skip(1).all(|byte| byte.is_ascii_alphanumeric() || b"-_$".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    fn read(text: &str) -> String {
        match QualifiedName::parse(text, ResourceType::User) {
            Some(QualifiedName::Schema(urn)) => format!("all of {urn}"),
            Some(QualifiedName::Attribute(name)) => name.to_string(),
            Some(QualifiedName::Ambiguous(name)) => format!("{name}, or all of it"),
            None => "nothing".into(),
        }
    }

    #[test]
    fn names_are_read_in_any_letter_case_and_kept_in_the_schemas() {
        assert_eq!(read("USERNAME"), "userName");
        assert_eq!(read("Name.GIVENname"), "name.givenName");
        assert_eq!(read("URN:ietf:params:scim:schemas:core:2.0:user:Emails.Type"), "emails.type");
        assert_eq!(
            read(&format!("{}:MANAGER.Value", ENTERPRISE.to_lowercase())),
            format!("{ENTERPRISE}:manager.value")
        );
    }

    #[test]
    fn a_bare_name_that_only_an_extension_knows_is_the_extensions() {
        assert_eq!(read("manager"), format!("{ENTERPRISE}:manager"));
        assert_eq!(read("manager.value"), format!("{ENTERPRISE}:manager.value"));
    }

    #[test]
    fn a_urn_may_contain_dots_and_ends_at_its_last_colon() {
        assert_eq!(read("urn:x:Custom:2.0:User:Badge"), "urn:x:Custom:2.0:User:Badge");
        assert_eq!(read("urn:x:Custom:2.0:User"), "all of urn:x:Custom:2.0:User");
        assert_eq!(read(ENTERPRISE), format!("all of {ENTERPRISE}"));
        let core = "urn:ietf:params:scim:schemas:core:2.0:User";
        assert_eq!(read(&core.to_uppercase().replacen("URN", "urn", 1)), format!("all of {core}"));
    }

    #[test]
    fn a_dot_after_the_urn_of_a_schema_is_a_colon() {
        assert_eq!(read("urn:ietf:params:scim:schemas:core:2.0:User.displayName"), "displayName");
        assert_eq!(
            read("urn:ietf:params:scim:schemas:core:2.0:USER.name.givenname"),
            "name.givenName"
        );
        assert_eq!(
            read(&format!("{ENTERPRISE}.Manager.Value")),
            format!("{ENTERPRISE}:manager.value")
        );
        assert_eq!(read("urn:x:Custom:2.0:User.Badge"), "urn:x:Custom:2.0:User:Badge");
        assert_eq!(read("urn:x:Custom:2.0:User.Badge.part"), "urn:x:Custom:2.0:User:Badge.part");
    }

    #[test]
    fn a_urn_that_does_not_tell_where_it_ends_may_be_a_schema_or_an_attribute() {
        assert_eq!(read("urn:x:params:badge"), "urn:x:params:badge, or all of it");
        assert_eq!(read("urn:x:params.badge"), "urn:x:params.badge, or all of it");
        for urn in ["urn:x:params:2.0", "urn:x:1st", "urn:x", "urn:x:a.b.c", "urn:x:it's"] {
            assert_eq!(read(urn), format!("all of {urn}"), "no attribute has such a name");
        }
    }

    #[test]
    fn what_cannot_be_a_name_is_none() {
        for text in
            ["", ".", "a.", ".b", "1a", "a b", "urn:", "urn:x:", "a.b.c", "ä", "urn:\u{e4}:b"]
        {
            assert_eq!(read(text), "nothing", "{text:?}");
        }
    }
}
