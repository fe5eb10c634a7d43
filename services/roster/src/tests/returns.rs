//! Who comes back is who they were, by whatever name they left.

use events::{EventKind, IntegrationProfile, ResourceId};
use proptest::prelude::*;

use super::laws::after;
use super::words::*;
use super::world::any_history;
use super::{History, given};
use crate::{Intent, Person};

const BOB_2: ResourceId = ResourceId(uuid::Uuid::from_u128(0xb0b2));

/// A user name with an object id in front, as Entra may change it before it deletes.
fn behind_id(name: &str) -> String {
    format!("8C7A6b5d4e3f2a1b0c9d8e7f6a5b4c3d{name}")
}

fn renamed(resource: ResourceId, name: &str, external_id: Option<&str>) -> Intent {
    Intent::User { resource, profile: profile(name, external_id), active: true }
}

fn disabled(resource: ResourceId, name: &str, external_id: Option<&str>) -> Intent {
    Intent::User { resource, profile: profile(name, external_id), active: false }
}

fn benefits() -> History {
    given([integration(IntegrationProfile::Benefits)])
}

fn told(mut history: History, intents: impl IntoIterator<Item = Intent>) -> History {
    for intent in intents {
        history.tell(&intent).expect("no refusal");
    }
    history
}

/// Ada is deleted, after her name was changed like this.
fn left_as(name: &str, external_id: Option<&str>) -> History {
    let line = [new_user(ADA, "ada@x", external_id), disabled(ADA, name, external_id), gone(ADA)];
    told(benefits(), line)
}

#[track_caller]
fn is_back(history: &History, name: &str, external_id: Option<&str>) {
    let outcome = history.clone().when(&new_user(ADA_2, name, external_id));
    outcome.then([EventKind::UserReturned]).so(|tenant| {
        let ada = tenant.people().by_resource(ADA_2).expect("Ada");
        assert_eq!(ada.employee, employee(ADA));
    });
}

#[track_caller]
fn is_somebody_new(history: &History, name: &str, external_id: Option<&str>) {
    history.clone().when(&new_user(EVE, name, external_id)).then([EventKind::UserCreated]);
}

#[test]
fn a_leaver_whose_name_was_put_behind_the_object_id_comes_back_as_who_they_were() {
    let left = left_as(&behind_id("ada@x"), Some("P-1"));
    is_back(&left, "ada@x", Some("P-1"));
    is_back(&left, "ADA@X", Some("P-1"));
    is_back(&left, "ada@x", None);
    is_back(&left, &behind_id("ADA@x"), Some("P-1"));
    is_somebody_new(&left, "ada@x", Some("P-2"));
    is_somebody_new(&left, "other@x", Some("P-1"));
    let without = left_as(&behind_id("ada@x"), None);
    is_back(&without, "ada@x", Some("P-1"));
    is_back(&without, "ada@x", None);
}

#[test]
fn every_name_that_the_last_resource_had_tells_who_is_back() {
    let line = [
        new_user(ADA, "ada@x", None),
        renamed(ADA, "ada.king@x", None),
        renamed(ADA, "countess@x", None),
        gone(ADA),
    ];
    let left = told(benefits(), line);
    for name in ["ada@x", "Ada.King@x", "countess@x"] {
        is_back(&left, name, Some("P-1"));
    }
    // And no other: those of the resource before it do not count.
    let again = told(left, [new_user(ADA_2, "countess@x", None), gone(ADA_2)]);
    is_somebody_new(&again, "ada@x", None);
}

#[test]
fn a_name_only_ever_seen_behind_an_object_id_counts_beside_the_same_external_id_alone() {
    let left = left_as(&behind_id("ada.king@x"), Some("P-1"));
    is_back(&left, "Ada.King@x", Some("P-1"));
    is_somebody_new(&left, "ada.king@x", None);
    is_somebody_new(&left, "ada.king@x", Some("P-2"));
    is_somebody_new(&left_as(&behind_id("ada.king@x"), None), "ada.king@x", Some("P-1"));
    is_somebody_new(&left_as("8c7a6b5d-ada.king@x", Some("P-1")), "ada.king@x", Some("P-1"));
}

#[test]
fn a_name_that_passed_to_somebody_else_means_them_unless_the_external_id_says_otherwise() {
    // Ada marries; another Ada gets her address, and leaves before she does.
    let line = [
        new_user(ADA, "ada@x", Some("P-1")),
        renamed(ADA, "ada.king@x", Some("P-1")),
        new_user(BOB, "ada@x", Some("P-2")),
        gone(BOB),
        gone(ADA),
    ];
    let left = told(benefits(), line);
    is_back(&left, "ada@x", Some("P-1"));
    is_back(&left, "ada.king@x", None);
    let other = left.when(&new_user(EVE, "ada@x", None)).then([EventKind::UserReturned]);
    other.so(|tenant| {
        assert_eq!(tenant.people().by_resource(EVE).unwrap().employee, employee(BOB));
    });
}

#[test]
fn a_name_that_somebody_present_had_last_makes_nobody_come_back() {
    let line = [
        new_user(ADA, "ada@x", None),
        renamed(ADA, "ada.king@x", None),
        new_user(BOB, "ada@x", None),
        renamed(BOB, "bob@x", None),
        gone(ADA),
    ];
    let left = told(benefits(), line);
    is_somebody_new(&left, "ada@x", None);
    is_back(&left, "ada.king@x", None);
}

#[test]
fn of_several_leavers_with_a_name_and_an_external_id_it_is_the_one_who_went_last() {
    let workplace = |history| told(history, [integration(IntegrationProfile::Workplace)]);
    let line = [
        new_user(BOB, "ada@x", Some("P-1")),
        renamed(BOB, "bob@x", Some("P-1")),
        new_user(ADA, "ada@x", Some("P-1")),
        gone(BOB),
        gone(ADA),
    ];
    // Two with one external id, while both are present, are two.
    let left = told(workplace(benefits()), line);
    is_back(&told(left, [integration(IntegrationProfile::Benefits)]), "ada@x", Some("P-1"));
}

#[test]
fn who_had_the_name_and_the_external_id_comes_before_whoever_had_the_name_last_without_one() {
    let ada = new_user(ADA, "ada@x", Some("P-1"));
    let away = disabled(ADA, &behind_id("ada@x"), Some("P-1"));
    let bob = || new_user(BOB, "ada@x", None);
    for line in [
        vec![ada.clone(), away.clone(), bob(), gone(ADA), gone(BOB)],
        vec![ada.clone(), away.clone(), bob(), gone(BOB)],
        vec![
            ada.clone(),
            gone(ADA),
            new_user(BOB, "bob@x", None),
            renamed(BOB, "ada@x", None),
            gone(BOB),
        ],
        vec![
            ada.clone(),
            away,
            new_user(BOB, "ada@x", Some("P-2")),
            gone(ADA),
            gone(BOB),
            new_user(BOB_2, "ada@x", None),
            gone(BOB_2),
        ],
    ] {
        let left = told(benefits(), line);
        is_back(&left, "ada@x", Some("P-1"));
        // Without an external id the name means whoever had it last.
        let bob = left.clone().when(&new_user(EVE, "ada@x", None)).then([EventKind::UserReturned]);
        bob.so(|tenant| {
            assert_eq!(tenant.people().by_resource(EVE).unwrap().employee, employee(BOB));
        });
    }
}

#[test]
fn the_names_of_the_newest_resource_tell_who_is_back_if_it_goes_first() {
    let line = [
        new_user(ADA, "ada@x", Some("P-1")),
        disabled(ADA, &behind_id("ada@x"), Some("P-1")),
        new_user(BOB_2, "ada@x", Some("P-1")),
        renamed(BOB_2, "ada.king@x", Some("P-1")),
        gone(BOB_2),
        gone(ADA),
    ];
    let left = told(benefits(), line);
    is_back(&left, "ada.king@x", Some("P-1"));
    is_back(&left, "ada@x", Some("P-1"));
    is_somebody_new(&left, "ada.king@x", Some("P-2"));
}

#[test]
fn at_work_an_external_id_that_does_not_tell_people_apart_means_somebody_with_their_name_alone() {
    let there =
        [new_user(ADA, "ada@x", Some("slip")), new_user(BOB, "bob@x", Some("slip")), gone(ADA)];
    let mut left = told(given([]), there);
    is_somebody_new(&left, "eve@x", Some("slip"));
    is_back(&left, "Ada@X", Some("slip"));
    left = told(left, [new_user(BOB_2, "cyd@x", Some("slip"))]);
    for (resource, name) in [(BOB, "bob@x"), (BOB_2, "cyd@x")] {
        left = told(left, [disabled(resource, name, Some("slip"))]);
    }
    is_somebody_new(&left, "eve@x", Some("slip"));
    is_back(&left, "ada@x", Some("slip"));
}

#[test]
fn at_work_the_external_id_tells_who_is_back_whatever_became_of_the_name() {
    let line =
        [joins(ADA, "ada@x"), disabled(ADA, &behind_id("ada@x"), Some("oid-ada@x")), gone(ADA)];
    let left = told(given([]), line);
    is_back(&left, "ada@x", Some("oid-ada@x"));
    is_somebody_new(&left, "ada@x", Some("oid-other"));
    is_somebody_new(&left, "ada@x", None);
}

proptest! {
    /// However much has happened, and to however many of that name.
    #[test]
    fn whoever_leaves_behind_an_object_id_and_comes_back_with_the_external_id_is_who_they_were(
        intents in any_history(),
        which in any::<prop::sample::Index>(),
    ) {
        let mut history = after(intents);
        history.tell(&integration(IntegrationProfile::Benefits)).unwrap();
        let people = history.tenant().people();
        let alone = |person: &&Person| {
            person.external_id().is_some() && !people.has_several(person.employee)
        };
        let people: Vec<Person> = people.skipping(0).filter(alone).cloned().collect();
        if people.is_empty() {
            return Ok(());
        }
        let before = which.get(&people);
        let (resource, back) = (before.resource, before.profile());
        let mut away = back.clone();
        away.user_name = behind_id(back.user_name.as_str()).parse().unwrap();
        history.tell(&Intent::User { resource, profile: away, active: false }).unwrap();
        history.tell(&gone(resource)).unwrap();
        history.tell(&Intent::NewUser { resource: ADA_2, profile: back, active: true }).unwrap();
        let after = history.tenant().people().by_resource(ADA_2).unwrap();
        prop_assert_eq!(after.employee, before.employee);
    }
}
