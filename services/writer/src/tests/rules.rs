//! What the engine promises, one rule at a time.

use events::{CreatedTenant, Event, TenantId};
use roster::Refusal;
use uuid::Uuid;

use super::world::{Failed, Writer, acme, durably, foreign_team, log_of, setup, team, tenant};
use crate::outage::Outage;
use crate::queue::{Load, QueueBounds};
use crate::step::{Appended, Setup, Step};

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
