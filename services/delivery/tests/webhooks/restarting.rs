//! Whatever ends the sending of webhooks, nothing is lost.

use std::collections::BTreeSet;

use delivery::webhooks::Schedule;
use kit::receiver::Receiver;
use kit::wait::found;
use uuid::Uuid;

use crate::world::{World, of_person};

fn set(ids: Vec<String>) -> BTreeSet<String> {
    ids.into_iter().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_killed_again_and_again_repeats_with_the_same_ids_and_loses_nothing() {
    let (world, receiver) = (World::new().await, Receiver::start().await);
    let refused = Uuid::from_u128(3).to_string();
    receiver.answer(move |received| (if received.about() == refused { 500 } else { 200 }, None));
    let id = world.subscriber("crm", &receiver.url, &[]).await;
    let mut ids = vec![];
    for _ in 0..10 {
        let sending = world.send(Schedule::default());
        let facts: Vec<_> = (0..40).map(|n| (n % 8, "employee.changed")).collect();
        let told = world.tell(&facts).await;
        ids.extend(told);
        let before = receiver.received().len();
        receiver.got(before + 7).await;
        sending.kill().await;
    }
    receiver.answer(|_| (200, None));
    let sending = world.send(Schedule::default());
    world.settled(id).await;
    assert_eq!(set(receiver.ids()), set(ids.clone()));
    // Each event comes first after those before it came.
    for person in 0..8 {
        let mut seen = BTreeSet::new();
        let firsts: Vec<_> =
            of_person(&receiver, person).into_iter().filter(|id| seen.insert(id.clone())).collect();
        let index = usize::try_from(person).unwrap();
        let own: Vec<_> = ids.iter().skip(index).step_by(8).cloned().collect();
        assert_eq!(firsts, own);
    }
    sending.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_lets_what_is_under_way_arrive_and_the_next_start_repeats_nothing() {
    let (world, receiver) = (World::new().await, Receiver::start().await);
    let id = world.subscriber("crm", &receiver.url, &[]).await;
    let sending = world.send(Schedule::default());
    world.tell(&[(1, "employee.joined"), (2, "employee.joined")]).await;
    receiver.got(2).await;
    sending.stop().await;
    let sending = world.send(Schedule::default());
    world.tell(&[(1, "employee.left")]).await;
    world.settled(id).await;
    assert_eq!(receiver.received().len(), 3);
    sending.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_could_send_webhooks_one_does() {
    let (world, receiver) = (World::new().await, Receiver::start().await);
    let id = world.subscriber("crm", &receiver.url, &[]).await;
    let (one, other) = (world.send(Schedule::default()), world.send(Schedule::default()));
    let facts: Vec<_> = (0..100).map(|n| (n, "employee.joined")).collect();
    world.tell(&facts).await;
    world.settled(id).await;
    assert_eq!(receiver.received().len(), 100);
    one.stop().await;
    world.tell(&[(1, "employee.left")]).await;
    found("the other goes on", async || (receiver.received().len() == 101).then_some(())).await;
    other.stop().await;
}
