//! The rules of the directory, told by examples. Each history is told one event at a time, and in
//! one go.

use directory::Directory;
use directory::queries::{EmployeeDetail, employee};
use events::{
    ActivatedIntegration, EmployeeId, Event, IntegrationId, IntegrationProfile, ResourceId,
    Standing, UserState,
};
use serde_json::json;
use uuid::Uuid;

use crate::given::{ADA, ada, profile, state};
use kit::projection::{World, acme, at, build, log};

use Standing::{Active, Former};

/// Ada after `events`.
fn ada_after<const N: usize>(events: [Event; N]) -> EmployeeDetail {
    let log = log(events);
    World::new().run(async |client| {
        let mut found = vec![];
        for at_once in [1, N] {
            build::<Directory>(client, "directory", &log, at_once).await;
            found.push(employee(client, &acme(), ADA).await.unwrap().unwrap());
        }
        assert_eq!(found[0], found[1]);
        found.remove(0)
    })
}

#[test]
fn a_person_has_joined_when_we_first_heard_of_them() {
    let changed = UserState {
        profile: profile("ada@acme.example", None, json!({ "displayName": "Ada King" })),
        ..ada(Active)
    };
    let ada = ada_after([Event::UserCreated(ada(Active)), Event::UserChanged(changed)]).employee;
    assert_eq!((ada.joined_at, ada.changed_at), (at(1), at(2)));
    assert_eq!(ada.display_name, "Ada King");
    assert_eq!(ada.external_id, None);
}

#[test]
fn a_former_person_leaves_once_whatever_is_heard_of_them_later() {
    let ada = ada_after([
        Event::UserCreated(ada(Active)),
        Event::UserDeactivated(ada(Former).into()),
        Event::UserChanged(ada(Former)),
        Event::UserDeleted(ada(Former).into()),
    ])
    .employee;
    assert_eq!((ada.standing, ada.left_at), (Former, Some(at(2))));
    assert_eq!(ada.resource_id, None, "the resource is gone, the person is not");
}

#[test]
fn who_came_back_and_left_again_left_then() {
    let told = [
        Event::UserCreated(ada(Active)),
        Event::UserDeactivated(ada(Former).into()),
        Event::UserReactivated(ada(Active)),
        Event::UserDeactivated(ada(Former).into()),
    ];
    assert_eq!(ada_after(told.clone()).employee.left_at, Some(at(4)));
    // Also when they were Former before the batch in which they came and went.
    let log = log(told);
    World::new().run(async |client| {
        build::<Directory>(client, "directory", &log, 2).await;
        let ada = employee(client, &acme(), ADA).await.unwrap().unwrap().employee;
        assert_eq!(ada.left_at, Some(at(4)));
    });
}

#[test]
fn who_returns_is_the_same_employee_on_another_resource() {
    let resource = ResourceId(Uuid::from_u128(0xadada));
    let back = UserState { resource_id: resource, ..ada(Active) };
    let ada = ada_after([
        Event::UserCreated(ada(Active)),
        Event::UserDeleted(ada(Former).into()),
        Event::UserReturned(back),
    ])
    .employee;
    assert_eq!((ada.id, ada.resource_id), (ADA, Some(resource)));
    assert_eq!((ada.standing, ada.joined_at, ada.left_at), (Active, at(1), None));
}

#[test]
fn a_profile_comes_back_as_it_was_sent() {
    let attributes = json!({
        "displayName": "Ada",
        "name": { "formatted": "A\u{0000}da" },
        "urn:acme:ext": { "weight": 1.50, "large": 12_345_678_901_234_567_890_u64, "none": null },
    });
    let state = state(ADA, Active, profile("ada@acme.example", Some("A-1"), attributes.clone()));
    let mut expected = attributes;
    expected["userName"] = "ada@acme.example".into();
    expected["externalId"] = "A-1".into();
    assert_eq!(ada_after([Event::UserCreated(state)]).profile, expected);
}

#[test]
fn in_workplace_nobody_can_sign_in_by_a_name_that_is_no_address() {
    let can_sign_in = |integration: IntegrationProfile, user_name: &str| {
        let who = state(ADA, Active, profile(user_name, None, json!({})));
        let activated = ActivatedIntegration {
            integration_id: IntegrationId(Uuid::from_u128(1)),
            profile: integration,
        };
        ada_after([Event::IntegrationActivated(activated), Event::UserCreated(who)])
            .employee
            .can_sign_in
    };
    assert!(can_sign_in(IntegrationProfile::Workplace, "ada@acme.example"));
    assert!(!can_sign_in(IntegrationProfile::Workplace, "ada"));
    assert!(can_sign_in(IntegrationProfile::Benefits, "ada"));
}

#[test]
fn a_very_long_name_is_kept_whole() {
    let long = "ä".repeat(5000);
    let who = state(
        EmployeeId(ADA.0),
        Active,
        profile("ada@acme.example", Some(&long), json!({ "displayName": long })),
    );
    let ada = ada_after([Event::UserCreated(who)]).employee;
    assert_eq!(ada.display_name, long);
    assert_eq!(ada.external_id, Some(long));
}
