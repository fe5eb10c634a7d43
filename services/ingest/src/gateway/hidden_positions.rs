//! What clients keep that is made of positions in the log: entity tags and cursors.
//!
//! All tenants share the log, so that a plain position would show how much others do.

use std::sync::Arc;

use cipher::{Cipher, Context};
use events::{Seq, Tenant};
use scim::Precondition;

use super::error::ScimError;
use crate::state::Gateway;

/// Hides positions from a tenant.
#[derive(Clone)]
pub(super) struct HiddenPositions {
    cipher: Arc<Cipher>,
    tenant: Tenant,
}

/// The version of a resource that a client wants to change.
#[derive(Clone)]
pub(super) struct ExpectedVersion {
    precondition: Precondition,
    positions: HiddenPositions,
}

impl HiddenPositions {
    pub(super) fn from(gateway: &Gateway, tenant: &Tenant) -> Self {
        Self { cipher: Arc::clone(&gateway.cipher), tenant: tenant.clone() }
    }

    fn context(&self, purpose: &'static str) -> Context<'_> {
        Context { tenant: self.tenant.as_str(), purpose }
    }

    /// The entity tag of a version. It is weak: the same version can be shown in several ways.
    pub(super) fn version_tag(&self, version: Seq) -> String {
        let tag = self.cipher.tag(self.context("version"), &version.0.to_be_bytes());
        format!("W/\"{tag}\"")
    }

    /// What a cursor holds, as text.
    pub(super) fn write_cursor(&self, held: &[u8]) -> String {
        self.cipher.encrypt(self.context("list cursor"), held)
    }

    /// What a cursor holds that was written for this tenant; none if it was not.
    pub(super) fn read_cursor(&self, text: &str) -> Option<Vec<u8>> {
        self.cipher.decrypt(self.context("list cursor"), text).ok()
    }

    /// The version that a precondition names.
    pub(super) fn expected(self, precondition: Precondition) -> ExpectedVersion {
        ExpectedVersion { precondition, positions: self }
    }
}

impl ExpectedVersion {
    /// Refuses to change a version that the client did not mean. To be asked of the roster on which the
    /// change is decided: any other may be out of date.
    pub(super) fn check(&self, version: Seq) -> Result<(), ScimError> {
        let tag = self.positions.version_tag(version);
        if self.precondition.allows(&tag) { Ok(()) } else { Err(ScimError::OtherVersion(tag)) }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// What a tenant is shown in tests.
    pub(in crate::gateway) fn positions_of(tenant: &str) -> HiddenPositions {
        HiddenPositions { cipher: Arc::new(Cipher::new(&[7; 32])), tenant: tenant.parse().unwrap() }
    }

    #[test]
    fn a_version_tag_is_the_same_each_time_and_another_for_each_version_and_tenant() {
        let acme = positions_of("acme");
        assert_eq!(acme.version_tag(Seq(7)), acme.version_tag(Seq(7)));
        assert_ne!(acme.version_tag(Seq(7)), acme.version_tag(Seq(8)));
        assert_ne!(acme.version_tag(Seq(7)), positions_of("globex").version_tag(Seq(7)));
    }

    #[test]
    fn a_cursor_is_read_for_the_tenant_that_it_was_written_for() {
        let written = positions_of("acme").write_cursor(b"held");
        assert_eq!(positions_of("acme").read_cursor(&written), Some(b"held".to_vec()));
        assert_eq!(positions_of("globex").read_cursor(&written), None);
    }
}
