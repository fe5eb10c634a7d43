//! What the engine promises where others write to the same log.

use std::time::Duration;

use events::TenantId;
use roster::{Intent, Refusal};
use uuid::Uuid;

use super::world::{Failed, Writer, acme, foreign_team, log_of, setup, team};
use crate::outage::Outage;
use crate::step::{Setup, Step};

#[test]
fn after_a_conflict_all_are_decided_again_on_what_the_other_writer_wrote() {
    let mut log = log_of(&["acme"]);
    let mut writer = Writer::new(&log);
    let mut first = writer.team(&acme(), team(), "red");
    let batch = writer.batch();
    let mut ahead = writer.team(&acme(), team(), "blue");
    writer.go_on();
    log.foreign(&acme(), foreign_team("blue"));
    writer.append_to(&mut log, &batch);
    assert!(matches!(writer.go_on(), Step::Wait(Some(_))), "what they wrote was not heard yet");
    first.waits();
    ahead.waits();
    writer.settle(&mut log);
    assert_eq!(first.answered().unwrap().position, log.end());
    let taken = Failed::Refused(Refusal::TeamNameTaken("blue".into()));
    assert_eq!(ahead.answered().unwrap_err(), taken);
}

#[test]
fn after_a_conflict_the_first_to_come_still_is_the_first_to_be_served() {
    let mut log = log_of(&["acme"]);
    let mut writer = Writer::new(&log);
    let mut first = writer.team(&acme(), team(), "red");
    let mut second = writer.team(&acme(), team(), "red");
    let batch = writer.batch();
    let mut third = writer.team(&acme(), team(), "red");
    writer.go_on();
    log.foreign(&acme(), foreign_team("blue"));
    writer.append_to(&mut log, &batch);
    writer.settle(&mut log);
    first.answered().unwrap();
    let taken = Failed::Refused(Refusal::TeamNameTaken("red".into()));
    assert_eq!(second.answered().unwrap_err(), taken);
    assert_eq!(third.answered().unwrap_err(), taken);
}

#[test]
fn what_another_writer_wrote_is_heard_before_the_next_batch_is_made() {
    let mut log = log_of(&["acme"]);
    let mut writer = Writer::new(&log);
    let mut first = writer.team(&acme(), team(), "red");
    let batch = writer.batch();
    let mut ahead = writer.team(&acme(), team(), "blue");
    writer.go_on();
    writer.append_to(&mut log, &batch);
    first.answered().unwrap();
    log.foreign(&acme(), foreign_team("blue"));
    writer.hear(&log, usize::MAX);
    writer.settle(&mut log);
    assert!(matches!(ahead.answered(), Err(Failed::Refused(_))));
}

#[test]
fn who_loses_against_others_for_long_is_turned_away() {
    let log = log_of(&["acme"]);
    let mut writer = Writer::new(&log);
    let mut log = log;
    let mut caller = writer.team(&acme(), team(), "red");
    for second in 0..7 {
        let batch = writer.batch();
        log.foreign(&acme(), foreign_team(&format!("foreign {second}")));
        writer.append_to(&mut log, &batch);
        if let Some(answer) = caller.answer() {
            assert_eq!(answer.unwrap_err(), Failed::Outage(Outage::Outrun));
            assert!((5..7).contains(&second), "after {second} s");
            return;
        }
        writer.hear(&log, usize::MAX);
        writer.now += Duration::from_secs(1);
    }
    panic!("still runs");
}

#[test]
fn who_met_a_conflict_when_it_ends_is_still_served() {
    let mut log = log_of(&["acme"]);
    let mut writer = Writer::new(&log);
    let mut caller = writer.team(&acme(), team(), "red");
    let batch = writer.batch();
    let mut ahead = writer.team(&acme(), team(), "green");
    writer.go_on();
    log.foreign(&acme(), foreign_team("blue"));
    writer.append_to(&mut log, &batch);
    writer.engine.close();
    assert!(matches!(writer.go_on(), Step::Wait(Some(_))), "what they wrote was not heard yet");
    writer.settle(&mut log);
    assert!(caller.answered().is_ok() && ahead.answered().is_ok());
    assert!(matches!(writer.go_on(), Step::Stop));
}

#[test]
fn what_changes_nothing_is_confirmed_first_where_others_write_too() {
    let mut log = log_of(&["acme"]);
    let mut writer = Writer::with(&log, Setup { confirm: true, ..setup() });
    // Acknowledged elsewhere, and not heard of here.
    log.foreign(&acme(), foreign_team("red"));
    let whose = TenantId(Uuid::now_v7());
    let mut refused = writer.submit(&acme(), move |_| Ok(Intent::NewTenant { tenant: whose }));
    assert!(matches!(writer.go_on(), Step::Confirm));
    refused.waits();
    writer.confirmed(Ok(log.end().seq));
    assert!(matches!(writer.go_on(), Step::Wait(Some(_))));
    refused.waits();
    writer.hear(&log, usize::MAX);
    writer.idles();
    assert!(matches!(refused.answered(), Err(Failed::Refused(Refusal::TenantTaken(_)))));
}

#[test]
fn who_came_after_the_question_is_not_confirmed_by_its_answer() {
    let log = log_of(&["acme"]);
    let mut writer = Writer::with(&log, Setup { confirm: true, ..setup() });
    let taken = |writer: &mut Writer| {
        let whose = TenantId(Uuid::now_v7());
        writer.submit(&acme(), move |_| Ok(Intent::NewTenant { tenant: whose }))
    };
    let mut early = taken(&mut writer);
    assert!(matches!(writer.go_on(), Step::Confirm));
    let mut late = taken(&mut writer);
    writer.go_on();
    writer.confirmed(Ok(log.end().seq));
    assert!(matches!(writer.go_on(), Step::Confirm), "for the other one");
    early.answered().unwrap_err();
    late.waits();
    writer.confirmed(Ok(log.end().seq));
    late.answered().unwrap_err();
}
