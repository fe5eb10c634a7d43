//! Extensions that a tenant declares: their attributes have types as the schema's own have. Those
//! that nobody declared are kept as they come.

use serde_json::{Value, json};

use crate::InvalidRequest;
use crate::filter::{Comparison, Filter, Instant, Literal, boolean};
use crate::name::Name;
use crate::patch::Edit;
use crate::path::Path;
use crate::reading::is_unassigned;
use crate::schema::ResourceType;
use crate::wrapped::scalar;

/// An extension of one resource type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    pub urn: String,
    pub resource: ResourceType,
    pub name: String,
    pub description: String,
    pub attributes: Vec<ExtensionAttribute>,
}

/// An attribute of it: optional, with one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionAttribute {
    pub name: String,
    pub kind: ExtensionKind,
    /// Whether letter case counts when values are compared.
    pub case_exact: bool,
    pub description: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtensionKind {
    String,
    Boolean,
    Integer,
    DateTime,
}

impl Extension {
    fn attribute(&self, name: &str) -> Option<&ExtensionAttribute> {
        self.attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
    }

    /// The extension as `/Schemas` shows it (RFC 7643 §7).
    pub(crate) fn describe(&self, base_url: &str) -> Value {
        let attributes: Vec<_> = self.attributes.iter().map(ExtensionAttribute::describe).collect();
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": self.urn,
            "name": self.name,
            "description": self.description,
            "attributes": attributes,
            "meta": {
                "resourceType": "Schema",
                "location": format!("{base_url}/Schemas/{}", self.urn),
            },
        })
    }
}

impl ExtensionAttribute {
    fn describe(&self) -> Value {
        json!({
            "name": self.name,
            "type": self.kind.as_str(),
            "multiValued": false,
            "description": self.description,
            "required": false,
            "caseExact": self.case_exact,
            "mutability": "readWrite",
            "returned": "default",
            "uniqueness": "none",
        })
    }

    /// Reads what was sent for it, in the spellings that Entra has for booleans and numbers; none
    /// if it is unassigned.
    fn read(&self, sent: Value) -> Result<Option<Value>, InvalidRequest> {
        let sent = scalar(sent);
        if is_unassigned(&sent) { Ok(None) } else { self.typed_value(sent).map(Some) }
    }

    fn typed_value(&self, sent: Value) -> Result<Value, InvalidRequest> {
        let bad = |takes: &str| InvalidRequest::value(format!("{} takes {takes}", self.name));
        match (self.kind, sent) {
            (ExtensionKind::Boolean, Value::Bool(sent)) => Ok(sent.into()),
            (ExtensionKind::Boolean, Value::String(text)) => {
                boolean(&text).map(Value::Bool).ok_or_else(|| bad("true or false"))
            }
            (ExtensionKind::Boolean, _) => Err(bad("true or false")),
            (ExtensionKind::Integer, Value::Number(number)) if !number.is_f64() => {
                Ok(number.into())
            }
            (ExtensionKind::Integer, Value::String(text)) => {
                text.trim().parse::<i64>().map(Value::from).map_err(|_| bad("a whole number"))
            }
            (ExtensionKind::Integer, _) => Err(bad("a whole number")),
            (ExtensionKind::DateTime, Value::String(text)) if Instant::parse(&text).is_some() => {
                Ok(text.into())
            }
            (ExtensionKind::DateTime, _) => Err(bad("a date-time such as 2026-01-31T08:00:00Z")),
            (ExtensionKind::String, Value::String(text)) => Ok(text.into()),
            (ExtensionKind::String, _) => Err(bad("a text")),
        }
    }

    /// The literal in the type of the attribute; as it was, if it cannot be had.
    fn typed(&self, literal: Literal) -> Literal {
        match (self.kind, literal) {
            (ExtensionKind::Boolean, Literal::Text(text)) => {
                boolean(&text).map_or(Literal::Text(text), Literal::Bool)
            }
            (ExtensionKind::Integer, Literal::Text(text)) => text
                .parse::<i64>()
                .map_or(Literal::Text(text), |number| Literal::Number(number.into())),
            (ExtensionKind::DateTime, Literal::Text(text)) => match Instant::parse(&text) {
                Some(instant) => Literal::Time(instant, text),
                None => Literal::Text(text),
            },
            (ExtensionKind::String, Literal::Number(number)) => Literal::Text(number.to_string()),
            (ExtensionKind::String, Literal::Bool(boolean)) => Literal::Text(boolean.to_string()),
            (
                ExtensionKind::Boolean
                | ExtensionKind::Integer
                | ExtensionKind::DateTime
                | ExtensionKind::String,
                literal,
            ) => literal,
        }
    }
}

impl ExtensionKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::DateTime => "dateTime",
        }
    }
}

/// The declared attribute that a name means, with its extension.
pub(crate) fn find<'a>(
    declared: &'a [Extension],
    name: &Name,
) -> Option<(&'a Extension, &'a ExtensionAttribute)> {
    let urn = name.extension.as_deref()?;
    let extension = declared.iter().find(|extension| extension.urn.eq_ignore_ascii_case(urn))?;
    Some((extension, extension.attribute(&name.attribute)?))
}

/// Gives the values that edits set their declared types, and the attributes their declared names.
pub(crate) fn settle(edits: &mut [Edit], declared: &[Extension]) -> Result<(), InvalidRequest> {
    for edit in edits {
        let (path, value) = match edit {
            Edit::Add { path, value } | Edit::Replace { path, value } => (path, Some(value)),
            Edit::Remove { path, only: _ } => (path, None),
        };
        let Path::Attribute { name, .. } = path else { continue };
        let Some((extension, attribute)) = find(declared, name) else { continue };
        if name.sub.is_some() {
            return Err(InvalidRequest::path(format!("{} has no parts", attribute.name)));
        }
        name.extension = Some(extension.urn.as_str().into());
        name.attribute.clone_from(&attribute.name);
        let Some(value) = value else { continue };
        match attribute.read(value.take())? {
            Some(read) => *value = read,
            None => *edit = Edit::Remove { path: path.clone(), only: None },
        }
    }
    Ok(())
}

impl Filter {
    /// The same filter, with its literals in the types of declared attributes.
    #[must_use]
    pub fn declared(self, declared: &[Extension]) -> Self {
        let each = |all: Vec<Self>| all.into_iter().map(|one| one.declared(declared)).collect();
        match self {
            Self::And(all) => Self::And(each(all)),
            Self::Or(any) => Self::Or(each(any)),
            Self::Not(filter) => Self::Not(Box::new(filter.declared(declared))),
            Self::Compare { name, comparison, literal, case_exact } => {
                match find(declared, &name) {
                    Some((_, attribute)) => Self::Compare {
                        literal: typed(attribute, comparison, literal),
                        case_exact: attribute.case_exact,
                        name,
                        comparison,
                    },
                    None => Self::Compare { name, comparison, literal, case_exact },
                }
            }
            Self::Present(_) | Self::Element { .. } => self,
        }
    }
}

/// A part of a text is looked for as the text that it is.
fn typed(attribute: &ExtensionAttribute, comparison: Comparison, literal: Literal) -> Literal {
    match comparison {
        Comparison::Co | Comparison::Sw | Comparison::Ew => literal,
        Comparison::Eq
        | Comparison::Ne
        | Comparison::Gt
        | Comparison::Ge
        | Comparison::Lt
        | Comparison::Le => attribute.typed(literal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::budget;
    use crate::{Sort, User, patch};

    const URN: &str = "urn:example:params:2.0:User";

    fn declared() -> Vec<Extension> {
        let attribute = |name: &str, kind, case_exact| ExtensionAttribute {
            name: name.to_owned(),
            kind,
            case_exact,
            description: String::new(),
        };
        vec![Extension {
            urn: URN.to_owned(),
            resource: ResourceType::User,
            name: "Params".to_owned(),
            description: String::new(),
            attributes: vec![
                attribute("badge", ExtensionKind::String, true),
                attribute("contractor", ExtensionKind::Boolean, false),
                attribute("floor", ExtensionKind::Integer, false),
                attribute("since", ExtensionKind::DateTime, false),
            ],
        }]
    }

    fn user(extension: &Value) -> Result<User, InvalidRequest> {
        User::parse(json!({ "userName": "a", URN: extension }), &declared(), &budget())
    }

    #[test]
    fn declared_attributes_take_their_type_in_any_spelling_of_entras() {
        let sent = json!({ "CONTRACTOR": "True", "floor": "7", "badge": "X", "unknown": [1] });
        let kept = json!({ "contractor": true, "floor": 7, "badge": "X", "unknown": [1] });
        assert_eq!(user(&sent).unwrap().attributes[URN], kept);
        for (name, wrong) in [
            ("contractor", json!("maybe")),
            ("floor", json!(1.5)),
            ("floor", json!("high")),
            ("since", json!("yesterday")),
            ("badge", json!(7)),
        ] {
            let refused = user(&json!({ name: wrong })).unwrap_err();
            assert_eq!(refused.scim_type, Some(crate::ScimType::InvalidValue), "{name}");
        }
    }

    #[test]
    fn a_patch_sets_and_removes_them_by_path_in_any_letter_case() {
        let before = user(&json!({ "contractor": true, "badge": "X" })).unwrap();
        let body = json!({ "Operations": [
            { "op": "replace", "path": format!("{}:Contractor", URN.to_uppercase()), "value": "FALSE" },
            { "op": "remove", "path": format!("{URN}:BADGE") },
        ] });
        let edits = patch::parse(body, ResourceType::User, 9, &declared(), &budget()).unwrap();
        let after = before.apply(&edits, &budget()).unwrap();
        assert_eq!(after.attributes[URN], json!({ "contractor": false }));
    }

    #[test]
    fn filters_and_sorts_go_by_the_declared_type() {
        let after = user(&json!({ "contractor": true, "badge": "Xy", "floor": 10, "since": "2026-01-01T00:00:00+02:00" })).unwrap();
        let resource = after.render(&crate::Meta::default());
        let matches = |filter: &str| {
            let filter = Filter::parse(&format!("{URN}:{filter}"), ResourceType::User).unwrap();
            filter.declared(&declared()).matches(&resource, &budget()).unwrap()
        };
        assert!(matches(r#"contractor eq "True""#));
        assert!(matches(r#"floor gt "9""#));
        assert!(matches(r#"since lt "2026-01-01T00:00:00Z""#));
        assert!(matches(r#"badge eq "Xy""#) && !matches(r#"badge eq "xy""#));
        let key = |by: &str| {
            let sort = Sort::parse(&format!("{URN}:{by}"), ResourceType::User).unwrap().unwrap();
            sort.declared(&declared()).key(&resource, &budget()).unwrap()
        };
        assert_eq!(key("badge"), crate::SortKey::Text("Xy".to_owned()));
        assert!(matches!(key("since"), crate::SortKey::Moment(_)));
    }

    #[test]
    fn what_nobody_declared_is_kept_as_it_comes() {
        let other = "urn:example:other:2.0:User";
        let body = json!({ "userName": "a", other: { "contractor": "True" } });
        let user = User::parse(body, &declared(), &budget()).unwrap();
        assert_eq!(user.attributes[other], json!({ "contractor": "True" }));
    }
}
