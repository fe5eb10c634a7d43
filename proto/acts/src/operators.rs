//! Who has which token, as follows from the acts.

use std::collections::BTreeMap;

use events::Digest;
use jiff::Timestamp;

use crate::act::{Act, Added, Revoked};
use crate::by::{By, OperatorName};
use crate::record::Acted;
use crate::role::Roles;

/// The operators that there are and were.
#[derive(Clone, Debug, Default)]
pub struct Operators(BTreeMap<OperatorName, Known>);

/// What is known of an operator.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// The name.
    pub name: OperatorName,
    /// What the token opens.
    pub roles: Roles,
    /// The SHA-256 of the token.
    pub token: Digest,
    /// When it was made.
    pub added_at: Timestamp,
    /// Who made it.
    pub added_by: By,
    /// Since when it opens nothing.
    pub revoked_at: Option<Timestamp>,
}

impl Operators {
    pub(crate) fn apply(&mut self, acted: &Acted) {
        if let Act::OperatorAdded(Added { name, roles, token }) = &acted.act {
            let known = Known {
                name: name.clone(),
                roles: roles.clone(),
                token: *token,
                added_at: acted.at,
                added_by: acted.by.clone(),
                revoked_at: None,
            };
            self.0.insert(name.clone(), known);
        }
        if let Act::OperatorRevoked(Revoked { name }) = &acted.act
            && let Some(known) = self.0.get_mut(name)
        {
            known.revoked_at.get_or_insert(acted.at);
        }
    }

    /// Whose living token has this digest.
    pub fn with_token(&self, token: Digest) -> Option<&Known> {
        self.0.values().find(|known| known.token == token && known.revoked_at.is_none())
    }

    /// What is known of this one.
    pub fn get(&self, name: &OperatorName) -> Option<&Known> {
        self.0.get(name)
    }

    /// All, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Known> {
        self.0.values()
    }
}
