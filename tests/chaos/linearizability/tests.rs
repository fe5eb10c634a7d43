//! The checker accepts true histories, and finds each kind of false one.

use serde_json::{Value, json};

use super::*;
use crate::log_model::{Claim, Held, Register};

fn event(position: u64, request: &str, name: &str, data: &Value) -> Value {
    json!({ "position": position, "request": request, "type": name, "data": data })
}

fn user(position: u64, request: &str, name: &str, id: &str, login: &str, shown: &str) -> Value {
    let profile = json!({ "userName": login, "displayName": shown });
    event(position, request, name, &json!({ "resourceId": id, "profile": profile }))
}

fn members(position: u64, request: &str, name: &str, member: &str) -> Value {
    event(position, request, name, &json!({ "teamId": "g", "members": [{ "value": member }] }))
}

fn says(register: Register, holds: Held) -> Vec<Claim> {
    vec![Claim { register, holds }]
}

fn shows(shown: &str) -> Vec<Claim> {
    says(Register::User("ada".to_owned()), Held::just([shown]))
}

fn has_members(names: &[&str]) -> Vec<Claim> {
    says(Register::Group("g".to_owned()), Held::just(names.iter().copied()))
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A call that was asked at one second and answered at another.
fn call(request: &str, writes: bool, time: [u64; 2], position: u64, claims: Vec<Claim>) -> Call {
    let answer = Answer { at: seconds(time[1]), done: true, position, claims };
    let (request, what) = (request.to_owned(), request.to_owned());
    let (asked, answer) = (seconds(time[0]), Some(answer));
    Call { request, what, writes, asked, status: None, answer }
}

fn write(request: &str, time: [u64; 2], position: u64, claims: Vec<Claim>) -> Call {
    call(request, true, time, position, claims)
}

fn read(request: &str, time: [u64; 2], claims: Vec<Claim>) -> Call {
    call(request, false, time, 0, claims)
}

/// A write of which nobody knows whether it happened.
fn unknown(request: &str, asked: u64) -> Call {
    Call { answer: None, ..write(request, [asked, asked], 0, Vec::new()) }
}

fn refused(request: &str, time: [u64; 2], claims: Vec<Claim>) -> Call {
    let mut call = write(request, time, 0, claims);
    call.answer.as_mut().expect("it was answered").done = false;
    call
}

/// Ada is created, and renamed from A to B.
fn renamed() -> Vec<Value> {
    vec![
        user(1, "create", "user.created", "ada", "ada@x", "A"),
        user(2, "rename", "user.changed", "ada", "ada@x", "B"),
    ]
}

fn create_and_rename() -> Vec<Call> {
    vec![write("create", [0, 1], 1, shows("A")), write("rename", [2, 3], 2, shows("B"))]
}

fn checked(calls: &[Call], events: &[Value]) -> Vec<String> {
    faults(calls, &LogModel::of(events))
}

#[track_caller]
fn refuses(calls: &[Call], events: &[Value], words: &str) {
    let faults = checked(calls, events);
    assert!(faults.iter().any(|fault| fault.contains(words)), "{faults:?}");
}

#[test]
fn a_history_in_which_every_answer_is_true_passes() {
    let mut calls = create_and_rename();
    calls.push(read("before", [1, 2], shows("A")));
    calls.push(read("meanwhile", [1, 4], shows("B")));
    calls.push(read("meanwhile, too", [2, 4], shows("A")));
    calls.push(read("after", [5, 6], shows("B")));
    assert_eq!(checked(&calls, &renamed()), [""; 0]);
}

#[test]
fn an_acknowledged_write_that_the_log_lacks_is_lost() {
    refuses(&create_and_rename(), &renamed()[..1], "rename: true nowhere");
}

#[test]
fn a_write_that_is_in_the_log_with_another_effect_is_refused() {
    let mut events = renamed();
    events[1] = user(2, "rename", "user.changed", "ada", "ada@x", "C");
    refuses(&create_and_rename(), &events, "with another effect");
}

#[test]
fn a_write_must_not_be_done_twice_even_if_its_outcome_is_unknown() {
    let mut events = renamed();
    events.push(user(3, "rename", "user.changed", "ada", "ada@x", "B"));
    let calls = [create_and_rename().remove(0), unknown("rename", 2)];
    refuses(&calls, &events, "done again");
}

#[test]
fn a_write_of_unknown_outcome_may_have_happened_or_not() {
    let calls = [create_and_rename().remove(0), unknown("rename", 2)];
    assert_eq!(checked(&calls, &renamed()), [""; 0]);
    assert_eq!(checked(&calls, &renamed()[..1]), [""; 0]);
}

#[test]
fn an_event_that_nobody_asked_for_is_refused() {
    refuses(&create_and_rename()[..1], &renamed(), "nobody asked");
}

#[test]
fn neither_a_read_nor_a_refused_write_may_write() {
    let create = create_and_rename().remove(0);
    let read = read("rename", [2, 3], shows("B"));
    refuses(&[create.clone(), read], &renamed(), "must write nothing");
    let refused = refused("rename", [2, 3], Vec::new());
    refuses(&[create, refused], &renamed(), "must write nothing");
}

#[test]
fn two_live_users_never_bear_one_login_whatever_its_case() {
    let mut events = renamed();
    events.push(user(3, "second", "user.created", "bob", "ADA@x", "B"));
    let mut calls = create_and_rename();
    calls.push(write("second", [4, 5], 3, Vec::new()));
    refuses(&calls, &events, "one login was borne by");
}

#[test]
fn a_login_is_free_again_once_its_bearer_is_gone_or_renamed() {
    let events = [
        user(1, "create", "user.created", "ada", "ada@x", "A"),
        user(2, "rename", "user.changed", "ada", "ada@y", "A"),
        user(3, "second", "user.created", "bob", "ada@x", "B"),
        user(4, "delete", "user.deleted", "bob", "ada@x", "B"),
        user(5, "third", "user.created", "cyd", "ada@x", "C"),
    ];
    let write = |(request, at)| write(request, [at, at], at, Vec::new());
    let calls =
        [("create", 1), ("rename", 2), ("second", 3), ("delete", 4), ("third", 5)].map(write);
    assert_eq!(checked(&calls, &events), [""; 0]);
}

#[test]
fn a_refusal_must_be_true_too() {
    let taken = says(Register::Login("ada@x".to_owned()), Held::Something);
    let mut calls = create_and_rename();
    calls.push(refused("second", [4, 5], taken.clone()));
    assert_eq!(checked(&calls, &renamed()), [""; 0]);
    let free = Register::Login("bob@x".to_owned());
    calls.push(refused("third", [6, 7], says(free, Held::Something)));
    refuses(&calls, &renamed(), "third: true nowhere");
}

#[test]
fn a_read_that_began_after_a_write_was_acknowledged_sees_it() {
    let mut calls = create_and_rename();
    calls.push(read("stale", [4, 5], shows("A")));
    refuses(&calls, &renamed(), "stale: true nowhere");
}

#[test]
fn a_read_sees_no_less_than_an_earlier_read_of_a_write_that_nobody_acknowledged() {
    let mut calls = vec![create_and_rename().remove(0), unknown("rename", 2)];
    calls.push(read("sees it", [3, 4], shows("B")));
    calls.push(read("sees less", [5, 6], shows("A")));
    refuses(&calls, &renamed(), "sees less: true nowhere");
}

#[test]
fn nobody_sees_what_has_not_been_asked_for_yet() {
    let mut calls = create_and_rename();
    calls.push(read("prophet", [1, 1], shows("B")));
    refuses(&calls, &renamed(), "prophet: true nowhere");
}

#[test]
fn a_write_comes_after_all_that_was_known_when_it_was_asked_for() {
    let mut calls = create_and_rename();
    calls[1].asked = seconds(9);
    calls.push(read("before", [4, 5], Vec::new()));
    calls[0].answer.as_mut().expect("answered").position = 2;
    refuses(&calls, &renamed(), "though 2 was known before");
}

#[test]
fn the_position_of_an_answer_covers_what_was_written() {
    let mut calls = create_and_rename();
    calls[1].answer.as_mut().expect("answered").position = 1;
    refuses(&calls, &renamed(), "beyond what it was told");
}

#[test]
fn a_member_is_neither_lost_nor_resurrected() {
    let events = [
        members(1, "add ada", "group.members-added", "ada"),
        members(2, "add bob", "group.members-added", "bob"),
        members(3, "remove ada", "group.members-removed", "ada"),
    ];
    let write = |(request, at)| write(request, [at, at], at, Vec::new());
    let calls = |seen: &[&str]| {
        let mut calls = [("add ada", 1), ("add bob", 2), ("remove ada", 3)].map(write).to_vec();
        calls.push(read("last", [8, 9], has_members(seen)));
        calls
    };
    assert_eq!(checked(&calls(&["bob"]), &events), [""; 0]);
    refuses(&calls(&[]), &events, "last: true nowhere");
    refuses(&calls(&["ada", "bob"]), &events, "last: true nowhere");
}

#[test]
fn a_write_that_was_true_already_writes_nothing_and_must_be_true() {
    let events = [members(1, "add", "group.members-added", "ada")];
    let has = |name: &str| says(Register::Group("g".to_owned()), Held::Among(name.to_owned()));
    let mut calls =
        vec![write("add", [0, 1], 1, has("ada")), write("again", [2, 3], 1, has("ada"))];
    assert_eq!(checked(&calls, &events), [""; 0]);
    calls.push(write("lost", [4, 5], 1, has("bob")));
    refuses(&calls, &events, "lost: true nowhere");
}
