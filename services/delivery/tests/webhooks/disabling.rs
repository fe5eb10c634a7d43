//! Subscribers that get nothing any more, by themselves or by somebody's will.

use delivery::webhooks::Schedule;
use kit::receiver::Receiver;
use kit::wait::found;
use roster::Intent;

use crate::world::{SHORT, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_wants_no_more_is_disabled_and_gets_all_when_it_is_enabled() {
    let (world, receiver) = (World::new().await, Receiver::start().await);
    receiver.answer(|_| (410, None));
    let id = world.subscriber("crm", &receiver.url, &[]).await;
    let _sending = world.send(Schedule::default());
    let ids = world.tell(&[(1, "employee.joined"), (1, "employee.changed")]).await;
    let disabled = found("it is disabled", async || world.known(id).disabled).await;
    assert!(disabled.by_itself && disabled.reason.contains("410"), "{disabled:?}");
    assert_eq!(receiver.received().len(), 1);
    found("that shows", async || world.state(id).await.filter(|state| state.state == "disabled"))
        .await;
    receiver.answer(|_| (200, None));
    world.want(Intent::EnableSubscriber { subscriber: id }).await;
    world.settled(id).await;
    assert_eq!(receiver.ids()[1..], ids);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_away_for_too_long_is_disabled_and_loses_nothing() {
    let (world, receiver) = (World::new().await, Receiver::start().await);
    receiver.answer(|_| (503, None));
    let id = world.subscriber("crm", &receiver.url, &[]).await;
    let _sending = world.send(SHORT);
    let facts: Vec<_> = (0..50).map(|n| (n, "employee.joined")).collect();
    let mut ids = world.tell(&facts).await;
    let disabled = found("it is disabled", async || world.known(id).disabled).await;
    assert!(disabled.by_itself, "{disabled:?}");
    let bothered = receiver.received().len();
    receiver.answer(|_| (200, None));
    world.want(Intent::EnableSubscriber { subscriber: id }).await;
    world.settled(id).await;
    let mut got = receiver.ids().split_off(bothered);
    got.sort();
    ids.sort();
    assert_eq!(got, ids);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_that_is_removed_gets_nothing_more_and_leaves_nothing() {
    let (world, receiver) = (World::new().await, Receiver::start().await);
    let id = world.subscriber("crm", &receiver.url, &[]).await;
    let sending = world.send(Schedule::default());
    world.tell(&[(1, "employee.joined")]).await;
    world.settled(id).await;
    world.want(Intent::RemoveSubscriber { subscriber: id }).await;
    found("it is forgotten", async || world.state(id).await.is_none().then_some(())).await;
    let other = Receiver::start().await;
    let stays = world.subscriber("other", &other.url, &[]).await;
    world.tell(&[(1, "employee.changed")]).await;
    world.settled(stays).await;
    assert_eq!(receiver.received().len(), 1);
    sending.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_that_moves_gets_the_rest_at_its_new_place() {
    let (world, old, new) = (World::new().await, Receiver::start().await, Receiver::start().await);
    let id = world.subscriber("crm", &old.url, &[]).await;
    let _sending = world.send(Schedule::default());
    world.tell(&[(1, "employee.joined")]).await;
    world.settled(id).await;
    let url = Some(new.url.clone());
    world.want(Intent::ChangeSubscriber { subscriber: id, url, facts: None }).await;
    found("it has moved", async || {
        world.tell(&[(1, "employee.changed")]).await;
        (!new.received().is_empty()).then_some(())
    })
    .await;
}
