//! Which attributes an Entra administrator maps: to the letter, and no other is ever sent.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::directory::{Group, Person};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE_USER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// A schema without meaning for others, which Entra lists in every group that it creates.
const ADSCIM_GROUP: &str =
    "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";

/// The two products that a tenant's administrator can connect, each with its attribute mappings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mapping {
    /// `userName`, `active`, `displayName`, and `externalId` from the object id; with groups.
    Workplace,
    /// `userName`, both names, the mobile, and `externalId` from the employee id; without groups.
    Benefits,
}

/// An attribute by which Entra looks whether an object is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Matching {
    /// The login name.
    UserName,
    /// The immutable id, or what is mapped to `externalId`.
    ExternalId,
}

/// The place of a mapped attribute in a SCIM resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Path {
    /// `displayName`
    Whole(&'static str),
    /// `name.givenName`
    Part(&'static str, &'static str),
    /// `phoneNumbers[type eq "mobile"].value`
    Typed {
        /// The multi-valued attribute.
        attribute: &'static str,
        /// The type of the value.
        kind: &'static str,
        /// The sub-attribute.
        part: &'static str,
    },
}

/// One mapped attribute with the value that the directory has for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Where the value stands.
    pub path: Path,
    /// The value.
    pub value: Value,
}

pub(crate) const USER_NAME: Path = Path::Whole("userName");
pub(crate) const EXTERNAL_ID: Path = Path::Whole("externalId");
pub(crate) const DISPLAY_NAME: Path = Path::Whole("displayName");
pub(crate) const DESCRIPTION: Path = Path::Whole("description");
pub(crate) const ACTIVE: Path = Path::Whole("active");
const GIVEN_NAME: Path = Path::Part("name", "givenName");
const FAMILY_NAME: Path = Path::Part("name", "familyName");
const MOBILE: Path = Path::Typed { attribute: "phoneNumbers", kind: "mobile", part: "value" };

impl Mapping {
    /// What this person's resource shall say. An empty source sends nothing.
    pub fn person(self, person: &Person) -> Vec<Attribute> {
        let active = Attribute { path: ACTIVE, value: Value::Bool(!person.is_soft_deleted) };
        let mapped = match self {
            Self::Workplace => vec![
                Attribute::text(USER_NAME, Some(&person.user_principal_name)),
                Some(active),
                Attribute::text(DISPLAY_NAME, Some(&person.display_name)),
                Attribute::text(EXTERNAL_ID, Some(&person.object_id.to_string())),
            ],
            Self::Benefits => vec![
                Attribute::text(USER_NAME, Some(&person.user_principal_name)),
                Some(active),
                Attribute::text(GIVEN_NAME, Some(&person.given_name)),
                Attribute::text(FAMILY_NAME, Some(&person.surname)),
                Attribute::text(MOBILE, person.mobile.as_deref()),
                Attribute::text(EXTERNAL_ID, person.employee_id.as_deref()),
            ],
        };
        mapped.into_iter().flatten().collect()
    }

    /// What this group's resource shall say, its members aside.
    pub fn group(self, group: &Group) -> Vec<Attribute> {
        let mapped = [
            Attribute::text(DISPLAY_NAME, Some(&group.display_name)),
            Attribute::text(EXTERNAL_ID, Some(&group.object_id.to_string())),
            Attribute::text(DESCRIPTION, group.description.as_deref()),
        ];
        mapped.into_iter().flatten().collect()
    }

    /// Whether groups are provisioned at all.
    pub fn has_groups(self) -> bool {
        match self {
            Self::Workplace => true,
            Self::Benefits => false,
        }
    }

    /// By what people are looked up, in order; the next only when the former finds nobody.
    pub fn matching(self) -> Vec<Matching> {
        match self {
            Self::Workplace => vec![Matching::ExternalId, Matching::UserName],
            Self::Benefits => vec![Matching::UserName, Matching::ExternalId],
        }
    }
}

impl Matching {
    pub(crate) fn path(self) -> Path {
        match self {
            Self::UserName => USER_NAME,
            Self::ExternalId => EXTERNAL_ID,
        }
    }
}

impl Attribute {
    fn text(path: Path, value: Option<&str>) -> Option<Self> {
        let value = value.filter(|value| !value.is_empty())?;
        Some(Self { path, value: Value::String(value.to_owned()) })
    }
}

/// The value that a list of attributes has at `path`.
pub(crate) fn value_at(attributes: &[Attribute], path: Path) -> Option<&Value> {
    attributes.iter().find(|attribute| attribute.path == path).map(|attribute| &attribute.value)
}

impl Path {
    /// The value that a SCIM resource has here.
    pub fn read(self, resource: &Value) -> Option<&Value> {
        let value = match self {
            Self::Whole(attribute) => resource.get(attribute),
            Self::Part(attribute, part) => resource.get(attribute)?.get(part),
            Self::Typed { attribute, kind, part } => resource
                .get(attribute)?
                .as_array()?
                .iter()
                .find(|element| element.get("type").and_then(Value::as_str) == Some(kind))?
                .get(part),
        };
        value.filter(|value| !value.is_null())
    }

    fn write(self, resource: &mut Map<String, Value>, value: Value) {
        match self {
            Self::Whole(attribute) => {
                resource.insert(attribute.to_owned(), value);
            }
            Self::Part(attribute, part) => {
                resource.entry(attribute).or_insert_with(|| json!({}))[part] = value;
            }
            Self::Typed { attribute, kind, part } => {
                resource.insert(attribute.to_owned(), json!([{"type": kind, part: value}]));
            }
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(attribute) => f.write_str(attribute),
            Self::Part(attribute, part) => write!(f, "{attribute}.{part}"),
            Self::Typed { attribute, kind, part } => {
                write!(f, "{attribute}[type eq \"{kind}\"].{part}")
            }
        }
    }
}

/// The body of the POST that creates a person, as Entra writes it.
pub fn new_user(attributes: &[Attribute]) -> Value {
    let mut body = resource(attributes, "User", &[USER, ENTERPRISE_USER]);
    body.insert("roles".to_owned(), json!([]));
    Value::Object(body)
}

/// The body of the POST that creates a group. Members never travel with it.
pub fn new_group(attributes: &[Attribute]) -> Value {
    Value::Object(resource(attributes, "Group", &[GROUP, ADSCIM_GROUP]))
}

fn resource(attributes: &[Attribute], kind: &str, schemas: &[&str]) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("schemas".to_owned(), json!(schemas));
    body.insert("meta".to_owned(), json!({"resourceType": kind}));
    for attribute in attributes {
        attribute.path.write(&mut body, attribute.value.clone());
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{Directory, generate};

    fn amy() -> Person {
        let company: Directory = generate(1, 0, 1);
        let somebody = company.people.into_values().next().unwrap();
        Person {
            user_principal_name: "amy@contoso.com".into(),
            display_name: "Amy Lee".into(),
            given_name: "Amy".into(),
            surname: "Lee".into(),
            mobile: Some("+44 7700 900123".into()),
            employee_id: Some("EMP-00042".into()),
            ..somebody
        }
    }

    #[test]
    fn a_workplace_person_is_a_login_a_name_and_an_object_id() {
        let amy = amy();
        assert_eq!(
            new_user(&Mapping::Workplace.person(&amy)),
            json!({
                "schemas": [USER, ENTERPRISE_USER],
                "externalId": amy.object_id,
                "userName": "amy@contoso.com",
                "active": true,
                "displayName": "Amy Lee",
                "meta": {"resourceType": "User"},
                "roles": []
            })
        );
    }

    #[test]
    fn a_benefits_person_is_names_a_mobile_and_a_payroll_key() {
        assert_eq!(
            new_user(&Mapping::Benefits.person(&amy())),
            json!({
                "schemas": [USER, ENTERPRISE_USER],
                "externalId": "EMP-00042",
                "userName": "amy@contoso.com",
                "active": true,
                "name": {"givenName": "Amy", "familyName": "Lee"},
                "phoneNumbers": [{"type": "mobile", "value": "+44 7700 900123"}],
                "meta": {"resourceType": "User"},
                "roles": []
            })
        );
    }

    #[test]
    fn what_the_directory_leaves_empty_is_not_sent() {
        let amy = Person { mobile: None, employee_id: Some(String::new()), ..amy() };
        let sent = Mapping::Benefits.person(&amy);
        assert_eq!(value_at(&sent, MOBILE), None);
        assert_eq!(value_at(&sent, EXTERNAL_ID), None);
    }

    #[test]
    fn what_is_written_is_read_back_at_its_path() {
        for mapping in [Mapping::Workplace, Mapping::Benefits] {
            let sent = mapping.person(&amy());
            let body = new_user(&sent);
            for attribute in sent {
                assert_eq!(
                    attribute.path.read(&body),
                    Some(&attribute.value),
                    "{}",
                    attribute.path
                );
            }
        }
    }
}
