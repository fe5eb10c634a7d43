//! What a tenant's directory says about a person.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::flat;

/// A person as SCIM describes them (RFC 7643 §4.1), every value exactly as it was sent.
///
/// What Rollcall's rules look at has a field of its own; all else is kept as it came, custom
/// extensions included. `id`, `meta`, `schemas`, `groups`, `active` and `password` are not here.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// The sign-in name, unique in a tenant without regard to case; in the Workplace product, the
    /// e-mail address.
    pub user_name: UserName,
    /// The client's own key for this person, opaque and case-exact: Entra's objectId in the
    /// Workplace product, a payroll reference in Benefits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ExternalId")]
    pub external_id: Option<ExternalId>,
    /// The other attributes, by their SCIM names.
    #[serde(flatten)]
    pub attributes: Map<String, Value>,
}

impl<'de> Deserialize<'de> for Profile {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut attributes = Map::deserialize(from)?;
        Ok(Self {
            user_name: flat::needed(&mut attributes, "userName")?,
            external_id: flat::optional(&mut attributes, "externalId")?,
            attributes,
        })
    }
}

impl Profile {
    /// The name to show, if the directory gave one.
    pub fn display_name(&self) -> Option<&str> {
        self.attributes.get("displayName")?.as_str()
    }

    /// The given name, if the directory gave one.
    pub fn given_name(&self) -> Option<&str> {
        self.attributes.get("name")?.get("givenName")?.as_str()
    }

    /// The family name, if the directory gave one.
    pub fn family_name(&self) -> Option<&str> {
        self.attributes.get("name")?.get("familyName")?.as_str()
    }

    /// The name to show: what the directory calls them, else their given and family names, else the
    /// user name.
    pub fn shown_name(&self) -> String {
        let told =
            |name: Option<&str>| name.filter(|name| !name.trim().is_empty()).map(str::to_owned);
        let parts: Vec<String> =
            [self.given_name(), self.family_name()].into_iter().filter_map(told).collect();
        told(self.display_name())
            .or_else(|| told(Some(&parts.join(" "))))
            .unwrap_or_else(|| self.user_name.as_str().to_owned())
    }
}

/// A sign-in name. Compared without regard to case (RFC 7643 §4.1.1), kept as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserName(String);

/// Why a text is no user name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BadUserName {
    /// Nothing but white space.
    #[error("userName is blank; give each person a name of their own")]
    Blank,
    /// Longer than [`UserName::MAX`].
    #[error("userName is longer than {} bytes of UTF-8; shorten it", UserName::MAX)]
    TooLong,
}

impl UserName {
    /// The longest, in bytes of UTF-8: what an index of Postgres takes. The one place that says so,
    /// for SCIM, bookings and the JSON Schema alike.
    pub const MAX: usize = 1024;

    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which two spellings of one name meet.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }

    /// Whether this looks like an e-mail address, which a person needs to sign in to Workplace.
    pub fn is_address(&self) -> bool {
        let Some((local, domain)) = self.0.rsplit_once('@') else { return false };
        !local.is_empty()
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !self.0.contains(char::is_whitespace)
    }
}

impl std::str::FromStr for UserName {
    type Err = BadUserName;

    fn from_str(text: &str) -> Result<Self, BadUserName> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for UserName {
    type Error = BadUserName;

    fn try_from(text: String) -> Result<Self, BadUserName> {
        if text.trim().is_empty() {
            return Err(BadUserName::Blank);
        }
        if text.len() > Self::MAX {
            return Err(BadUserName::TooLong);
        }
        Ok(Self(text))
    }
}

impl From<UserName> for String {
    fn from(name: UserName) -> Self {
        name.0
    }
}

impl std::fmt::Display for UserName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl JsonSchema for UserName {
    fn schema_name() -> Cow<'static, str> {
        "UserName".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": format!(
                "A sign-in name: kept as it was written, compared without regard to case. It has {} \
                 bytes of UTF-8 at most (maxLength would count characters).",
                Self::MAX
            ),
            "type": "string",
            "minLength": 1,
        })
    }
}

/// The client's own key for a person or a group. Opaque, case-exact, not unique, never our key.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct ExternalId(pub String);

impl ExternalId {
    /// The key as it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
