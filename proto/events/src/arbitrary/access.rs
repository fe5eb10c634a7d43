//! Bodies about tenants, their integrations and credentials.

use std::collections::BTreeSet;

use proptest::collection::btree_set;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::values::{booking_source, employee_id, guard, tenant, timestamp, uuid};
use crate::{
    ActivatedIntegration, CreatedTenant, CredentialId, DeactivatedIntegration, DeclaredExtension,
    Digest, Extended, Extension, ExtensionAttribute, ExtensionKind, IntegrationId,
    IntegrationProfile, IssuedCredential, LeaverPolicy, Purpose, RemovedExtension,
    RevokedCredential, Scope, SetGuard, SetLeaverPolicy, TenantId,
};

pub(super) fn created_tenant() -> impl Strategy<Value = CreatedTenant> {
    (uuid(), tenant()).prop_map(|(id, slug)| CreatedTenant { tenant_id: TenantId(id), slug })
}

pub(super) fn set_guard() -> impl Strategy<Value = SetGuard> {
    (uuid(), guard()).prop_map(|(id, guard)| SetGuard { tenant_id: TenantId(id), guard })
}

pub(super) fn set_leaver_policy() -> impl Strategy<Value = SetLeaverPolicy> {
    let policy = prop_oneof![
        Just(LeaverPolicy::Keep),
        (0..400_u32).prop_map(|days| LeaverPolicy::CancelAfter { days }),
        employee_id().prop_map(|to| LeaverPolicy::HandOver { to }),
    ];
    (uuid(), ".{1,20}", policy).prop_map(|(id, resource_type, policy)| SetLeaverPolicy {
        tenant_id: TenantId(id),
        resource_type: resource_type.trim().to_owned(),
        policy,
    })
}

pub(super) fn declared_extension() -> impl Strategy<Value = DeclaredExtension> {
    (uuid(), extension())
        .prop_map(|(id, extension)| DeclaredExtension { tenant_id: TenantId(id), extension })
}

pub(super) fn removed_extension() -> impl Strategy<Value = RemovedExtension> {
    (uuid(), ".{0,40}").prop_map(|(id, urn)| RemovedExtension { tenant_id: TenantId(id), urn })
}

pub(super) fn activated_integration() -> impl Strategy<Value = ActivatedIntegration> {
    (uuid(), integration_profile()).prop_map(|(id, profile)| ActivatedIntegration {
        integration_id: IntegrationId(id),
        profile,
    })
}

pub(super) fn deactivated_integration() -> impl Strategy<Value = DeactivatedIntegration> {
    uuid().prop_map(|id| DeactivatedIntegration { integration_id: IntegrationId(id) })
}

pub(super) fn revoked_credential() -> impl Strategy<Value = RevokedCredential> {
    uuid().prop_map(|id| RevokedCredential { credential_id: CredentialId(id) })
}

pub(super) fn credential() -> impl Strategy<Value = IssuedCredential> {
    let scopes = btree_set(select(&Scope::ALL[..]), 0..=Scope::ALL.len());
    let purpose = prop_oneof![
        Just(Purpose::SecretToken),
        Just(Purpose::OauthClient),
        (scopes, option::of(booking_source())).prop_map(
            |(scopes, source): (BTreeSet<Scope>, _)| Purpose::ApiToken { scopes, source }
        ),
    ];
    let optional = (option::of(".{0,20}"), option::of(timestamp()));
    (uuid(), purpose, any::<[u8; 32]>(), optional).prop_map(
        |(id, purpose, secret, (label, expires_at))| IssuedCredential {
            credential_id: CredentialId(id),
            purpose,
            secret_digest: Digest(secret),
            label,
            expires_at,
        },
    )
}

fn extension() -> impl Strategy<Value = Extension> {
    let kinds = [
        ExtensionKind::String,
        ExtensionKind::Boolean,
        ExtensionKind::Integer,
        ExtensionKind::DateTime,
    ];
    let attribute = (".{0,40}", select(kinds.to_vec()), any::<bool>(), ".{0,40}").prop_map(
        |(name, kind, case_exact, description)| ExtensionAttribute {
            name,
            kind,
            case_exact,
            description,
        },
    );
    let extended = select(vec![Extended::User, Extended::Group]);
    (".{0,40}", extended, ".{0,40}", ".{0,40}", vec(attribute, 0..3)).prop_map(
        |(urn, resource_type, name, description, attributes)| Extension {
            urn,
            resource_type,
            name,
            description,
            attributes,
        },
    )
}

fn integration_profile() -> impl Strategy<Value = IntegrationProfile> {
    select(&[IntegrationProfile::Workplace, IntegrationProfile::Benefits][..])
}
