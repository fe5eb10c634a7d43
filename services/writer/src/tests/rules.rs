//! What the engine promises, one rule at a time.

use std::time::Duration;

use events::{CreatedTenant, Event, OwnTeam, Tenant, TenantId};
use roster::{Intent, Refusal};
use uuid::Uuid;

use super::world::{Failed, Writer, durably, log_of, setup, team, tenant};
use crate::outage::Outage;
use crate::queue::{Load, QueueBounds};
use crate::step::{Appended, Setup, Step};

fn acme() -> Tenant {
    tenant("acme")
}

/// Another writer makes a team.
fn foreign_team(name: &str) -> Event {
    Event::TeamCreated(OwnTeam { team_id: team(), name: name.to_owned() })
}

#[test]
fn nobody_is_answered_before_their_events_are_in_the_log() {
    let mut log = log_of(&["acme"]);
    let mut writer = Writer::new(&log);
    let mut caller = writer.team(&acme(), team(), "red");
    let batch = writer.batch();
    caller.waits();
    writer.append_to(&mut log, &batch);
    let committed = caller.answered().unwrap();
    assert_eq!(committed.position, log.end());
    assert_eq!(committed.roster, log.fold(log.end().seq));
    writer.idles();
}

#[test]
fn what_changes_nothing_is_answered_at_once_and_writes_nothing() {
    let mut log = log_of(&["acme"]);
    let (mut writer, red) = (Writer::new(&log), team());
    writer.team(&acme(), red, "red");
    writer.settle(&mut log);
    let (end, mut again) = (log.end(), writer.team(&acme(), red, "red"));
    writer.idles();
    assert!(again.answered().unwrap().kinds.is_empty());
    assert_eq!(log.end(), end);
}

#[test]
fn who_rests_on_what_is_under_way_waits_for_it() {
    let mut log = log_of(&["acme"]);
    let (mut writer, red) = (Writer::new(&log), team());
    let mut first = writer.team(&acme(), red, "red");
    let batch = writer.batch();
    let (mut same, mut taken) =
        (writer.team(&acme(), red, "red"), writer.team(&acme(), team(), "red"));
    assert!(matches!(writer.go_on(), Step::Wait(None)), "one batch at a time");
    same.waits();
    taken.waits();
    writer.append_to(&mut log, &batch);
    assert!(first.answered().is_ok());
    writer.idles();
    assert!(same.answered().unwrap().kinds.is_empty());
    assert_eq!(
        taken.answered().unwrap_err(),
        Failed::Refused(Refusal::TeamNameTaken("red".into()))
    );
}

#[test]
fn what_was_decided_ahead_goes_with_the_next_batch() {
    let mut log = log_of(&["acme"]);
    let mut writer = Writer::new(&log);
    let mut first = writer.team(&acme(), team(), "red");
    let batch = writer.batch();
    let mut second = writer.team(&acme(), team(), "blue");
    writer.go_on();
    writer.append_to(&mut log, &batch);
    assert!(first.answered().is_ok());
    second.waits();
    let batch = writer.batch();
    assert_eq!(batch.after, log.end());
    writer.append_to(&mut log, &batch);
    assert!(second.answered().is_ok());
}

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
fn an_event_of_an_unfinished_decision_counts_for_nothing_yet() {
    let mut log = log_of(&["acme"]);
    let mut writer = Writer::new(&log);
    log.foreign(&acme(), foreign_team("red"));
    log.events.last_mut().unwrap().commit = false;
    let before = writer.engine.roster().clone();
    writer.hear(&log, usize::MAX);
    assert_eq!(*writer.engine.roster(), before);
    log.foreign(&acme(), foreign_team("blue"));
    writer.hear(&log, usize::MAX);
    assert_eq!(writer.engine.roster().position(), log.end());
}

#[test]
fn who_waits_for_events_that_do_not_come_is_told_that_the_log_is_away() {
    let log = log_of(&["acme"]);
    let mut writer = Writer::new(&log);
    let mut caller = writer.team(&acme(), team(), "red");
    writer.batch();
    writer.appended(Appended::Conflict);
    let Step::Wait(Some(until)) = writer.go_on() else { panic!("waits for what they wrote") };
    writer.now = until;
    writer.idles();
    assert_eq!(caller.answered().unwrap_err(), Failed::Outage(Outage::LogAway));
    assert_eq!(writer.engine.health(), Err(Outage::LogAway));
}

#[test]
fn an_append_without_an_answer_turns_away_all_who_were_decided_and_nobody_else() {
    let mut log = log_of(&["acme"]);
    let mut writer = Writer::new(&log);
    let mut callers: Vec<_> = vec![writer.team(&acme(), team(), "red")];
    let batch = writer.batch();
    callers.push(writer.team(&acme(), team(), "blue"));
    writer.go_on();
    let mut late = writer.team(&acme(), team(), "green");
    // It was stored all the same.
    assert!(log.append(&batch));
    writer.appended(Appended::Unclear(Outage::LogAway));
    for caller in &mut callers {
        assert_eq!(caller.answered().unwrap_err(), Failed::Outage(Outage::LogAway));
    }
    late.waits();
    writer.settle(&mut log);
    assert_eq!(late.answered().unwrap().position, log.end());
    assert_eq!(*writer.engine.roster(), log.fold(log.end().seq));
    assert_eq!(writer.engine.health(), Ok(()));
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
fn a_log_that_does_not_agree_with_itself_is_never_written_again() {
    let mut log = log_of(&["acme"]);
    let mut writer = Writer::new(&log);
    let mut first = writer.team(&acme(), team(), "red");
    let batch = writer.batch();
    writer.append_to(&mut log, &batch);
    first.answered().unwrap();
    writer.engine.broken();
    writer.engine.reachable();
    let mut second = writer.team(&acme(), team(), "blue");
    writer.idles();
    assert_eq!(second.answered().unwrap_err(), Failed::Outage(Outage::LogBroken));
    assert_eq!(writer.engine.health(), Err(Outage::LogBroken));
}

#[test]
fn who_waits_when_it_ends_is_still_served() {
    let mut log = log_of(&["acme"]);
    let mut writer = Writer::new(&log);
    let mut callers: Vec<_> =
        (0..5).map(|at| writer.team(&acme(), team(), &format!("team {at}"))).collect();
    writer.engine.close();
    writer.settle(&mut log);
    assert!(callers.iter_mut().all(|caller| caller.answered().is_ok()));
    assert!(matches!(writer.go_on(), Step::Stop));
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
fn a_command_that_panics_is_answered_so_and_harms_nobody_else() {
    let mut log = log_of(&["acme"]);
    let mut writer = Writer::new(&log);
    let mut before = writer.team(&acme(), team(), "red");
    let mut faulty = writer.submit(&acme(), |_| panic!("seeded"));
    let mut after = writer.team(&acme(), team(), "blue");
    writer.settle(&mut log);
    assert_eq!(faulty.answered().unwrap_err(), Failed::Outage(Outage::Fault));
    assert!(before.answered().is_ok() && after.answered().is_ok());
}

#[test]
fn a_decision_that_the_log_cannot_take_does_not_spoil_the_batch_of_others() {
    let mut log = log_of(&["acme"]);
    let accepts = |sealed: &[eventlog::Sealed]| {
        sealed.iter().all(|sealed| !String::from_utf8_lossy(&sealed.body).contains("large"))
    };
    let mut writer = Writer::with(&log, Setup { accepts: Box::new(accepts), ..setup() });
    let mut large = writer.team(&acme(), team(), "large");
    let mut small = writer.team(&acme(), team(), "small");
    writer.settle(&mut log);
    assert_eq!(large.answered().unwrap_err(), Failed::Outage(Outage::TooLarge));
    assert!(small.answered().is_ok());
}

#[test]
fn a_full_queue_turns_its_own_tenant_away_and_nobody_else() {
    let mut log = log_of(&["acme", "globex"]);
    let few = Load { commands: 2, bytes: 1 << 20 };
    let bounds = QueueBounds { tenant: few, total: Load { commands: 3, bytes: 1 << 20 } };
    let mut writer = Writer::with(&log, Setup { bounds, ..setup() });
    let mut ours: Vec<_> =
        (0..3).map(|at| writer.team(&acme(), team(), &format!("team {at}"))).collect();
    assert_eq!(ours.pop().unwrap().answered().unwrap_err(), Failed::Outage(Outage::TenantBusy));
    let mut theirs = writer.team(&tenant("globex"), team(), "red");
    let mut last = writer.team(&tenant("globex"), team(), "blue");
    assert_eq!(last.answered().unwrap_err(), Failed::Outage(Outage::Busy));
    writer.settle(&mut log);
    assert!(ours.iter_mut().all(|caller| caller.answered().is_ok()));
    assert!(theirs.answered().is_ok());
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

#[test]
fn an_event_of_a_later_release_stops_the_writer() {
    let mut log = log_of(&["acme"]);
    let mut writer = Writer::new(&log);
    let made = CreatedTenant { tenant_id: TenantId(Uuid::now_v7()), slug: tenant("globex") };
    log.foreign(&tenant("globex"), Event::TenantCreated(made));
    log.events.last_mut().unwrap().event = Event::Unknown { name: "user.praised".to_owned() };
    writer.hear(&log, usize::MAX);
    assert_eq!(writer.engine.health(), Err(Outage::LogBroken));
    let mut caller = writer.team(&acme(), team(), "red");
    writer.appended(durably());
    writer.idles();
    assert_eq!(caller.answered().unwrap_err(), Failed::Outage(Outage::LogBroken));
}
