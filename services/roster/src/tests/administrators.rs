//! Administrators: invited, signed in, given other roles, removed.

use events::AdministratorRole::{IntegrationManager, Operator, Owner, TeamEditor, Viewer};
use events::{
    AdministratorId, AdministratorRole, Digest, EventKind, InvitedAdministrator, IssuedSignInLink,
    OidcIdentity, SignInMethod, SignedInAdministrator,
};
use jiff::Timestamp;
use proptest::collection::btree_set;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use super::given;
use super::words::tenant;
use crate::{AdministratorIntent, BadText, Intent, Refusal};

const ADA: AdministratorId = AdministratorId(Uuid::from_u128(0xad1));
const BOB: AdministratorId = AdministratorId(Uuid::from_u128(0xad2));

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn invite(id: AdministratorId, email: &str, roles: &[AdministratorRole], link: u8) -> Intent {
    AdministratorIntent::Invite(invitation(id, email, roles, link)).into()
}

fn invitation(
    id: AdministratorId,
    email: &str,
    roles: &[AdministratorRole],
    link: u8,
) -> InvitedAdministrator {
    InvitedAdministrator {
        administrator_id: id,
        email: email.parse().unwrap(),
        name: None,
        roles: roles.iter().copied().collect(),
        link_digest: Digest([link; 32]),
        link_expires_at: at(1000),
    }
}

fn ada(roles: &[AdministratorRole]) -> Intent {
    invite(ADA, "ada@x", roles, 1)
}

fn issue_link(id: AdministratorId, link: u8) -> Intent {
    AdministratorIntent::IssueLink(IssuedSignInLink {
        administrator_id: id,
        link_digest: Digest([link; 32]),
        link_expires_at: at(1000),
    })
    .into()
}

fn signs_in(id: AdministratorId, by: SignInMethod, second: i64) -> Intent {
    let signed_in = SignedInAdministrator { administrator_id: id, by };
    AdministratorIntent::SignIn { signed_in, now: at(second) }.into()
}

fn link(number: u8) -> SignInMethod {
    SignInMethod::Link { digest: Digest([number; 32]) }
}

fn identity(subject: &str) -> OidcIdentity {
    OidcIdentity { issuer: "https://id.example".to_owned(), subject: subject.to_owned() }
}

fn oidc(subject: &str) -> SignInMethod {
    SignInMethod::Oidc(identity(subject))
}

fn roles(id: AdministratorId, roles: &[AdministratorRole]) -> Intent {
    let roles = roles.iter().copied().collect();
    AdministratorIntent::ChangeRoles { administrator: id, roles }.into()
}

fn remove(id: AdministratorId) -> Intent {
    AdministratorIntent::Remove { administrator: id }.into()
}

#[test]
fn an_administrator_is_invited_once() {
    let outcome = given([]).when(&ada(&[Owner])).then([EventKind::AdministratorInvited]);
    let history = outcome.after.when(&ada(&[Owner])).then_nothing().after;
    history.clone().when(&ada(&[Viewer])).refused(&Refusal::IdReused(ADA.0));
    history.when(&invite(ADA, "eve@x", &[Owner], 1)).refused(&Refusal::IdReused(ADA.0));
}

#[test]
fn an_address_belongs_to_one_administrator_of_a_tenant_in_any_letter_case() {
    let history = given([ada(&[Owner]), invite(BOB, "bob@x", &[Owner], 2)]);
    let again = invite(AdministratorId(Uuid::from_u128(0xad3)), "Ada@X", &[Viewer], 3);
    let refused = history.when(&again).refused(&Refusal::AdministratorKnown).after;
    let removed = refused.when(&remove(ADA)).then([EventKind::AdministratorRemoved]).after;
    removed.when(&again).then([EventKind::AdministratorInvited]);
}

#[test]
fn an_invitation_needs_a_role_and_a_name_that_shows() {
    given([]).when(&ada(&[])).refused(&Refusal::NoRoles);
    let blank = InvitedAdministrator {
        name: Some(" ".to_owned()),
        ..invitation(ADA, "ada@x", &[Owner], 1)
    };
    given([])
        .when(&AdministratorIntent::Invite(blank).into())
        .refused(&Refusal::BadText { what: "the name", problem: BadText::Blank });
}

#[test]
fn a_link_is_good_once_until_it_expires_and_only_the_newest_one() {
    let invited = || given([ada(&[Owner])]);
    let unknown = Refusal::NoSuchLink;
    invited().when(&signs_in(ADA, link(9), 10)).refused(&unknown);
    invited().when(&signs_in(ADA, link(1), 1000)).refused(&Refusal::LinkExpired(at(1000)));

    let signed_in =
        invited().when(&signs_in(ADA, link(1), 999)).then([EventKind::AdministratorSignedIn]);
    let spent = signed_in.after;
    let (_, administrator) = spent.roster.administrator_by_link(&Digest([1; 32])).unwrap();
    let spent_at = administrator.link.spent_at.unwrap();
    assert_eq!(administrator.signed_in_at, Some(spent_at));
    spent.clone().when(&signs_in(ADA, link(1), 999)).refused(&Refusal::LinkSpent(spent_at));

    let newer = spent.when(&issue_link(ADA, 2)).then([EventKind::AdministratorLinkIssued]).after;
    let newer = newer.when(&issue_link(ADA, 2)).then_nothing().after;
    assert_eq!(newer.roster.administrator_by_link(&Digest([1; 32])), None);
    newer.clone().when(&signs_in(ADA, link(1), 10)).refused(&unknown);
    newer.when(&signs_in(ADA, link(2), 10)).then([EventKind::AdministratorSignedIn]);
    given([]).when(&issue_link(ADA, 2)).refused(&Refusal::NoSuchAdministrator(ADA));
}

#[test]
fn who_signed_in_at_a_provider_has_no_use_for_a_link_any_more() {
    let history = given([ada(&[Owner]), signs_in(ADA, oidc("s1"), 10)]);
    let spent_at = history.tenant().administrators().get(ADA).unwrap().link.spent_at.unwrap();
    history.when(&signs_in(ADA, link(1), 11)).refused(&Refusal::LinkSpent(spent_at));
}

#[test]
fn the_first_sign_in_at_a_provider_binds_the_administrator_to_the_identity() {
    let history = given([ada(&[Owner]), invite(BOB, "bob@x", &[Viewer], 2)]);
    let signed_in = history.when(&signs_in(ADA, oidc("s1"), 10));
    let history = signed_in.then([EventKind::AdministratorSignedIn]).after;
    let of = |subject: &str| {
        let identity = identity(subject);
        let found = history.roster.administrators_by_identity(&identity);
        found.map(|(slug, found)| (slug.clone(), found.id)).collect::<Vec<_>>()
    };
    assert_eq!(of("s1"), [(tenant(), ADA)]);
    assert_eq!(of("s2"), []);
    history.clone().when(&signs_in(ADA, oidc("s1"), 10)).then([EventKind::AdministratorSignedIn]);
    history.clone().when(&signs_in(ADA, oidc("s1"), 0)).then_nothing();
    history.clone().when(&signs_in(ADA, oidc("s2"), 10)).refused(&Refusal::OtherIdentity);
    history.when(&signs_in(BOB, oidc("s1"), 10)).refused(&Refusal::OtherIdentity);
}

#[test]
fn an_administrator_is_found_by_their_address_in_any_letter_case() {
    let history = given([ada(&[Owner])]);
    let email = "ADA@x".parse().unwrap();
    let found = history.roster.administrators_by_email(&email).map(|(_, found)| found.id);
    assert_eq!(found.collect::<Vec<_>>(), [ADA]);
}

#[test]
fn an_owner_may_do_everything_and_everybody_is_a_viewer() {
    let history = given([ada(&[Owner]), invite(BOB, "bob@x", &[TeamEditor, Operator], 2)]);
    let has = |id, role| history.tenant().administrators().get(id).unwrap().has_any(&[role]);
    assert!(AdministratorRole::ALL.into_iter().all(|role| has(ADA, role)));
    let of_bob = AdministratorRole::ALL.into_iter().filter(|role| has(BOB, *role));
    assert_eq!(of_bob.collect::<Vec<_>>(), [Viewer, TeamEditor, Operator]);
}

#[test]
fn roles_that_are_so_already_change_nothing() {
    let history = given([ada(&[Owner]), invite(BOB, "bob@x", &[Viewer], 2)]);
    let history = history.when(&roles(BOB, &[Viewer])).then_nothing().after;
    let changed = history.when(&roles(BOB, &[IntegrationManager]));
    let history = changed.then([EventKind::AdministratorRolesChanged]).after;
    assert!(history.tenant().administrators().get(BOB).unwrap().has_any(&[IntegrationManager]));
    history.when(&roles(BOB, &[])).refused(&Refusal::NoRoles);
}

#[test]
fn the_last_owner_can_neither_be_removed_nor_lose_that_role() {
    let history = given([ada(&[Owner]), invite(BOB, "bob@x", &[Viewer], 2)]);
    let history = history.when(&remove(ADA)).refused(&Refusal::LastOwner).after;
    let history = history.when(&roles(ADA, &[Operator])).refused(&Refusal::LastOwner).after;
    let history =
        history.when(&roles(BOB, &[Owner])).then([EventKind::AdministratorRolesChanged]).after;
    history.clone().when(&roles(ADA, &[Viewer])).then([EventKind::AdministratorRolesChanged]);
    history.when(&remove(ADA)).then([EventKind::AdministratorRemoved]);
}

#[test]
fn of_who_was_removed_the_id_alone_is_known() {
    let history = given([ada(&[Owner]), invite(BOB, "bob@x", &[Owner], 2), remove(BOB)]);
    assert_eq!(history.roster.administrator(&BOB), None);
    assert_eq!(history.roster.administrator_by_link(&Digest([2; 32])), None);
    let history = history.when(&remove(BOB)).then_nothing().after;
    let again = invite(BOB, "bob@x", &[Owner], 2);
    history.clone().when(&again).refused(&Refusal::IdReused(BOB.0));
    history.clone().when(&signs_in(BOB, link(2), 10)).refused(&Refusal::NoSuchAdministrator(BOB));
    history.when(&roles(BOB, &[Owner])).refused(&Refusal::NoSuchAdministrator(BOB));
    let unknown = given([]).when(&remove(BOB));
    unknown.refused(&Refusal::NoSuchAdministrator(BOB));
}

/// Three administrators of two addresses, three links and two identities.
pub(super) fn any_administration() -> BoxedStrategy<Intent> {
    let id = || (1..=3_u128).prop_map(|n| AdministratorId(Uuid::from_u128(n)));
    let some_roles = || btree_set(select(&AdministratorRole::ALL[..]), 0..3);
    let method = prop_oneof![(1..=3_u8).prop_map(link), select(vec!["s1", "s2"]).prop_map(oidc)];
    let invited = (id(), select(vec!["ada@x", "Ada@X", "bob@x"]), some_roles(), 1..=3_u8);
    prop_oneof![
        4 => invited.prop_map(|(id, email, roles, link)| {
            invite(id, email, &Vec::from_iter(roles), link)
        }),
        1 => (id(), 1..=3_u8).prop_map(|(id, link)| issue_link(id, link)),
        2 => (id(), method).prop_map(|(id, by)| signs_in(id, by, 0)),
        1 => (id(), some_roles()).prop_map(|(id, some)| roles(id, &Vec::from_iter(some))),
        1 => id().prop_map(remove),
    ]
    .boxed()
}
