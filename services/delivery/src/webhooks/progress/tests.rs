//! What is kept is read back, all at once or not at all.

use std::collections::HashSet;

use events::Seq;
use jiff::Timestamp;
use kit::servers::database;
use projector::Database;
use uuid::Uuid;

use super::*;
use crate::webhooks::lanes::{Changes, Kept, Lane, Retry};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_770_000_000 + second).unwrap()
}

fn lane() -> Lane {
    "employee.1".into()
}

fn saved(subscriber: Uuid, changes: Changes) -> Save {
    Save {
        key: subscriber,
        subscriber,
        begun: Seq(1),
        accepted: 1,
        changes,
        given_up: vec![],
        resent: vec![],
        departures: vec![],
        state: "delivering",
        failing_since: None,
        accepted_at: Some(at(0)),
        oldest_at: Some(at(1)),
        failed: 0,
        last_failure: None,
    }
}

fn behind() -> Changes {
    Changes {
        settled: 7,
        waiting: vec![(5, lane()), (7, lane())],
        retries: vec![(lane(), Retry { tries: 2, first_failed_at: Some(at(1)), next_at: at(9) })],
        ..Changes::default()
    }
}

async fn holder(database: &Database) -> Holder {
    Holder::wait(database, || {}).await.expect("nobody else is there")
}

async fn kept(database: &Database, subscriber: Uuid) -> Kept {
    load(database.pool(), subscriber).await.unwrap().expect("it was kept").0.kept
}

#[tokio::test]
async fn what_waits_is_read_back_until_it_is_done() {
    let (database, subscriber) = (database().await, Uuid::now_v7());
    let holder = holder(&database).await;
    assert!(load(database.pool(), subscriber).await.unwrap().is_none());
    save(database.pool(), holder.token, &[saved(subscriber, behind())]).await.unwrap();
    let changes = behind();
    let expected =
        Kept { settled: 7, positions: changes.waiting.clone(), retries: changes.retries };
    assert_eq!(kept(&database, subscriber).await, expected);
    let done =
        Changes { settled: 9, done: vec![5, 7], recovered: vec![lane()], ..Changes::default() };
    save(database.pool(), holder.token, &[saved(subscriber, done)]).await.unwrap();
    assert_eq!(kept(&database, subscriber).await, Kept { settled: 9, ..Kept::default() });
}

#[tokio::test]
async fn who_was_replaced_keeps_nothing() {
    let (database, subscriber) = (database().await, Uuid::now_v7());
    let former = holder(&database).await.token;
    // Its connection is gone, and with it its lock.
    let holder = holder(&database).await;
    let refused = save(database.pool(), former, &[saved(subscriber, behind())]).await;
    assert!(matches!(refused, Err(ProgressError::Replaced)), "{refused:?}");
    assert!(load(database.pool(), subscriber).await.unwrap().is_none());
    save(database.pool(), holder.token, &[saved(subscriber, behind())]).await.unwrap();
}

#[tokio::test]
async fn one_process_at_a_time_sends_webhooks() {
    let database = database().await;
    let first = holder(&database).await;
    let (told, mut stands_by) = tokio::sync::watch::channel(false);
    let second = Holder::wait(&database, || {
        told.send_replace(true);
    });
    tokio::pin!(second);
    tokio::select! {
        _ = &mut second => panic!("two send webhooks"),
        told = stands_by.wait_for(|told| *told) => { told.expect("it stands by"); }
    }
    let former = first.token;
    drop(first);
    assert!(second.await.expect("the other is gone").token > former);
}

#[tokio::test]
async fn a_dead_letter_is_listed_and_sent_again() {
    let (database, subscriber) = (database().await, Uuid::now_v7());
    let holder = holder(&database).await;
    let letter = |position| GivenUp {
        position,
        lane: lane(),
        tries: 10,
        first_failed_at: at(0),
        given_up_at: at(9),
        cause: "400".to_owned(),
    };
    let mut given_up = saved(subscriber, Changes::default());
    given_up.given_up = vec![letter(3), letter(4), letter(5)];
    save(database.pool(), holder.token, &[given_up]).await.unwrap();
    let client = database.pool().get().await.unwrap();
    let listed = dead_letters(&client, subscriber, 3, 10).await.unwrap();
    let positions: Vec<_> = listed.iter().map(|letter| letter.position).collect();
    assert_eq!(positions, [4, 5]);
    assert_eq!((listed[0].about.as_str(), listed[0].cause.as_str()), ("employee.1", "400"));

    assert_eq!(resend(&client, subscriber, Some(&[4, 99])).await.unwrap(), 1);
    let asked = resends(database.pool()).await.unwrap();
    let asked: Vec<_> = asked.iter().map(|asked| (asked.subscriber, asked.position)).collect();
    assert_eq!(asked, [(subscriber, 4)]);
    let mut resent = saved(subscriber, Changes::default());
    resent.resent = vec![4];
    save(database.pool(), holder.token, &[resent]).await.unwrap();
    assert!(resends(database.pool()).await.unwrap().is_empty());
    assert_eq!(resend(&client, subscriber, None).await.unwrap(), 2);
}

#[tokio::test]
async fn operators_see_how_a_subscriber_stands() {
    let (database, subscriber) = (database().await, Uuid::now_v7());
    let holder = holder(&database).await;
    let mut save_it = saved(subscriber, behind());
    (save_it.failed, save_it.last_failure) = (3, Some("timeout".to_owned()));
    save(database.pool(), holder.token, &[save_it]).await.unwrap();
    let client = database.pool().get().await.unwrap();
    let states = states(&client, &[subscriber, Uuid::now_v7()]).await.unwrap();
    let expected = WebhookState {
        subscriber,
        position: 7,
        state: "delivering".to_owned(),
        failing_since: None,
        accepted_at: Some(at(0)),
        oldest_at: Some(at(1)),
        failed: 3,
        last_failure: Some("timeout".to_owned()),
        waiting: 2,
        dead_letters: 0,
        begun: Some(1),
        accepted: 1,
    };
    assert_eq!(states, [expected]);
}

#[tokio::test]
async fn who_is_enabled_again_begins_its_tries_anew() {
    let (database, subscriber) = (database().await, Uuid::now_v7());
    let holder = holder(&database).await;
    let mut failing = saved(subscriber, behind());
    failing.failing_since = Some(at(1));
    save(database.pool(), holder.token, &[failing]).await.unwrap();
    forgive(database.pool(), subscriber).await.unwrap();
    let loaded = load(database.pool(), subscriber).await.unwrap().expect("it was kept");
    assert_eq!(loaded.0.failing_since, None);
    let (_, retry) = &loaded.0.kept.retries[0];
    assert_eq!((retry.tries, retry.first_failed_at), (0, None));
}

#[tokio::test]
async fn a_subscriber_that_was_removed_leaves_nothing() {
    let (database, gone, stays) = (database().await, Uuid::now_v7(), Uuid::now_v7());
    let holder = holder(&database).await;
    let both = [saved(gone, behind()), saved(stays, behind())];
    save(database.pool(), holder.token, &both).await.unwrap();
    forget_all_but(database.pool(), &HashSet::from([stays])).await.unwrap();
    assert!(load(database.pool(), gone).await.unwrap().is_none());
    assert_eq!(kept(&database, stays).await.positions.len(), 2);
}

#[tokio::test]
async fn positions_in_another_feed_are_forgotten_and_those_in_the_same_are_kept() {
    let (database, subscriber) = (database().await, Uuid::now_v7());
    let holder = holder(&database).await;
    let made = Timestamp::from_nanosecond(1_770_000_000_123_456_789).unwrap();
    assert!(!hold_to_feed(database.pool(), made).await.unwrap(), "nothing was kept before");
    save(database.pool(), holder.token, &[saved(subscriber, behind())]).await.unwrap();
    assert!(!hold_to_feed(database.pool(), made).await.unwrap());
    assert_eq!(kept(&database, subscriber).await.settled, 7);
    let later = Timestamp::from_nanosecond(1_770_000_000_123_456_790).unwrap();
    assert!(hold_to_feed(database.pool(), later).await.unwrap());
    assert!(load(database.pool(), subscriber).await.unwrap().is_none());
    assert!(!hold_to_feed(database.pool(), later).await.unwrap());
}

#[tokio::test]
async fn what_a_course_has_to_say_that_began_anew_meanwhile_is_not_kept() {
    let (database, subscriber) = (database().await, Uuid::now_v7());
    let holder = holder(&database).await;
    save(database.pool(), holder.token, &[saved(subscriber, behind())]).await.unwrap();
    begin_anew(database.pool(), holder.token, subscriber, (3, Seq(2))).await.unwrap();
    save(database.pool(), holder.token, &[saved(subscriber, behind())]).await.unwrap();
    assert_eq!(kept(&database, subscriber).await, Kept { settled: 3, ..Kept::default() });
    let own = Save { begun: Seq(2), ..saved(subscriber, behind()) };
    save(database.pool(), holder.token, &[own]).await.unwrap();
    assert_eq!(kept(&database, subscriber).await.settled, 7);
}
