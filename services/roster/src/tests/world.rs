//! A small world in which everything meets everything: six resources, three groups, two teams of
//! the administrators' own.

use events::{
    CredentialId, Digest, Door, EmployeeId, ExternalId, Guard, IntegrationProfile, Profile,
    Purpose, ResourceId, Scope, SecretId, StoredSecret, SubscriberId, SubscriberState, TeamId,
};
use proptest::collection::{btree_set, vec};
use proptest::option::{self, weighted};
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use super::alert_id;
use super::words::{
    books_at, closes, desk, gone, group_profile, integration, issue, profile, rotate,
};
use crate::{Intent, MemberChange, PersonRef};

fn resource() -> impl Strategy<Value = ResourceId> {
    (1..=6_u128).prop_map(|n| ResourceId(Uuid::from_u128(n)))
}

pub(super) fn employee() -> impl Strategy<Value = EmployeeId> {
    resource().prop_map(|resource| EmployeeId(resource.0))
}

fn group() -> impl Strategy<Value = TeamId> {
    (11..=13_u128).prop_map(|n| TeamId(Uuid::from_u128(n)))
}

fn own_team() -> impl Strategy<Value = TeamId> {
    (21..=22_u128).prop_map(|n| TeamId(Uuid::from_u128(n)))
}

fn any_team() -> impl Strategy<Value = TeamId> {
    prop_oneof![3 => group(), 1 => own_team()]
}

/// Ada's name, as Entra may change it before it deletes her.
const BEHIND_OBJECT_ID: &str = "0123456789abcdef0123456789ABCDEFada@x";

fn somebody() -> impl Strategy<Value = Profile> {
    let names = select(vec!["ada@x", "Ada@X", "bob@x", "eve@x", BEHIND_OBJECT_ID]);
    let titles = weighted(0.3, select(vec!["Dr", "Countess"]));
    (names, weighted(0.8, select(vec!["1", "2"])), titles).prop_map(|(name, id, title)| {
        let mut profile = profile(name, id);
        profile.attributes.extend(title.map(|title| ("title".to_owned(), title.into())));
        profile
    })
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => resource().prop_map(|resource| resource.to_string()),
        1 => Just("nested".to_owned()),
    ]
}

fn new_members() -> impl Strategy<Value = Vec<String>> {
    vec(value(), 0..4)
}

fn member_change() -> impl Strategy<Value = MemberChange> {
    prop_oneof![
        3 => new_members().prop_map(MemberChange::Add),
        2 => vec(value(), 0..4).prop_map(MemberChange::Remove),
        1 => new_members().prop_map(MemberChange::Exactly),
    ]
}

fn provisioning() -> BoxedStrategy<Intent> {
    let profiles = select(vec![IntegrationProfile::Workplace, IntegrationProfile::Benefits]);
    let names = || select(vec!["Core", "CORE", "Sales"]);
    prop_oneof![
        1 => profiles.prop_map(integration),
        6 => (resource(), somebody(), any::<bool>())
            .prop_map(|(resource, profile, active)| Intent::NewUser { resource, profile, active }),
        4 => (resource(), somebody(), any::<bool>())
            .prop_map(|(resource, profile, active)| Intent::User { resource, profile, active }),
        3 => resource().prop_map(gone),
        3 => (group(), names(), new_members()).prop_map(|(team, name, members)| {
            Intent::NewGroup { team, profile: group_profile(name), members }
        }),
        8 => (group(), names(), vec(member_change(), 0..3)).prop_map(|(team, name, members)| {
            Intent::Group { team, profile: group_profile(name), members }
        }),
        1 => group().prop_map(|team| Intent::NoGroup { team }),
    ]
    .boxed()
}

fn local_edit() -> BoxedStrategy<Intent> {
    let name = || select(vec!["Chess", "chess", "Go", "Core"]).prop_map(str::to_owned);
    let both = || (employee(), any_team());
    prop_oneof![
        4 => both().prop_map(|(employee, team)| Intent::AssignTeam { employee, team }),
        4 => both().prop_map(|(employee, team)| Intent::UnassignTeam { employee, team }),
        3 => both().prop_map(|(employee, team)| Intent::ChoosePrimary { employee, team }),
        1 => employee().prop_map(|employee| Intent::ResetTeams { employee }),
        3 => (own_team(), name()).prop_map(|(team, name)| Intent::NewTeam { team, name }),
        1 => (any_team(), name()).prop_map(|(team, name)| Intent::RenameTeam { team, name }),
        1 => any_team().prop_map(|team| Intent::RemoveTeam { team }),
    ]
    .boxed()
}

fn booking_or_credential() -> BoxedStrategy<Intent> {
    let person = prop_oneof![
        employee().prop_map(PersonRef::Employee),
        select(vec!["1", "2"]).prop_map(|id| PersonRef::ExternalId(ExternalId(id.to_owned()))),
        select(vec!["ada@x", "bob@x"]).prop_map(|n| PersonRef::UserName(n.parse().unwrap())),
    ];
    let reference = || select(vec!["b1", "b2", "b3"]);
    let source = || select(vec!["default", "default", "rooms"]);
    let secrets = (1..=4_u8, any::<bool>(), btree_set(select(Scope::ALL.to_vec()), 0..2));
    prop_oneof![
        (1..=4_u128, source(), reference(), person, 1..4_i64).prop_map(
            |(number, source, reference, person, day)| {
                books_at(source, number, reference, person, desk(day))
            }
        ),
        (source(), reference()).prop_map(|(source, reference)| Intent::NoBooking {
            source: source.parse().unwrap(),
            reference: reference.to_owned(),
        }),
        super::leavers::any_intent(),
        secrets.prop_map(|(number, token, scopes)| {
            issue(
                number,
                if token {
                    Purpose::SecretToken
                } else {
                    Purpose::ApiToken { scopes, source: None }
                },
            )
        }),
        (1..=4_u8).prop_map(rotate),
        (1..=4_u128).prop_map(|number| Intent::RevokeCredential {
            credential: CredentialId(Uuid::from_u128(number)),
        }),
        Just(Intent::DeactivateIntegration),
    ]
    .boxed()
}

fn any_intent() -> impl Strategy<Value = Intent> {
    prop_oneof![
        8 => provisioning(),
        4 => local_edit(),
        3 => booking_or_credential(),
        1 => guarding(),
        1 => subscribing(),
        1 => super::administrators::any_administration(),
    ]
}

/// A guard that small numbers set off, and decisions on its first alerts.
fn guarding() -> BoxedStrategy<Intent> {
    let guard = (any::<bool>(), 2..4_u32, select(vec![0, 40]), 1..3_u32).prop_map(
        |(hold, deactivations, percent, window_minutes)| {
            let guard = Guard { on: true, hold, deactivations, percent, window_minutes };
            Intent::SetGuard { guard }
        },
    );
    let alert = || (1..4_u128).prop_map(alert_id);
    prop_oneof![
        2 => guard,
        1 => alert().prop_map(|alert| Intent::ReleaseAlert { alert, people: None, reason: None }),
        1 => alert().prop_map(|alert| Intent::ReverseAlert { alert, people: None, reason: None }),
    ]
    .boxed()
}

/// Three subscribers that fetch or ask, of two names and three secrets.
fn subscribing() -> BoxedStrategy<Intent> {
    let subscriber = || (1..=3_u128).prop_map(|n| SubscriberId(Uuid::from_u128(n)));
    let secret = || {
        (1..=3_u8).prop_map(|n| {
            (SecretId(Uuid::from_u128(n.into())), StoredSecret::Digest(Digest([n; 32])))
        })
    };
    let facts = || {
        let patterns = select(vec!["employee.*", "team.changed"]);
        btree_set(patterns.prop_map(|pattern| pattern.parse().unwrap()), 0..2)
    };
    let named = (subscriber(), select(vec!["kitchen", "doors"]), facts(), option::of(secret()));
    prop_oneof![
        3 => named.prop_map(|(subscriber_id, name, facts, secret)| {
            let name = name.parse().unwrap();
            let door = if secret.is_some() { Door::Nats } else { Door::Pull };
            let state = SubscriberState { subscriber_id, name, door, facts };
            Intent::AddSubscriber { state, after: 0, secret }
        }),
        1 => (subscriber(), facts()).prop_map(|(subscriber, facts)| {
            Intent::ChangeSubscriber { subscriber, url: None, facts: Some(facts) }
        }),
        1 => subscriber().prop_map(|subscriber| Intent::RemoveSubscriber { subscriber }),
        2 => (subscriber(), secret()).prop_map(|(subscriber, (secret_id, secret))| {
            Intent::IssueSubscriberSecret { subscriber, secret_id, secret }
        }),
        1 => (subscriber(), secret()).prop_map(|(subscriber, (secret_id, _))| {
            Intent::WithdrawSubscriberSecret { subscriber, secret_id }
        }),
        1 => (subscriber(), any::<bool>()).prop_map(|(subscriber, by_itself)| {
            let reason = "too loud".to_owned();
            Intent::DisableSubscriber { subscriber, reason, by_itself }
        }),
        1 => subscriber().prop_map(|subscriber| Intent::EnableSubscriber { subscriber }),
        2 => super::courses::any_course(),
        1 => (employee(), 1..60_u64).prop_map(|(employee, left)| closes(employee, left)),
    ]
    .boxed()
}

pub(super) fn any_history() -> impl Strategy<Value = Vec<Intent>> {
    vec(any_intent(), 0..60)
}
