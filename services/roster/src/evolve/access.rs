//! Integrations and credentials come and go.

use std::sync::Arc;

use events::{ActivatedIntegration, CredentialId, IssuedCredential, Tenant};

use super::moment::Moment;
use crate::{Credential, Integration, Roster, TenantRoster};

pub(super) fn activated(tenant: &mut TenantRoster, body: &ActivatedIntegration) {
    tenant.integration =
        Some(Integration { id: body.integration_id, profile: body.profile, active: true });
}

pub(super) fn deactivated(tenant: &mut TenantRoster) {
    if let Some(integration) = &mut tenant.integration {
        integration.active = false;
    }
}

pub(super) fn issued(roster: &mut Roster, tenant: &Tenant, at: Moment, body: &IssuedCredential) {
    let credential = Credential {
        id: body.credential_id,
        purpose: body.purpose.clone(),
        secret_digest: body.secret_digest,
        label: body.label.clone(),
        issued: at.seq,
        issued_at: at.time,
        expires_at: body.expires_at,
        revoked: false,
    };
    roster.secrets.insert(body.secret_digest, body.credential_id);
    roster.credentials.insert(body.credential_id, tenant.clone());
    roster.tenant_mut(tenant).credentials.insert(body.credential_id, Arc::new(credential));
}

pub(super) fn revoked(roster: &mut Roster, id: CredentialId) {
    let Some(tenant) = roster.credentials.get(&id).cloned() else { return };
    let Some(credential) = roster.tenant_mut(&tenant).credentials.get_mut(&id) else { return };
    let credential = Arc::make_mut(credential);
    credential.revoked = true;
    let digest = credential.secret_digest;
    if roster.secrets.get(&digest) == Some(&id) {
        roster.secrets.remove(&digest);
    }
}
