//! Bodies about administrators.

use proptest::collection::btree_set;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::values::{timestamp, uuid};
use crate::{
    AdministratorId, AdministratorRole, AdministratorRoles, ChangedAdministratorRoles, Digest,
    EmailAddress, InvitedAdministrator, IssuedSignInLink, OidcIdentity, RemovedAdministrator,
    SignInMethod, SignedInAdministrator,
};

pub(super) fn invited() -> impl Strategy<Value = InvitedAdministrator> {
    (id(), email(), option::of(".{0,20}"), roles(), digest(), timestamp()).prop_map(
        |(administrator_id, email, name, roles, link_digest, link_expires_at)| {
            InvitedAdministrator {
                administrator_id,
                email,
                name,
                roles,
                link_digest,
                link_expires_at,
            }
        },
    )
}

pub(super) fn issued_link() -> impl Strategy<Value = IssuedSignInLink> {
    (id(), digest(), timestamp()).prop_map(|(administrator_id, link_digest, link_expires_at)| {
        IssuedSignInLink { administrator_id, link_digest, link_expires_at }
    })
}

pub(super) fn signed_in() -> impl Strategy<Value = SignedInAdministrator> {
    let by = prop_oneof![
        digest().prop_map(|digest| SignInMethod::Link { digest }),
        (".{0,40}", ".{0,40}")
            .prop_map(|(issuer, subject)| { SignInMethod::Oidc(OidcIdentity { issuer, subject }) }),
    ];
    (id(), by).prop_map(|(administrator_id, by)| SignedInAdministrator { administrator_id, by })
}

pub(super) fn changed_roles() -> impl Strategy<Value = ChangedAdministratorRoles> {
    (id(), roles(), roles()).prop_map(|(administrator_id, roles, previous)| {
        ChangedAdministratorRoles { administrator_id, roles, previous }
    })
}

pub(super) fn removed() -> impl Strategy<Value = RemovedAdministrator> {
    id().prop_map(|administrator_id| RemovedAdministrator { administrator_id })
}

fn id() -> impl Strategy<Value = AdministratorId> {
    uuid().prop_map(AdministratorId)
}

fn email() -> impl Strategy<Value = EmailAddress> {
    "[a-zA-Z0-9.+-]{1,20}@[a-zA-Z0-9.-]{1,20}".prop_map(|text| text.parse().expect("an address"))
}

fn roles() -> impl Strategy<Value = AdministratorRoles> {
    btree_set(select(&AdministratorRole::ALL[..]), 0..=AdministratorRole::ALL.len())
}

fn digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 32]>().prop_map(Digest)
}
