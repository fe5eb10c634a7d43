//! What holds after any history that the rules allow.

use std::collections::{BTreeMap, BTreeSet};

use delivery::correct::Told;
use events::{Standing, TeamId};
use feed::{Fact, FeedEvent};
use kit::projection::{acme, check, history};
use proptest::collection::btree_set;
use proptest::prelude::*;
use roster::TenantRoster;
use uuid::Uuid;

use crate::intents::any_intents;
use crate::told::{decision_by_decision, feed, one_by_one, person, should_know, subscriber};

const CASES: u32 = 300;

/// A history, and where what is told together ends.
fn any_history() -> impl Strategy<Value = (Vec<roster::Intent>, Vec<usize>)> {
    let ends = btree_set(0..120_usize, 0..60);
    (any_intents(), ends.prop_map(|ends| ends.into_iter().collect()))
}

#[test]
fn who_keeps_the_last_state_of_each_thing_knows_what_the_rules_say_wherever_decisions_end() {
    check(CASES, &any_history(), |(intents, ends)| {
        let (log, roster) = history(&intents);
        let expected = should_know(roster.tenant(&acme()).expect("a tenant"));
        assert_eq!(subscriber(&feed(&log, &ends)), expected);
        assert_eq!(subscriber(&one_by_one(&log)), expected);
    });
}

#[test]
fn every_event_tells_of_something_new_and_what_it_was_before() {
    check(CASES, &any_history(), |(intents, ends)| {
        let (log, _) = history(&intents);
        let mut known: BTreeMap<Uuid, feed::Employee> = BTreeMap::new();
        for event in feed(&log, &ends) {
            let Some(body) = person(&event) else {
                if event.fact == Fact::EmployeeErased {
                    known.remove(&event.about);
                }
                continue;
            };
            let before = known.insert(event.about, body.employee.clone());
            assert_eq!(before.is_none(), event.fact == Fact::EmployeeJoined, "{event:?}");
            let Some(before) = before else { continue };
            assert_eq!(Some(&body.change), feed::change(&before, &body.employee).as_ref());
            assert!(!body.change.changed.is_empty(), "{event:?}");
        }
    });
}

#[test]
fn somebody_leaves_and_returns_in_turn_and_no_other_fact_changes_where_they_stand() {
    check(CASES, &any_history(), |(intents, ends)| {
        let (log, _) = history(&intents);
        let mut standing: BTreeMap<Uuid, Standing> = BTreeMap::new();
        for event in feed(&log, &ends) {
            let Some(body) = person(&event) else {
                if event.fact == Fact::EmployeeErased {
                    standing.remove(&event.about);
                }
                continue;
            };
            let now = body.employee.standing;
            let before = standing.insert(event.about, now);
            let expected = match event.fact {
                Fact::EmployeeLeft => (Some(Standing::Active), Standing::Former),
                Fact::EmployeeReturned => (Some(Standing::Former), Standing::Active),
                Fact::EmployeeHeld | Fact::EmployeeReversed => {
                    (Some(Standing::Active), Standing::Active)
                }
                _ => (before, before.unwrap_or(now)),
            };
            assert_eq!((before, now), expected, "{event:?}");
        }
    });
}

#[test]
fn a_team_is_told_before_anybody_in_it_and_is_empty_before_it_goes() {
    check(CASES, &any_history(), |(intents, ends)| {
        let (log, _) = history(&intents);
        let mut teams: BTreeSet<TeamId> = BTreeSet::new();
        let mut members: BTreeMap<Uuid, Vec<TeamId>> = BTreeMap::new();
        for event in feed(&log, &ends) {
            match event.fact {
                Fact::TeamCreated => {
                    teams.insert(TeamId(event.about));
                }
                Fact::TeamDeleted => {
                    teams.remove(&TeamId(event.about));
                }
                Fact::EmployeeErased => {
                    members.remove(&event.about);
                }
                _ => {}
            }
            if let Some(body) = person(&event) {
                let ids = body.employee.teams.iter().map(|team| team.id).collect();
                members.insert(event.about, ids);
            }
            // What is told together may name a team that is told to go at its end.
            if event.fact == Fact::TeamDeleted {
                let inside = members.values().flatten().any(|team| team.0 == event.about);
                assert!(!inside, "{event:?} goes, and somebody is in it");
            }
            let unknown = members.values().flatten().find(|team| !teams.contains(team));
            assert_eq!(unknown, None, "{event:?}");
        }
    });
}

#[test]
fn the_same_log_is_always_told_in_the_same_way() {
    check(CASES / 3, &any_history(), |(intents, ends)| {
        let (log, _) = history(&intents);
        let once: Vec<FeedEvent> = feed(&log, &ends);
        assert_eq!(once, feed(&log, &ends));
    });
}

#[test]
fn nobody_is_told_to_have_left_whom_the_same_decision_holds() {
    check(CASES, &any_intents(), |intents| {
        let (told, roster) = decision_by_decision(&intents);
        let tenant: &TenantRoster = roster.tenant(&acme()).expect("a tenant");
        for event in &told {
            if let Some(body) = person(event).filter(|_| event.fact == Fact::EmployeeLeft) {
                assert_eq!(body.employee.held, None, "{event:?}");
            }
        }
        assert_eq!(subscriber(&told), should_know(tenant));
    });
}

#[test]
fn whatever_was_told_before_the_corrections_bring_a_subscriber_to_what_the_rules_say() {
    let two = (any_history(), any_intents());
    check(CASES, &two, |((told, ends), intents)| {
        let (log, _) = history(&told);
        let mut feed = feed(&log, &ends);
        let mut known = Told::default();
        for event in &feed {
            let kind = format!("rollcall.{}", event.fact);
            known.take(&acme(), &kind, &event.body.json()).expect("it is known");
        }
        // Another history: another log.
        let (_, roster) = history(&intents);
        feed.extend(known.corrections(&roster).into_iter().flat_map(|(_, events)| events));
        let (corrected, expected) =
            (subscriber(&feed), should_know(roster.tenant(&acme()).expect("a tenant")));
        assert_eq!(corrected.employees, expected.employees);
        assert_eq!(corrected.teams, expected.teams);
        for (id, booking) in &expected.bookings {
            assert_eq!(corrected.bookings.get(id), Some(booking));
        }
        for (id, alert) in &expected.alerts {
            assert_eq!(corrected.alerts.get(id), Some(alert));
        }
    });
}

#[test]
fn who_knows_what_the_rules_say_is_corrected_in_nothing() {
    check(CASES / 3, &any_history(), |(intents, ends)| {
        let (log, roster) = history(&intents);
        let mut known = Told::default();
        for event in feed(&log, &ends) {
            let kind = format!("rollcall.{}", event.fact);
            known.take(&acme(), &kind, &event.body.json()).expect("it is known");
        }
        assert_eq!(known.corrections(&roster), []);
    });
}
