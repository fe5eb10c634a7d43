//! What is given up, and sent again.

use delivery::webhooks::{dead_letters, resend};
use kit::receiver::Receiver;
use kit::wait::found;
use uuid::Uuid;

use crate::world::{SHORT, World, of_person};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_for_too_long_is_a_dead_letter_until_somebody_sends_it_again() {
    let (world, receiver) = (World::new().await, Receiver::start().await);
    let first = Uuid::from_u128(1).to_string();
    receiver.answer(move |received| {
        let poisoned =
            received.about() == first && received.event()["type"] == "rollcall.employee.joined";
        (if poisoned { 400 } else { 200 }, None)
    });
    let id = world.subscriber("crm", &receiver.url, &[]).await;
    let _sending = world.send(SHORT);
    let ids = world.tell(&[(1, "employee.joined"), (1, "employee.changed")]).await;
    world.settled(id).await;
    assert_eq!(of_person(&receiver, 1).last(), Some(&ids[1]));
    let client = world.database.pool().get().await.unwrap();
    let letters = dead_letters(&client, id.0, 0, 10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!((letters[0].position, letters[0].cause.as_str()), (1, "400"));
    assert!(letters[0].tries > 1, "{letters:?}");
    assert_eq!(letters[0].about, format!("employee.{}", Uuid::from_u128(1)));

    receiver.answer(|_| (200, None));
    assert_eq!(resend(&client, id.0, Some(&[1])).await.unwrap(), 1);
    found("it comes again", async || {
        (of_person(&receiver, 1).last() == Some(&ids[0])).then_some(())
    })
    .await;
    found("it is a dead letter no more", async || {
        dead_letters(&client, id.0, 0, 10).await.unwrap().is_empty().then_some(())
    })
    .await;
    world.settled(id).await;
}
