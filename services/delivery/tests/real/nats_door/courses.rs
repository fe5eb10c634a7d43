//! A subscriber on NATS that is paused, reset, or gets a part once more.

use eventlog::ids;
use events::{
    PausedSubscriber, ReplayId, ReplayOutcome, ResetId, ResetSubscriber, ResumedSubscriber,
    StartedReplay,
};
use kit::wait::until;
use roster::Intent;

use super::world::{World, acknowledge, fetch, numbers, received};

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_subscriber_comes_in_and_gets_nothing_until_it_is_resumed() {
    let world = World::new().await;
    let kitchen = world.subscriber("acme", "kitchen", &[], 0).await;
    let client = world.enter(&kitchen).await;
    world.told("acme", "joined", 1).await;
    let first = received(&client, &kitchen.user, 1).await;
    let pause = PausedSubscriber { subscriber_id: kitchen.id, reason: None, drain: true };
    world.tell("acme", Intent::PauseSubscriber(pause)).await;
    let paused = || async { world.consumer(&kitchen.user).await.is_some_and(|one| one.paused) };
    until("it is paused", paused).await;
    world.told("acme", "left", 2).await;
    assert!(fetch(&client, &kitchen.user, 1).await.is_empty());
    // What it had been sent, it may still acknowledge: then it is drained.
    assert_eq!(world.consumer(&kitchen.user).await.expect("there").unacknowledged, 1);
    acknowledge(&client, &first[0]).await;
    until("it is drained", async || {
        world.consumer(&kitchen.user).await.is_some_and(|one| one.unacknowledged == 0)
    })
    .await;
    let resume = ResumedSubscriber { subscriber_id: kitchen.id };
    world.tell("acme", Intent::ResumeSubscriber(resume)).await;
    until("it is resumed", async || !paused().await).await;
    assert_eq!(numbers(&received(&client, &kitchen.user, 1).await), [2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_makes_the_consumer_anew_where_it_was_said() {
    let world = World::new().await;
    for sequence in 1..=4 {
        world.told("acme", "joined", sequence).await;
    }
    let kitchen = world.subscriber("acme", "kitchen", &[], 0).await;
    let client = world.enter(&kitchen).await;
    for event in received(&client, &kitchen.user, 4).await {
        acknowledge(&client, &event).await;
    }
    for (after, expected) in [(2, vec![3, 4]), (0, vec![1, 2, 3, 4]), (4, vec![])] {
        let reset_id = ResetId(ids::uuid_v7());
        let reset = ResetSubscriber { subscriber_id: kitchen.id, reset_id, after };
        world.tell("acme", Intent::ResetSubscriber(reset)).await;
        let begun = world.known("acme", kitchen.id).begun;
        until("the consumer is another", async || {
            world.consumer(&kitchen.user).await.is_some_and(|one| one.added == begun)
        })
        .await;
        let mut again = received(&client, &kitchen.user, expected.len()).await;
        again.extend(fetch(&client, &kitchen.user, 9).await);
        assert_eq!(numbers(&again), expected, "{after}");
        // What it passes over it has not acknowledged, though its floor is behind that.
        let floor = world.feed.acknowledged(&kitchen.user, kitchen.id).await.expect("asked");
        let (first, skipped) = (floor.expect("a floor").first, u64::from(after > 0) * (after + 1));
        assert_eq!(first, skipped, "{after}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_has_a_consumer_of_its_own_and_ends_when_its_last_event_is_acknowledged() {
    let world = World::new().await;
    for (fact, sequence) in [("joined", 1), ("left", 2), ("joined", 3), ("left", 4)] {
        world.told("acme", fact, sequence).await;
    }
    let kitchen = world.subscriber("acme", "kitchen", &[], 4).await;
    let client = world.enter(&kitchen).await;
    let replay = StartedReplay {
        subscriber_id: kitchen.id,
        replay_id: ReplayId(ids::uuid_v7()),
        after: 1,
        through: 4,
        facts: ["employee.left".parse().expect("facts")].into(),
        person: None,
        rate: 50,
        events: 2,
    };
    world.tell("acme", Intent::StartReplay(replay)).await;
    let of_replay = eventlog::replay_consumer(&kitchen.user);
    until("it has a consumer", async || world.consumer(&of_replay).await.is_some()).await;
    let again = received(&client, &of_replay, 2).await;
    assert_eq!(numbers(&again), [2, 4]);
    // What is new comes beside it.
    world.told("acme", "joined", 5).await;
    assert_eq!(numbers(&received(&client, &kitchen.user, 1).await), [5]);
    assert!(world.known("acme", kitchen.id).replaying().is_some());
    for event in &again {
        acknowledge(&client, event).await;
    }
    until("the replay is at its end, and its consumer gone", async || {
        let ended = world.known("acme", kitchen.id).replay.and_then(|replay| replay.ended);
        ended.is_some_and(|end| end.outcome == ReplayOutcome::Done)
            && world.consumer(&of_replay).await.is_none()
    })
    .await;
}
