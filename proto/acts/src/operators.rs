//! Who has which token, as follows from the acts.

use std::collections::BTreeMap;

use events::Digest;
use jiff::Timestamp;

use crate::act::{Act, Added, Revoked, RoleChange};
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
        if let Act::OperatorGranted(RoleChange { name, roles }) = &acted.act
            && let Some(known) = self.0.get_mut(name)
        {
            known.roles.extend(roles);
        }
        if let Act::OperatorUngranted(RoleChange { name, roles }) = &acted.act
            && let Some(known) = self.0.get_mut(name)
        {
            known.roles.retain(|role| !roles.contains(role));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::Role;

    #[test]
    fn a_living_token_opens_what_was_granted_and_not_taken_back_since() {
        let name: OperatorName = "ann".parse().expect("a name");
        let change = |role| RoleChange { name: name.clone(), roles: Roles::from([role]) };
        let (token, roles) = (Digest::of(b"token"), Roles::from([Role::OpsRead]));
        let acts = [
            Act::OperatorAdded(Added { name: name.clone(), roles, token }),
            Act::OperatorGranted(change(Role::ReplayRun)),
            Act::OperatorGranted(change(Role::PrivacyReveal)),
            Act::OperatorUngranted(change(Role::OpsRead)),
            Act::OperatorUngranted(change(Role::ReplayRun)),
        ];
        let mut operators = Operators::default();
        for (seq, act) in (1..).zip(acts) {
            operators.apply(&Acted { seq, at: Timestamp::UNIX_EPOCH, by: By::Root, act });
        }
        let known = operators.with_token(token).expect("a living token");
        assert_eq!(known.roles, Roles::from([Role::PrivacyReveal]));
    }
}
