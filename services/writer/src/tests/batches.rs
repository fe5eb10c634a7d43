//! How much goes into one batch, and how much is decided ahead.

use std::time::Duration;

use events::{Position, Profile, ResourceId};
use proptest::prelude::*;
use roster::{Intent, Roster};
use uuid::Uuid;

use super::world::{Caller, Writer, durably, log_of, operator, setup, team, tenant};
use crate::command::{Command, PendingCommand};
use crate::drafts::{Draft, Drafts};
use crate::step::Step;

/// What an append holds at most.
const BATCH: usize = 1 << 20;

/// A few of these fill an append.
const LARGE: usize = BATCH / 4;

/// Somebody creates a user with so many bytes of attributes.
fn large_user(writer: &mut Writer, bytes: usize) -> Caller {
    let resource = ResourceId(Uuid::now_v7());
    let mut attributes = serde_json::Map::new();
    attributes.insert("nickName".to_owned(), "x".repeat(bytes).into());
    let profile = Profile {
        user_name: format!("{resource}@example.com").parse().expect("a name"),
        external_id: None,
        attributes,
    };
    let intent =
        move |_: &Roster| Ok(Intent::NewUser { resource, profile: profile.clone(), active: true });
    writer.submit_command(Command::new(operator(&tenant("acme")), intent))
}

#[test]
fn a_batch_holds_no_more_bytes_than_it_may() {
    let mut log = log_of(&["acme"]);
    let mut writer = Writer::new(&log);
    let mut callers: Vec<_> = (0..9).map(|_| large_user(&mut writer, LARGE)).collect();
    loop {
        match writer.go_on() {
            Step::Append(batch) => {
                let bytes: usize = batch.sealed.iter().map(|sealed| sealed.body.len()).sum();
                assert!(bytes <= BATCH, "{bytes} bytes in {} events", batch.sealed.len());
                writer.append_to(&mut log, &batch);
            }
            Step::Wait(None) => break,
            step => panic!("wants to {step:?}"),
        }
    }
    assert!(callers.iter_mut().all(|caller| caller.answered().is_ok()));
}

#[test]
fn whoever_was_decided_waits_for_no_more_decisions_than_a_batch_may_take() {
    let mut log = log_of(&["light"]);
    let mut writer = Writer::new(&log);
    writer.cost = Duration::from_millis(4);
    // Nothing comes of these: there is no such tenant.
    let mut heavy: Vec<_> =
        (0..100).map(|_| writer.team(&tenant("heavy"), team(), "red")).collect();
    let mut light = writer.team(&tenant("light"), team(), "red");
    let batch = writer.batch();
    writer.append_to(&mut log, &batch);
    assert!(light.answered().is_ok());
    let decided = heavy.iter_mut().filter_map(Caller::answer).count();
    assert!(decided <= 6, "it waited for {decided} decisions of 4 ms each");
    writer.settle(&mut log);
    assert!(heavy.iter_mut().skip(decided).all(|caller| caller.answered().is_err()));
}

#[test]
fn a_decision_that_needs_more_gets_a_batch_of_its_own() {
    let mut log = log_of(&["acme"]);
    let mut writer = Writer::new(&log);
    let mut large = large_user(&mut writer, BATCH + LARGE);
    let mut small = writer.team(&tenant("acme"), team(), "red");
    let batch = writer.batch();
    assert_eq!(batch.sealed.len(), 1);
    writer.append_to(&mut log, &batch);
    assert!(large.answered().is_ok());
    writer.settle(&mut log);
    assert!(small.answered().is_ok());
}

#[test]
fn no_more_is_decided_ahead_than_two_batches_hold() {
    let mut log = log_of(&["acme"]);
    let mut writer = Writer::new(&log);
    writer.team(&tenant("acme"), team(), "red");
    let batch = writer.batch();
    let mut callers: Vec<_> = (0..20).map(|_| large_user(&mut writer, LARGE)).collect();
    assert!(matches!(writer.go_on(), Step::Wait(None)));
    let ahead = writer.engine.draft_bytes();
    assert!((2 * BATCH..2 * BATCH + 2 * LARGE).contains(&ahead), "{ahead} bytes are decided ahead");
    writer.append_to(&mut log, &batch);
    writer.settle(&mut log);
    assert!(callers.iter_mut().all(|caller| caller.answered().is_ok()));
}

#[test]
fn those_who_come_back_together_are_waited_for_a_moment_and_no_longer() {
    let mut log = log_of(&["acme"]);
    let mut writer = Writer::new(&log);
    let red = team();
    let come = |writer: &mut Writer, count: usize| {
        (0..count).map(|_| writer.team(&tenant("acme"), team(), &team().to_string())).count()
    };
    come(&mut writer, 100);
    writer.settle(&mut log);
    // One of a hundred is back.
    writer.team(&tenant("acme"), red, "red");
    let Step::Decide = writer.engine.next(writer.now) else { panic!("does not decide") };
    writer.engine.decide();
    let Step::Wait(Some(until)) = writer.engine.next(writer.now) else { panic!("does not wait") };
    assert!((until - writer.now).as_millis() <= 20);
    writer.now = until;
    assert!(matches!(writer.engine.next(writer.now), Step::Append(_)));
    writer.appended(durably());
}

/// Somebody who wants a tenant to exist: an event the first time, none after that.
fn drafts(slugs: &[String]) -> Drafts {
    let mut drafts = Drafts::default();
    let setup = setup();
    for slug in slugs {
        let roster = drafts.roster().cloned().unwrap_or_default();
        let intent = |_: &Roster| {
            Ok::<_, super::world::Failed>(Intent::NewTenant {
                tenant: events::TenantId(Uuid::now_v7()),
            })
        };
        let (request, _) = PendingCommand::new(Command::new(operator(&tenant(slug)), intent));
        drafts.push(Draft::on(&roster, Box::new(request), true, setup.source, &setup.accepts));
    }
    drafts
}

proptest! {
    #[test]
    fn each_batch_follows_the_one_before_and_holds_no_more_than_asked_for(
        slugs in prop::collection::vec("[a-e]{2}", 0..30),
        most in 1_usize..5,
    ) {
        let mut drafts = drafts(&slugs);
        let end = drafts.roster().map(Roster::position).unwrap_or_default();
        let mut at = Position::START;
        while !drafts.is_empty() {
            let (count, batch) = drafts.next_batch(at, most, usize::MAX);
            prop_assert!(count > 0, "nobody is ever served");
            let last = drafts.take(count).pop().expect("somebody was served");
            if let Some(batch) = batch {
                prop_assert_eq!(batch.after, at);
                prop_assert!((1..=most).contains(&batch.sealed.len()));
                prop_assert_eq!(at.seq.0 + batch.sealed.len() as u64, last.roster.position().seq.0);
            } else {
                prop_assert_eq!(at, last.roster.position(), "events were left out");
            }
            at = last.roster.position();
        }
        prop_assert_eq!(at, end);
        prop_assert_eq!(drafts.bytes(), 0);
    }
}
