//! Subscribers that are paused, drained, or begin anew elsewhere.

use delivery::webhooks::Schedule;
use events::{PausedSubscriber, ResetId, ResetSubscriber, ResumedSubscriber, SubscriberId};
use kit::receiver::Receiver;
use kit::wait::found;
use roster::Intent;
use uuid::Uuid;

use crate::world::World;

fn pause(id: SubscriberId, drain: bool) -> Intent {
    Intent::PauseSubscriber(PausedSubscriber { subscriber_id: id, reason: None, drain })
}

fn resume(id: SubscriberId) -> Intent {
    Intent::ResumeSubscriber(ResumedSubscriber { subscriber_id: id })
}

fn reset(id: SubscriberId, after: u64) -> Intent {
    let reset_id = ResetId(Uuid::now_v7());
    Intent::ResetSubscriber(ResetSubscriber { subscriber_id: id, reset_id, after })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_subscriber_gets_nothing_and_all_of_it_when_it_is_resumed() {
    let (world, receiver, other) =
        (World::new().await, Receiver::start().await, Receiver::start().await);
    let id = world.subscriber("crm", &receiver.url, &[]).await;
    let goes_on = world.subscriber("other", &other.url, &[]).await;
    let sending = world.send(Schedule::default());
    world.tell(&[(1, "employee.joined")]).await;
    world.settled(id).await;
    world.want(pause(id, false)).await;
    // Within one look it is known; what is told behind the second shall not arrive.
    found("it is paused", async || {
        let before = receiver.received().len();
        world.tell(&[(2, "employee.joined")]).await;
        world.settled(goes_on).await;
        (receiver.received().len() == before).then_some(())
    })
    .await;
    let before = receiver.received().len();
    sending.stop().await;
    let _sending = world.send(Schedule::default());
    let ids = world.tell(&[(1, "employee.changed"), (3, "employee.joined")]).await;
    world.settled(goes_on).await;
    assert_eq!(receiver.received().len(), before);
    world.want(resume(id)).await;
    world.settled(id).await;
    assert!(ids.iter().all(|id| receiver.ids()[before..].contains(id)), "{ids:?}");
    assert_eq!(receiver.received().len(), other.received().len());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_drained_gets_what_was_begun_and_nothing_else() {
    let (world, receiver) = (World::new().await, Receiver::start().await);
    receiver.sleep(true);
    let id = world.subscriber("crm", &receiver.url, &[]).await;
    let sending = world.send(Schedule::default());
    let facts: Vec<_> = (0..20).map(|n| (n, "employee.joined")).collect();
    world.tell(&facts).await;
    receiver.got(8).await;
    world.want(pause(id, true)).await;
    found("it is known", async || world.known(id).paused).await;
    receiver.sleep(false);
    let drained = found("it is drained", async || {
        world.state(id).await.filter(|state| state.state == "drained")
    })
    .await;
    // What was taken up has arrived, and the place says so.
    assert_eq!((drained.position, receiver.received().len()), (20, 20));
    world.tell(&[(1, "employee.left")]).await;
    let after = world.subscriber("later", &receiver.url, &["employee.left"]).await;
    world.settled(after).await;
    assert_eq!(receiver.received().len(), 21);
    // A restart keeps to it.
    sending.stop().await;
    let _sending = world.send(Schedule::default());
    world.tell(&[(1, "employee.returned"), (1, "employee.left")]).await;
    world.settled(after).await;
    assert_eq!(receiver.received().len(), 22);
    world.want(resume(id)).await;
    world.settled(id).await;
    assert_eq!(receiver.received().len(), 25);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_drained_while_an_event_waits_is_interrupted_and_gets_it_when_resumed() {
    let (world, receiver) = (World::new().await, Receiver::start().await);
    receiver.answer(|_| (500, None));
    let id = world.subscriber("crm", &receiver.url, &[]).await;
    let _sending = world.send(Schedule::default());
    let ids = world.tell(&[(1, "employee.joined")]).await;
    receiver.got(1).await;
    world.want(pause(id, true)).await;
    found("it is at rest, and not drained", async || {
        let state = world.state(id).await?.state;
        assert_ne!(state, "drained");
        (state == "interrupted").then_some(())
    })
    .await;
    receiver.answer(|_| (200, None));
    world.want(resume(id)).await;
    world.settled(id).await;
    assert_eq!(receiver.ids().last(), ids.last());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_repeats_with_the_same_ids_or_skips_and_outlives_a_kill() {
    let (world, receiver) = (World::new().await, Receiver::start().await);
    let id = world.subscriber("crm", &receiver.url, &[]).await;
    let sending = world.send(Schedule::default());
    let facts: Vec<_> = (0..30).map(|n| (n % 3, "employee.changed")).collect();
    let ids = world.tell(&facts).await;
    world.settled(id).await;
    world.want(reset(id, 10)).await;
    receiver.got(33).await;
    sending.kill().await;
    let sending = world.send(Schedule::default());
    let begun = world.known(id).begun.0;
    found("all is kept", async || {
        let state = world.state(id).await?;
        (state.position == 30 && state.begun == Some(begun)).then_some(())
    })
    .await;
    let mut again = receiver.ids().split_off(30);
    again.sort();
    again.dedup();
    let mut expected = ids[10..].to_vec();
    expected.sort();
    assert_eq!(again, expected);
    // While nobody sends, it is put behind what is told.
    sending.stop().await;
    let before = receiver.received().len();
    world.tell(&[(1, "employee.changed"), (2, "employee.changed")]).await;
    world.want(reset(id, 32)).await;
    let _sending = world.send(Schedule::default());
    let last = world.tell(&[(1, "employee.left")]).await;
    world.settled(id).await;
    assert_eq!(receiver.ids()[before..], last);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_and_what_was_given_up_goes_with_a_reset_to_before_it() {
    let (world, receiver) = (World::new().await, Receiver::start().await);
    receiver.answer(|_| (422, None));
    let id = world.subscriber("crm", &receiver.url, &[]).await;
    let _sending = world.send(crate::world::SHORT);
    world.tell(&[(1, "employee.joined")]).await;
    found("it is given up", async || world.state(id).await.filter(|state| state.dead_letters == 1))
        .await;
    receiver.answer(|_| (200, None));
    let before = receiver.received().len();
    world.want(reset(id, 0)).await;
    receiver.got(before + 1).await;
    let state =
        found("it is kept", async || world.state(id).await.filter(|state| state.accepted == 1))
            .await;
    assert_eq!((state.dead_letters, state.last_failure), (0, None));
}
