//! A large change is applied once, beside the write loop; a small one by the decision.

use std::cell::Cell;

use eventlog::seal;
use events::{Actor, AlertId, Envelope, EventId, TenantId};
use jiff::Timestamp;
use proptest::prelude::*;
use roster::{Occasion, decide, evolve};
use scim::Precondition;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::scim_user;
use super::*;
use crate::gateway::hidden_positions::tests::positions_of;

const ADA: ResourceId = ResourceId(Uuid::from_u128(1));

fn acme() -> Tenant {
    "acme".parse().unwrap()
}

/// Makes an intent true.
fn tell(roster: &mut Roster, intent: &Intent) {
    let occasion = Occasion { now: Timestamp::UNIX_EPOCH, alert: AlertId(Uuid::nil()) };
    for event in decide(roster, &acme(), intent, occasion).expect("what can be true") {
        let envelope = Envelope {
            id: EventId(Uuid::now_v7()),
            tenant: acme(),
            time: Timestamp::UNIX_EPOCH,
            actor: Actor::operator(),
            request: None,
            trace_parent: None,
        };
        let (_, recorded) = seal(roster.position(), true, envelope, event).expect("a known event");
        evolve(roster, &recorded);
    }
}

/// A roster with Ada, whose title has so many bytes.
fn with_ada(bytes: usize) -> Roster {
    let mut roster = Roster::default();
    tell(&mut roster, &Intent::NewTenant { tenant: TenantId(Uuid::now_v7()) });
    let profile = Profile {
        user_name: "ada@example.com".parse().unwrap(),
        external_id: None,
        attributes: [("title".to_owned(), Value::from("t".repeat(bytes)))].into_iter().collect(),
    };
    tell(&mut roster, &Intent::NewUser { resource: ADA, profile, active: true });
    roster
}

/// A change of Ada, of which so many bytes were sent.
fn change<F: Fn(&Person) -> Result<User, ScimError>>(sent: usize, edit: F) -> UserChange<F> {
    let (tenant, limits) = (acme(), ResourceLimits::default());
    let expected = positions_of("acme").expected(Precondition::parse(None, None));
    UserChange { tenant, resource: ADA, expected, limits, sent, edit }
}

/// Gives Ada an attribute, and counts how often that is done.
fn giving<'a>(
    name: &str,
    value: Value,
    applied: &'a Cell<usize>,
) -> impl Fn(&Person) -> Result<User, ScimError> + use<'a> {
    let name = name.to_owned();
    move |person| {
        applied.set(applied.get() + 1);
        let mut user = scim_user(person);
        user.attributes.insert(name.clone(), value.clone());
        Ok(user)
    }
}

fn ada(roster: &Roster) -> &Person {
    roster.tenant(&acme()).unwrap().people().by_resource(ADA).unwrap()
}

fn is_stale(decided: &Result<Intent, DecideError>) -> bool {
    matches!(decided, Err(DecideError::Stale))
}

#[test]
fn a_decision_applies_no_large_change_that_was_applied_before() {
    let (roster, applied) = (with_ada(OFFLOAD_BYTES), Cell::new(0));
    let change = change(0, giving("nickName", "n".into(), &applied));
    let applied_before = change.apply_to_version(ada(&roster));
    assert_eq!(applied.get(), 1);
    for _ in 0..3 {
        assert!(change.decide(&roster, Some(&applied_before), true).is_ok());
    }
    assert_eq!(applied.get(), 1, "the decision has applied it again");
}

#[test]
fn a_decision_applies_no_large_change_while_it_may_be_retried() {
    for (there, sent) in [(OFFLOAD_BYTES, 0), (0, OFFLOAD_BYTES + 1), (0, INLINE + 1)] {
        let (roster, applied) = (with_ada(there), Cell::new(0));
        let change = change(sent, giving("nickName", "n".into(), &applied));
        assert!(is_stale(&change.decide(&roster, None, true)), "{there} and {sent} bytes");
        assert_eq!(applied.get(), 0);
        assert!(
            change.decide(&roster, None, false).is_ok(),
            "a change that is retried for ever starves"
        );
    }
}

#[test]
fn a_small_change_is_applied_by_the_decision() {
    let (roster, applied) = (with_ada(1000), Cell::new(0));
    let change = change(1000, giving("nickName", "n".into(), &applied));
    assert!(change.decide(&roster, None, true).is_ok());
    assert_eq!(applied.get(), 1);
}

#[test]
fn a_small_change_of_who_has_become_large_meanwhile_is_stale() {
    let (mut roster, applied) = (with_ada(1000), Cell::new(0));
    let small = change(0, giving("nickName", "n".into(), &applied));
    assert_eq!(small.memory_needed(ada(&roster)), None, "it is small");
    let large = change(0, giving("title", "t".repeat(OFFLOAD_BYTES).into(), &applied));
    let intent = large.decide(&roster, None, true).unwrap();
    tell(&mut roster, &intent);
    assert!(is_stale(&small.decide(&roster, None, true)));
}

#[test]
fn whether_somebody_is_active_belongs_to_the_version() {
    let (mut roster, applied) = (with_ada(OFFLOAD_BYTES), Cell::new(0));
    let change = change(0, giving("nickName", "n".into(), &applied));
    let applied_before = change.apply_to_version(ada(&roster));
    let profile = ada(&roster).profile();
    tell(&mut roster, &Intent::User { resource: ADA, profile, active: false });
    assert!(is_stale(&change.decide(&roster, Some(&applied_before), true)));
    let Ok(Intent::User { active, .. }) = change.decide(&roster, Some(&applied_before), false)
    else {
        panic!("is not decided")
    };
    assert!(!active, "a change of something else has made somebody active");
}

#[test]
fn a_change_that_cannot_be_applied_to_one_version_may_be_right_for_another() {
    let mut roster = with_ada(OFFLOAD_BYTES);
    let edit = |person: &Person| {
        let user = scim_user(person);
        if user.attributes.contains_key("nickName") { Ok(user) } else { Err(ScimError::NoMe) }
    };
    let change = change(0, edit);
    let applied_before = change.apply_to_version(ada(&roster));
    let refused = change.decide(&roster, Some(&applied_before), true);
    assert!(matches!(refused, Err(DecideError::Failed(ScimError::NoMe))));
    let mut profile = ada(&roster).profile();
    profile.attributes.insert("nickName".to_owned(), "n".into());
    tell(&mut roster, &Intent::User { resource: ADA, profile, active: true });
    assert!(is_stale(&change.decide(&roster, Some(&applied_before), true)));
    let applied_before = change.apply_to_version(ada(&roster));
    assert!(change.decide(&roster, Some(&applied_before), true).is_ok());
}

#[test]
fn a_precondition_is_checked_on_the_version_of_the_decision() {
    let (mut roster, applied) = (with_ada(OFFLOAD_BYTES), Cell::new(0));
    let meant = positions_of("acme").version_tag(ada(&roster).version);
    let expected = positions_of("acme").expected(Precondition::parse(Some(&meant), None));
    let change = UserChange { expected, ..change(0, giving("nickName", "n".into(), &applied)) };
    let applied_before = change.apply_to_version(ada(&roster));
    assert!(change.decide(&roster, Some(&applied_before), true).is_ok());
    let profile = ada(&roster).profile();
    tell(&mut roster, &Intent::User { resource: ADA, profile, active: false });
    for may_retry in [true, false] {
        let refused = change.decide(&roster, Some(&applied_before), may_retry);
        assert!(matches!(refused, Err(DecideError::Failed(ScimError::OtherVersion(_)))));
    }
}

proptest! {
    /// Several change the same user at a time, each another attribute, in any order of steps.
    #[test]
    fn a_large_change_never_overwrites_what_came_between(
        steps in prop::collection::vec(0..5_usize, 0..60),
    ) {
        let mut roster = with_ada(OFFLOAD_BYTES);
        let applied: [Cell<usize>; 5] = Default::default();
        let mut open: Vec<_> = applied.iter().enumerate().map(|(number, applied)| {
            let name = format!("attribute{number}");
            let change = change(0, giving(&name, json!(number), applied));
            (Some(change), None, MAX_EARLY_ATTEMPTS)
        }).collect();
        let rest = (0..5).cycle().take(5 * 2 * (MAX_EARLY_ATTEMPTS + 1));
        for number in steps.into_iter().chain(rest) {
            let (waiting, applied_before, left) = &mut open[number];
            let Some(change) = waiting else { continue };
            if applied_before.is_none() && *left > 0 {
                *applied_before = Some(change.apply_to_version(ada(&roster)));
                continue;
            }
            let before = applied[number].get();
            match change.decide(&roster, applied_before.as_ref(), *left > 0) {
                Ok(intent) => {
                    tell(&mut roster, &intent);
                    *waiting = None;
                }
                Err(DecideError::Stale) => (*applied_before, *left) = (None, *left - 1),
                Err(DecideError::Failed(error)) => prop_assert!(false, "{error}"),
            }
            let inline = applied[number].get() - before;
            prop_assert!(inline == 0 || *left == 0, "the decision did it with {left} attempts left");
        }
        prop_assert!(open.iter().all(|(waiting, ..)| waiting.is_none()), "somebody starves");
        let attributes = ada(&roster).profile().attributes;
        for number in 0..5 {
            prop_assert_eq!(&attributes[&format!("attribute{number}")], &json!(number));
        }
    }
}
