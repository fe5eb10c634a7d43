//! Receivers that do not accept what they are sent.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use delivery::webhooks::Schedule;
use kit::receiver::Receiver;
use kit::wait::found;
use uuid::Uuid;

use crate::world::{World, of_person};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_comes_again_with_the_same_id_and_holds_back_only_its_person() {
    let (world, receiver) = (World::new().await, Receiver::start().await);
    let tries = AtomicUsize::new(0);
    let first = Uuid::from_u128(1).to_string();
    receiver.answer(move |received| {
        let is_first = received.about() == first && tries.fetch_add(1, Ordering::Relaxed) == 0;
        (if is_first { 500 } else { 200 }, None)
    });
    let id = world.subscriber("crm", &receiver.url, &[]).await;
    let _sending = world.send(Schedule::default());
    let began = Instant::now();
    let ids = world
        .tell(&[(1, "employee.joined"), (1, "employee.changed"), (2, "employee.joined")])
        .await;
    receiver.got(2).await;
    let mut first = receiver.ids();
    first.sort();
    assert_eq!(first, [ids[0].clone(), ids[2].clone()]);
    world.settled(id).await;
    assert_eq!(of_person(&receiver, 1), [ids[0].clone(), ids[0].clone(), ids[1].clone()]);
    assert!(began.elapsed() >= Duration::from_secs(5), "{:?}", began.elapsed());
    let state = world.state(id).await.expect("it is kept");
    // What failed is not shown as the last failure when something was accepted since.
    assert_eq!((state.failed, state.last_failure), (1, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_asks_for_time_gets_it() {
    let (world, receiver) = (World::new().await, Receiver::start().await);
    let tries = AtomicUsize::new(0);
    receiver.answer(move |_| {
        if tries.fetch_add(1, Ordering::Relaxed) == 0 { (429, Some(2)) } else { (200, None) }
    });
    let id = world.subscriber("crm", &receiver.url, &[]).await;
    let _sending = world.send(Schedule::default());
    let asked = Instant::now();
    world.tell(&[(1, "employee.joined")]).await;
    receiver.got(1).await;
    world.tell(&[(2, "employee.joined")]).await;
    receiver.got(2).await;
    assert!(asked.elapsed() >= Duration::from_millis(1500), "{:?}", asked.elapsed());
    world.settled(id).await;
    assert_eq!(receiver.received().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_was_away_gets_all_when_it_is_back() {
    let (world, receiver) = (World::new().await, Receiver::start().await);
    receiver.answer(|_| (502, None));
    let id = world.subscriber("crm", &receiver.url, &[]).await;
    let _sending = world.send(Schedule::default());
    let facts: Vec<_> = (0..200).map(|n| (n % 20, "employee.changed")).collect();
    let ids = world.tell(&facts).await;
    found("it counts as away", async || {
        world.state(id).await.filter(|state| state.state == "away")
    })
    .await;
    let bothered = receiver.received().len();
    // Eight are under way, and two more before the third says that it is away.
    assert!(bothered <= 10, "{bothered}");
    receiver.answer(|_| (200, None));
    world.settled(id).await;
    for person in 0..20 {
        let mut got = of_person(&receiver, person);
        got.dedup();
        let index = usize::try_from(person).unwrap();
        let own: Vec<_> = ids.iter().skip(index).step_by(20).cloned().collect();
        assert_eq!(got, own);
    }
}
