//! What is wrong with a directory's mapping, and how to mend it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something that an administrator should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Which kind.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// In a sentence.
    pub title: String,
    /// What was seen: how often, and when.
    pub seen: String,
    /// What to do, and where.
    pub remedy: String,
    /// The page that is about it, below those of the tenant.
    pub link: String,
}

/// The kinds of findings.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The secret is wrong.
    CredentialRefused,
    /// The integration is not active.
    IntegrationInactive,
    /// Test Connection was seen, and nobody came.
    NobodyProvisioned,
    /// The directory is silent.
    Silence,
    /// One kind of error again and again.
    RepeatedError,
    /// Again and again somebody is made who is there already.
    RepeatedConflict,
    /// `externalId` is an address.
    ExternalIdIsAddress,
    /// `userName` is no address.
    UserNameIsNoAddress,
    /// `active` is not mapped.
    ActiveNeverSent,
    /// Leavers come as deletions only.
    ActiveNeverFalse,
    /// Groups are members of groups.
    GroupsAsMembers,
    /// Users come without a mobile number.
    NoMobileNumber,
    /// Attributes are sent that the product does not use; they are stored all the same.
    AttributeNotUsed,
    /// An attribute is sent that is not stored, since no schema knows it.
    AttributeNotKept,
    /// A secret has expired.
    ExpiredCredential,
    /// A secret expires soon.
    ExpiringCredential,
    /// A secret is old.
    OldCredential,
}

/// How bad a finding is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// People are missing, or wrong.
    Problem,
    /// It will become one.
    Warning,
    /// It costs nothing but clarity.
    Hint,
}
