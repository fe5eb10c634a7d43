//! Test events.

use delivery::webhooks::{Schedule, SentTest, sent_test};
use events::{PausedSubscriber, SubscriberId, TestId, TestedSubscriber};
use kit::receiver::Receiver;
use kit::wait::found;
use roster::Intent;
use uuid::Uuid;

use crate::world::World;

async fn tested(world: &World, id: SubscriberId) -> SentTest {
    let test_id = TestId(Uuid::now_v7());
    world.want(Intent::TestSubscriber(TestedSubscriber { subscriber_id: id, test_id })).await;
    found("what came of the test is kept", async || {
        let client = world.database.pool().get().await.expect("a connection");
        let sent = sent_test(&client, id.0).await.expect("it can be asked");
        sent.filter(|sent| sent.test == test_id.0)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_comes_at_once_to_one_subscriber_counts_as_no_event_and_is_answered_for() {
    let (world, receiver, other) =
        (World::new().await, Receiver::start().await, Receiver::start().await);
    let id = world.subscriber("crm", &receiver.url, &["employee.left"]).await;
    let goes_on = world.subscriber("other", &other.url, &[]).await;
    let _sending = world.send(Schedule::default());
    world.tell(&[(1, "employee.joined")]).await;
    world.settled(goes_on).await;
    let pause = PausedSubscriber { subscriber_id: id, reason: None, drain: false };
    world.want(Intent::PauseSubscriber(pause)).await;
    let sent = tested(&world, id).await;
    assert_eq!(sent.outcome, "accepted");
    let got = receiver.got(1).await;
    let event = got[0].event();
    assert_eq!(event["type"], "rollcall.subscriber.test");
    assert_eq!(event["data"]["testId"], sent.test.to_string());
    assert_eq!(event["subject"], id.to_string());
    // It has the number of the event before it, and what comes next has the next.
    assert_eq!(event["sequence"], format!("{:020}", 1));
    world.tell(&[(1, "employee.changed")]).await;
    world.settled(goes_on).await;
    assert_eq!((receiver.received().len(), other.received().len()), (1, 2));

    receiver.answer(|_| (404, None));
    assert_eq!(tested(&world, id).await.outcome, "404");
}
