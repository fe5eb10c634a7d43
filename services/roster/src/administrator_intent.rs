//! What callers want to be true of administrators.

use events::{
    AdministratorId, AdministratorRoles, InvitedAdministrator, IssuedSignInLink,
    SignedInAdministrator,
};
use jiff::Timestamp;

use crate::Intent;

/// What a caller wants to be true of an administrator.
#[derive(Clone, Debug, PartialEq)]
pub enum AdministratorIntent {
    /// The tenant has this administrator, who has been sent this sign-in link.
    Invite(InvitedAdministrator),
    /// This is the newest sign-in link of an administrator.
    IssueLink(IssuedSignInLink),
    /// An administrator signs in.
    SignIn {
        /// Who, and how.
        signed_in: SignedInAdministrator,
        /// The time, by which a link is good or has expired.
        now: Timestamp,
    },
    /// An administrator has exactly these roles.
    ChangeRoles {
        /// The administrator.
        administrator: AdministratorId,
        /// What they may do.
        roles: AdministratorRoles,
    },
    /// The tenant has no such administrator.
    Remove {
        /// The administrator.
        administrator: AdministratorId,
    },
}

impl From<AdministratorIntent> for Intent {
    fn from(intent: AdministratorIntent) -> Self {
        Self::Administrator(intent)
    }
}
