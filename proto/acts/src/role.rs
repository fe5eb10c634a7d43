//! What an operator's token opens.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an operator may do. The token of the settings (`root`) may do everything.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum Role {
    /// Look at everything: state, plans, jobs, the journal; explain people, with personal values
    /// masked.
    #[serde(rename = "ops:read")]
    OpsRead,
    /// Plan, run, pause, resume and cancel replays.
    #[serde(rename = "replay:run")]
    ReplayRun,
    /// Let readers see what a replay built, and undo it.
    #[serde(rename = "replay:cutover")]
    ReplayCutover,
    /// Retry and skip events that could not be applied.
    #[serde(rename = "parked:decide")]
    ParkedDecide,
    /// Erase a person.
    #[serde(rename = "privacy:erase")]
    PrivacyErase,
    /// Look at personal values as they are: `--reveal`, each time an act.
    #[serde(rename = "privacy:reveal")]
    PrivacyReveal,
    /// Tenants, integrations, credentials, extensions and the mass-change guard: `/operator/v1`.
    #[serde(rename = "tenants:manage")]
    TenantsManage,
}

/// What one token opens.
pub type Roles = BTreeSet<Role>;

/// A text that names no role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no role; the roles are ops:read, replay:run, replay:cutover, parked:decide, \
     privacy:erase, privacy:reveal and tenants:manage"
)]
pub struct UnknownRole(String);

impl Role {
    /// All roles.
    pub const ALL: [Self; 7] = [
        Self::OpsRead,
        Self::ReplayRun,
        Self::ReplayCutover,
        Self::ParkedDecide,
        Self::PrivacyErase,
        Self::PrivacyReveal,
        Self::TenantsManage,
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpsRead => "ops:read",
            Self::ReplayRun => "replay:run",
            Self::ReplayCutover => "replay:cutover",
            Self::ParkedDecide => "parked:decide",
            Self::PrivacyErase => "privacy:erase",
            Self::PrivacyReveal => "privacy:reveal",
            Self::TenantsManage => "tenants:manage",
        }
    }

    /// What it opens, in a few words.
    pub fn opens(self) -> &'static str {
        match self {
            Self::OpsRead => "look at everything, with personal values masked",
            Self::ReplayRun => "plan, run and cancel replays; verify",
            Self::ReplayCutover => "cut over to what a replay built, and roll back",
            Self::ParkedDecide => "retry and skip parked events",
            Self::PrivacyErase => "erase people",
            Self::PrivacyReveal => "see personal values (--reveal), beside ops:read",
            Self::TenantsManage => "tenants, integrations, credentials, the guard",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        let known = Self::ALL.into_iter().find(|role| role.as_str() == text);
        known.ok_or_else(|| UnknownRole(text.chars().take(64).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_called_the_same_everywhere() {
        for role in Role::ALL {
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
            assert_eq!(role.as_str().parse(), Ok(role));
            let sentence = "x".parse::<Role>().unwrap_err().to_string();
            assert!(sentence.contains(role.as_str()), "{sentence}");
        }
    }
}
