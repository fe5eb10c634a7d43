//! Administrators: people who sign in to the portal of a tenant. Secrets never appear: a sign-in link is
//! known by the SHA-256 of 256 random bits.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{AdministratorId, Digest};

/// A new administrator, and the link by which they sign in for the first time. The body of
/// `administrator.invited`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitedAdministrator {
    pub administrator_id: AdministratorId,
    /// Unique in the tenant among those who were not removed, without regard to case.
    pub email: EmailAddress,
    /// What the administrator is called, if somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub name: Option<String>,
    /// What they may do.
    pub roles: AdministratorRoles,
    /// SHA-256 of the link's secret, which itself is written down nowhere.
    pub link_digest: Digest,
    /// From when on the link opens nothing.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub link_expires_at: Timestamp,
}

/// A new sign-in link of an administrator; an earlier one opens nothing any more. The body of
/// `administrator.link-issued`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IssuedSignInLink {
    pub administrator_id: AdministratorId,
    /// SHA-256 of the link's secret, which itself is written down nowhere.
    pub link_digest: Digest,
    /// From when on the link opens nothing.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub link_expires_at: Timestamp,
}

/// An administrator who signed in; their sign-in link opens nothing any more. The body of `administrator.signed-in`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedInAdministrator {
    pub administrator_id: AdministratorId,
    #[serde(flatten)]
    pub by: SignInMethod,
}

/// How an administrator signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum SignInMethod {
    /// By a sign-in link.
    Link {
        /// SHA-256 of the link's secret.
        #[serde(rename = "linkDigest")]
        digest: Digest,
    },
    /// At an `OpenID` provider. The first time binds the administrator to this identity there.
    Oidc(OidcIdentity),
}

/// Who somebody is at an `OpenID` provider.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub struct OidcIdentity {
    /// The provider (`iss`).
    pub issuer: String,
    /// The provider's own id of the person (`sub`).
    pub subject: String,
}

/// An administrator may do other things than before. The body of `administrator.roles-changed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangedAdministratorRoles {
    pub administrator_id: AdministratorId,
    /// What they may do from now on.
    pub roles: AdministratorRoles,
    /// What they could do before.
    pub previous: AdministratorRoles,
}

/// An administrator who may do nothing any more, and whose address is free. The body of
/// `administrator.removed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RemovedAdministrator {
    pub administrator_id: AdministratorId,
}

/// What one administrator may do.
pub type AdministratorRoles = BTreeSet<AdministratorRole>;

/// What an administrator may do.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum AdministratorRole {
    /// See people, teams, leavers, alerts and what happens. Every administrator may.
    Viewer,
    /// Edit teams locally and cancel bookings of leavers.
    TeamEditor,
    /// Activate the integration, and issue and revoke its secrets.
    IntegrationManager,
    /// Decide alerts, replay, see to subscribers and parked people.
    Operator,
    /// All of it, and invite and remove administrators.
    Owner,
}

impl AdministratorRole {
    /// All roles.
    pub const ALL: [Self; 5] =
        [Self::Viewer, Self::TeamEditor, Self::IntegrationManager, Self::Operator, Self::Owner];

    /// The name, as in bodies and at the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::TeamEditor => "team-editor",
            Self::IntegrationManager => "integration-manager",
            Self::Operator => "operator",
            Self::Owner => "owner",
        }
    }

    /// What it opens, in a few words.
    pub fn opens(self) -> &'static str {
        match self {
            Self::Viewer => "see people, teams, leavers, alerts and what happens",
            Self::TeamEditor => "edit teams locally and cancel bookings of leavers",
            Self::IntegrationManager => {
                "activate the integration, and issue and revoke its secrets"
            }
            Self::Operator => "decide alerts, replay, see to subscribers and parked people",
            Self::Owner => "all of it, and invite and remove administrators",
        }
    }
}

/// A text that names no role of an administrator.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no role of an administrator; there are {all}", all = all_roles())]
pub struct UnknownAdministratorRole(String);

fn all_roles() -> String {
    let [others @ .., last] = AdministratorRole::ALL.map(AdministratorRole::as_str);
    format!("{} and {last}", others.join(", "))
}

impl std::str::FromStr for AdministratorRole {
    type Err = UnknownAdministratorRole;

    fn from_str(text: &str) -> Result<Self, UnknownAdministratorRole> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| UnknownAdministratorRole(text.to_owned()))
    }
}

impl std::fmt::Display for AdministratorRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An e-mail address, as it was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// Why a text is no e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no e-mail address; write one such as ada@example.com, without spaces and of {max} bytes at most",
    max = EmailAddress::MAX
)]
pub struct BadEmailAddress(String);

impl EmailAddress {
    /// The longest, in bytes (RFC 5321 §4.5.3.1.3, less the brackets).
    pub const MAX: usize = 254;

    /// The address as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which two spellings of one address meet.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl std::str::FromStr for EmailAddress {
    type Err = BadEmailAddress;

    /// Whether mail arrives is not for a pattern to say: it only has to look like an address.
    fn from_str(text: &str) -> Result<Self, BadEmailAddress> {
        let unseen = |sign: char| sign.is_whitespace() || crate::is_hidden(sign);
        let looks = text.rsplit_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && !local.contains('@')
        });
        if looks && text.len() <= Self::MAX && !text.contains(unseen) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadEmailAddress(text.to_owned()))
        }
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = BadEmailAddress;

    fn try_from(text: String) -> Result<Self, BadEmailAddress> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl std::fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl JsonSchema for EmailAddress {
    fn schema_name() -> Cow<'static, str> {
        "EmailAddress".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": format!(
                "An e-mail address: kept as it was written, compared without regard to case. It has {} \
                 bytes of UTF-8 at most (maxLength would count characters).",
                Self::MAX
            ),
            "type": "string",
            "pattern": "^[^@\\s]+@[^@\\s]+$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_as_it_was_written_and_met_without_regard_to_case() {
        let ada: EmailAddress = "Ada@Example.COM".parse().unwrap();
        assert_eq!((ada.as_str(), ada.key().as_str()), ("Ada@Example.COM", "ada@example.com"));
    }

    #[test]
    fn what_is_no_address_is_refused_with_what_one_looks_like() {
        let long = format!("{}@x", "a".repeat(253));
        for text in ["", "ada", "@x", "ada@", "a@b@c", "ada @x", "ada@x\u{200b}", long.as_str()] {
            let error = text.parse::<EmailAddress>().unwrap_err();
            assert!(error.to_string().contains("such as ada@example.com"), "{error}");
        }
    }

    #[test]
    fn a_role_that_nobody_knows_is_answered_with_those_that_there_are() {
        for role in AdministratorRole::ALL {
            assert_eq!(role.as_str().parse::<AdministratorRole>().unwrap(), role);
        }
        let error = "admin".parse::<AdministratorRole>().unwrap_err().to_string();
        assert_eq!(
            error,
            r#""admin" is no role of an administrator; there are viewer, team-editor, integration-manager, operator and owner"#
        );
    }
}
