//! What operators are told of a person, by examples.

use std::collections::BTreeSet;

use events::{Recorded, ResourceId, Seq};
use kit::projection::{acme, at, strict_guard};
use roster::{Intent, MemberChange};

use super::law::gathered;
use super::world::{employee, group_profile, history, profile, resource, team};
use crate::moment::Moment;
use crate::person::answer::{Explanation, History, explain, history as history_of};
use crate::person::mask::Mask;
use crate::person::source::Gathered;

fn joins(number: u128) -> Intent {
    let profile = profile(number, u8::try_from(number).expect("a small number"));
    Intent::NewUser { resource: resource(number), profile, active: true }
}

fn leaves(number: u128) -> Intent {
    let profile = profile(number, u8::try_from(number).expect("a small number"));
    Intent::User { resource: resource(number), profile, active: false }
}

fn group(number: u128, name: &str, member: u128) -> Intent {
    let members = vec![resource(member).to_string()];
    Intent::NewGroup { team: team(number), profile: group_profile(name), members }
}

fn out_of(number: u128, name: &str, member: u128) -> Intent {
    let members = vec![MemberChange::Remove(vec![resource(member).to_string()])];
    Intent::Group { team: team(number), profile: group_profile(name), members }
}

fn given(log: &[Recorded], number: u128) -> Gathered {
    let read_to = log.last().map_or(Seq(0), |event| event.seq);
    let events = gathered(log, employee(number));
    Gathered { events, erased: BTreeSet::new(), read_to, indexed_to: read_to }
}

/// The first person leaves, and the client makes them anew while the old resource is inactive still: with
/// the id that they have now.
pub(super) fn one_who_came_back() -> (Vec<Intent>, ResourceId) {
    let again = Intent::NewUser { resource: resource(4), profile: profile(4, 1), active: true };
    (vec![joins(1), group(1, "Design", 1), leaves(1), joins(2), again], resource(4))
}

/// What is explained of the first person, as of the event at a position or of now.
fn explained(intents: &[Intent], until: Option<u64>) -> Explanation {
    let (log, _) = history(intents);
    let moment = until.map(|until| Moment { time: at(until), position: Seq(until) });
    explain(&acme(), employee(1), &given(&log, 1), moment, Mask::Revealed)
}

fn fact<'e>(explanation: &'e Explanation, name: &str) -> &'e serde_json::Value {
    let fact = explanation.facts.iter().find(|fact| fact.fact == name);
    &fact.unwrap_or_else(|| panic!("no {name} in {explanation:#?}")).value
}

/// The teams in words: name, rank, origin, and why.
fn teams(explanation: &Explanation) -> Vec<(&str, &str, &str, Option<&str>)> {
    let of = &explanation.teams;
    of.iter()
        .map(|team| (&*team.name, &*team.rank, &*team.origin, team.because.as_deref()))
        .collect()
}

// The history begins with two events of the tenant, so that the first intent makes event 3.

#[test]
fn the_first_synced_group_is_primary_and_is_told_with_the_rule_and_its_event() {
    let told = explained(&[joins(1), group(1, "Design", 1), group(2, "Berlin", 1)], None);
    let because = "first synced group: the earliest of 2 synced memberships, since event 4";
    assert_eq!(
        teams(&told),
        [("Design", "primary", "synced", Some(because)), ("Berlin", "additional", "synced", None)]
    );
    let since = told.teams[0].since.as_ref().expect("the event is there");
    assert_eq!((since.position, &*since.event, since.at), (4, "group.created", at(4)));
    assert_eq!((told.known, told.as_of.position, told.as_of.events), (true, 5, 3));
}

#[test]
fn when_the_primary_team_ends_the_oldest_that_is_left_is_told_to_have_taken_over() {
    let ended = [joins(1), group(1, "Design", 1), group(2, "Berlin", 1), out_of(1, "Design", 1)];
    let told = explained(&ended, None);
    let because = "first synced group: the only synced membership, since event 5; it took over with \
                   event 6, when the Primary before, \"Design\", ended: the oldest that is left";
    assert_eq!(teams(&told), [("Berlin", "primary", "synced", Some(because))]);
    // As of a second before, it was the other.
    assert_eq!(teams(&explained(&ended, Some(5)))[0].0, "Design");
}

#[test]
fn a_local_edit_is_told_with_whoever_made_it() {
    let told = explained(
        &[
            joins(1),
            group(1, "Design", 1),
            Intent::NewTeam { team: team(3), name: "Fire wardens".to_owned() },
            Intent::AssignTeam { employee: employee(1), team: team(3) },
            Intent::ChoosePrimary { employee: employee(1), team: team(3) },
            Intent::RenameTeam { team: team(3), name: "Wardens".to_owned() },
        ],
        None,
    );
    let because = "chosen by portal:grace with event 7, and the person is in it";
    assert_eq!(
        teams(&told),
        [("Wardens", "primary", "local", Some(because)), ("Design", "additional", "synced", None)]
    );
    assert_eq!(told.teams[0].set_by.event, "user.primary-chosen");
    assert_eq!(told.teams[0].set_by.actor, "portal:grace");
}

#[test]
fn a_person_is_as_they_were_before_they_left_and_after_they_came_back() {
    let (story, _) = one_who_came_back();
    assert_eq!(fact(&explained(&story, Some(4)), "standing"), "active");
    assert_eq!(fact(&explained(&story, Some(5)), "standing"), "former");
    let now = explained(&story, None);
    assert_eq!(fact(&now, "standing"), "active");
    assert_eq!(now.facts[0].set_by.event, "user.returned");
    let resources = now.facts.iter().filter(|fact| fact.fact.starts_with("resource ")).count();
    assert_eq!(resources, 2, "{now:#?}");
    assert!(!explained(&story, Some(2)).known, "nobody is there before they come");
}

#[test]
fn who_is_held_is_told_with_the_alert_and_loses_it_when_somebody_decides() {
    let mut story = vec![Intent::SetGuard { guard: strict_guard(true) }];
    story.extend((1..=3).map(joins));
    story.extend([leaves(2), leaves(1)]);
    let (log, roster) = history(&story);
    let alert = roster.tenant(&acme()).expect("the tenant").guard().alerts().next();
    let alert = alert.unwrap_or_else(|| panic!("no alert in {log:#?}")).id;
    let held = explained(&story, None);
    assert_eq!(fact(&held, "standing"), "active");
    assert_eq!(fact(&held, "held")["until_decided"], alert.to_string());
    story.push(Intent::ReleaseAlert { alert, people: None, reason: None });
    let released = explained(&story, None);
    assert_eq!(fact(&released, "standing"), "former");
    assert_eq!(released.facts[0].set_by.event, "alert.released");
    assert!(released.facts.iter().all(|fact| fact.fact != "held"));
}

#[test]
fn a_field_is_told_with_the_event_that_set_it_and_not_the_last_one() {
    let mut moved = profile(1, 1);
    moved.attributes.insert("title".to_owned(), "Dr".into());
    let change = Intent::User { resource: resource(1), profile: moved, active: true };
    let told = explained(&[joins(1), change], None);
    let set_by = |name: &str| {
        told.facts.iter().find(|fact| fact.fact == name).map(|fact| fact.set_by.position)
    };
    let department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
    let found = ["userName", "title", department].map(set_by);
    assert_eq!(found, [Some(3), Some(4), Some(3)]);
}

#[test]
fn personal_values_are_masked_and_everything_else_is_not() {
    let (log, _) = history(&[joins(1), group(1, "Design", 1)]);
    let told = explain(&acme(), employee(1), &given(&log, 1), None, Mask::Masked);
    let text = serde_json::to_string(&told).expect("it is JSON");
    for personal in ["1.1@acme.example", "Person 1", "D1"] {
        assert!(!text.contains(personal), "{personal} is in {text}");
    }
    assert_eq!(fact(&told, "userName"), "1•••@a•••.example");
    assert_eq!(told.teams[0].name, "Design");
    assert!(!told.revealed);
}

#[test]
fn a_history_tells_what_each_event_changed() {
    let story = [joins(1), group(1, "Design", 1), leaves(1), out_of(1, "Design", 1)];
    let (log, _) = history(&story);
    let told: History = history_of(&acme(), employee(1), &given(&log, 1), None, Mask::Masked);
    let changed = |step: &crate::person::answer::HistoryStep| {
        step.changes.iter().map(|change| change.fact.clone()).collect::<Vec<_>>()
    };
    let team = format!("team {}", team(1));
    let resource = format!("resource {}", resource(1));
    assert_eq!(changed(&told.steps[1]), ["primary team".to_owned(), team.clone()]);
    assert_eq!(changed(&told.steps[2]), ["standing".to_owned(), resource]);
    assert_eq!(changed(&told.steps[3]), ["primary team".to_owned(), team]);
    assert_eq!(told.steps[3].changes[1].after, None);
}
