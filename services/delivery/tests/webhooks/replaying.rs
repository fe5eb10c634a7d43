//! A part of the feed once more, beside what is new.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use delivery::webhooks::Schedule;
use events::{
    EmployeeId, EndedReplay, PausedSubscriber, ReplayId, ReplayOutcome, ResumedSubscriber,
    StartedReplay, SubscriberId,
};
use kit::receiver::{Received, Receiver};
use kit::wait::found;
use roster::Intent;
use uuid::Uuid;

use crate::world::World;

fn replay(id: SubscriberId, (after, through): (u64, u64), rate: u32) -> StartedReplay {
    StartedReplay {
        subscriber_id: id,
        replay_id: ReplayId(Uuid::now_v7()),
        after,
        through,
        facts: BTreeSet::new(),
        person: None,
        rate,
        events: through - after,
    }
}

async fn ended(world: &World, id: SubscriberId) -> ReplayOutcome {
    let end = found("the replay is at its end", async || world.known(id).replay?.ended);
    end.await.outcome
}

/// What came as part of a replay, and what did not.
fn parted(receiver: &Receiver) -> (Vec<Received>, Vec<Received>) {
    receiver.received().into_iter().partition(|one| !one.header("rollcall-replay").is_empty())
}

fn ids(received: &[Received]) -> Vec<String> {
    received.iter().map(Received::id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_is_marked_has_the_same_ids_keeps_each_persons_order_and_holds_up_nothing() {
    let (world, receiver) = (World::new().await, Receiver::start().await);
    let id = world.subscriber("crm", &receiver.url, &[]).await;
    let _sending = world.send(Schedule::default());
    let facts: Vec<_> = (0..60).map(|n| (n % 4, "employee.changed")).collect();
    let told = world.tell(&facts).await;
    world.settled(id).await;
    let wanted = replay(id, (10, 50), 10);
    let began = Instant::now();
    world.want(Intent::StartReplay(wanted.clone())).await;
    found("it has begun", async || (!parted(&receiver).0.is_empty()).then_some(())).await;
    // What is new comes while the replay goes on.
    let new = world.tell(&[(1, "employee.left")]).await;
    found("what is new is there", async || receiver.ids().contains(&new[0]).then_some(())).await;
    assert!(world.known(id).replaying().is_some());
    assert_eq!(ended(&world, id).await, ReplayOutcome::Done);
    assert!(began.elapsed() >= Duration::from_millis(3_600), "10 a second at most");

    let (again, live) = parted(&receiver);
    assert_eq!(live.len(), 61);
    for one in &again {
        assert_eq!(one.event()["replayid"], wanted.replay_id.to_string());
        assert_eq!(one.header("rollcall-replay"), wanted.replay_id.to_string());
    }
    let mut of_each = BTreeMap::<String, Vec<String>>::new();
    for one in &again {
        of_each.entry(one.about()).or_default().push(one.id());
    }
    for person in 0..4_u8 {
        let own = told.iter().enumerate().skip(10).take(40);
        let own = own.filter(|(place, _)| place % 4 == usize::from(person));
        let own: Vec<_> = own.map(|(_, id)| id.clone()).collect();
        assert_eq!(of_each[&Uuid::from_u128(person.into()).to_string()], own);
    }
    let state = found("how it ended is kept", async || {
        world.state(SubscriberId(wanted.replay_id.0)).await.filter(|state| state.state == "done")
    })
    .await;
    assert_eq!(state.accepted, 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_that_is_killed_again_and_again_goes_on_and_loses_nothing() {
    let (world, receiver) = (World::new().await, Receiver::start().await);
    let refused = Uuid::from_u128(3).to_string();
    let id = world.subscriber("crm", &receiver.url, &["employee.*"]).await;
    let sending = world.send(Schedule::default());
    let facts: Vec<_> = (0..120)
        .map(|n| (n % 8, if n % 5 == 0 { "team.changed" } else { "employee.changed" }))
        .collect();
    let mut told = world.tell(&facts).await;
    world.settled(id).await;
    sending.stop().await;
    receiver.answer(move |received| (if received.about() == refused { 500 } else { 200 }, None));
    world.want(Intent::StartReplay(replay(id, (0, 120), 1000))).await;
    for _ in 0..4 {
        let before = parted(&receiver).0.len();
        let sending = world.send(Schedule::default());
        found("it goes on", async || (parted(&receiver).0.len() > before + 5).then_some(())).await;
        sending.kill().await;
    }
    receiver.answer(|_| (200, None));
    let _sending = world.send(Schedule::default());
    assert_eq!(ended(&world, id).await, ReplayOutcome::Done);
    let wanted = facts.iter().zip(&mut told).filter(|((_, fact), _)| *fact == "employee.changed");
    let wanted: BTreeSet<_> = wanted.map(|(_, id)| id.clone()).collect();
    let (again, _) = parted(&receiver);
    assert_eq!(ids(&again).into_iter().collect::<BTreeSet<_>>(), wanted);
    // Each event of a person comes first after those before it came.
    for person in 0..8 {
        let about = Uuid::from_u128(person).to_string();
        let mut seen = BTreeSet::new();
        let firsts = again.iter().filter(|one| one.about() == about && seen.insert(one.id()));
        let numbers: Vec<_> =
            firsts.map(|one| one.event()["data"]["number"].as_u64().unwrap()).collect();
        assert!(numbers.is_sorted(), "{numbers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_of_some_facts_or_of_one_person_is_that_alone_and_can_be_cancelled() {
    let (world, receiver) = (World::new().await, Receiver::start().await);
    let id = world.subscriber("crm", &receiver.url, &[]).await;
    let _sending = world.send(Schedule::default());
    let facts = [(1, "employee.joined"), (2, "employee.joined"), (1, "employee.left")];
    let told = world.tell(&facts).await;
    world.settled(id).await;
    let facts = BTreeSet::from(["employee.joined".parse().unwrap()]);
    let some = StartedReplay { facts, ..replay(id, (0, 3), 1000) };
    world.want(Intent::StartReplay(some)).await;
    ended(&world, id).await;
    assert_eq!(ids(&parted(&receiver).0), told[..2]);
    let person = Some(EmployeeId(Uuid::from_u128(1)));
    let hers = StartedReplay { person, ..replay(id, (0, 3), 1000) };
    let replay_id = hers.replay_id;
    world.want(Intent::StartReplay(hers)).await;
    found("it is at its end", async || {
        world.known(id).replay.filter(|replay| replay.id == replay_id)?.ended
    })
    .await;
    assert_eq!(ids(&parted(&receiver).0)[2..], [told[0].clone(), told[2].clone()]);

    // Who is paused gets nothing of a replay either.
    let slow = replay(id, (0, 3), 1);
    let before = receiver.received().len();
    world
        .want(Intent::PauseSubscriber(PausedSubscriber {
            subscriber_id: id,
            reason: None,
            drain: false,
        }))
        .await;
    world.want(Intent::StartReplay(slow.clone())).await;
    let other = world.subscriber("other", &receiver.url, &["employee.left"]).await;
    world.settled(other).await;
    assert_eq!(receiver.received().len(), before + 1);
    // It is not answered, and so not at its end before it is cancelled.
    receiver.sleep(true);
    world.want(Intent::ResumeSubscriber(ResumedSubscriber { subscriber_id: id })).await;
    receiver.got(before + 2).await;
    let outcome = ReplayOutcome::Cancelled;
    let cancelled = EndedReplay { subscriber_id: id, replay_id: slow.replay_id, outcome };
    world.want(Intent::EndReplay(cancelled)).await;
    assert_eq!(ended(&world, id).await, ReplayOutcome::Cancelled);
    receiver.sleep(false);
    let last = world.tell(&[(1, "employee.returned")]).await;
    world.settled(id).await;
    assert_eq!(receiver.ids().last(), last.first());
    assert!(receiver.received().len() <= before + 4);
}
