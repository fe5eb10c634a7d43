//! What arrives, how it is signed, and in which order.

use std::collections::BTreeSet;
use std::time::Duration;

use cipher::WebhookSecret;
use delivery::webhooks::{Reach, Schedule};
use events::SecretId;
use kit::receiver::Receiver;
use kit::wait::found;
use roster::Intent;
use uuid::Uuid;

use crate::world::{World, of_person};

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_gets_what_it_wants_once_and_each_persons_events_in_order() {
    let (world, receiver) = (World::new().await, Receiver::start().await);
    let before = world.tell(&[(1, "employee.joined"), (2, "employee.joined")]).await;
    let id = world.subscriber("crm", &receiver.url, &["employee.*"]).await;
    let sending = world.send(Schedule::default());
    receiver.got(2).await;
    let facts: Vec<_> = (0..60).map(|n| (n % 4 + 1, "employee.changed")).collect();
    let after = world.tell(&facts).await;
    world.tell(&[(9, "team.changed")]).await;
    world.settled(id).await;
    let mut expected = [before.clone(), after.clone()].concat();
    for person in 1..=4_usize {
        let own = after.iter().skip(person - 1).step_by(4).cloned();
        let own: Vec<_> = before
            .iter()
            .skip(person - 1)
            .take(usize::from(person < 3))
            .cloned()
            .chain(own)
            .collect();
        assert_eq!(of_person(&receiver, u128::try_from(person).unwrap()), own);
    }
    let mut got = receiver.ids();
    got.sort();
    expected.sort();
    assert_eq!(got, expected);
    sending.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_a_cloud_event_that_is_signed() {
    let (world, receiver) = (World::new().await, Receiver::start().await);
    world.subscriber("crm", &receiver.url, &[]).await;
    let _sending = world.send(Schedule::default());
    let ids = world.tell(&[(1, "employee.left")]).await;
    let first = receiver.got(1).await.remove(0);
    assert_eq!(first.id(), ids[0]);
    assert_eq!(first.header("content-type"), "application/cloudevents+json");
    let event = first.event();
    assert_eq!((&event["id"], &event["specversion"]), (&ids[0].as_str().into(), &"1.0".into()));
    assert_eq!(event["type"], "rollcall.employee.left");
    assert_eq!(event["data"]["number"], 1);
    assert!(first.header("webhook-signature").starts_with("v1,"));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_secret_is_replaced_both_sign_and_then_the_new_one_alone() {
    let (world, receiver) = (World::new().await, Receiver::start().await);
    let id = world.subscriber("crm", &receiver.url, &[]).await;
    let _sending = world.send(Schedule::default());
    world.tell(&[(1, "employee.left")]).await;
    receiver.got(1).await;
    let old = world.known(id).secrets[0].id;
    let (new, secret) = (SecretId(Uuid::now_v7()), world.encrypted(&WebhookSecret::pair([8; 32])));
    world.want(Intent::IssueSubscriberSecret { subscriber: id, secret_id: new, secret }).await;
    let signed = async |count: usize| {
        found("the secrets are in use", async || {
            world.tell(&[(1, "employee.changed")]).await;
            let last = receiver.received().pop()?;
            let kinds: Vec<_> = last
                .header("webhook-signature")
                .split(' ')
                .map(|one| one.split_once(',').unwrap().0.to_owned())
                .collect();
            (kinds.len() == count).then_some(kinds)
        })
        .await
    };
    assert_eq!(signed(2).await, ["v1", "v1a"]);
    world.want(Intent::WithdrawSubscriberSecret { subscriber: id, secret_id: old }).await;
    assert_eq!(signed(1).await, ["v1a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_subscriber_begins_where_it_says() {
    let (world, receiver) = (World::new().await, Receiver::start().await);
    let ids = world.tell(&[(1, "employee.joined"); 9]).await;
    let later = world.subscriber_after("crm", &receiver.url, &[], 6).await;
    let _sending = world.send(Schedule::default());
    world.settled(later).await;
    assert_eq!(receiver.ids(), ids[6..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_sleeps_slows_nobody_else() {
    let world = World::new().await;
    let (sleeper, other) = (Receiver::start().await, Receiver::start().await);
    sleeper.sleep(true);
    let asleep = world.subscriber("sleeper", &sleeper.url, &[]).await;
    let awake = world.subscriber("other", &other.url, &[]).await;
    let sending = world.send(Schedule::default());
    for round in 0..20_u128 {
        let facts: Vec<_> = (0..50).map(|n| (round * 50 + n, "employee.joined")).collect();
        world.tell(&facts).await;
    }
    world.settled(awake).await;
    assert_eq!(other.received().len(), 1000);
    // What waited too long for its answer comes again.
    let got = || sleeper.ids().into_iter().collect::<BTreeSet<_>>().len();
    assert!(got() <= 8, "{}", got());
    sleeper.sleep(false);
    world.settled(asleep).await;
    assert_eq!(got(), 1000);
    sending.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_to_this_machine_unless_that_is_allowed() {
    let (world, receiver) = (World::new().await, Receiver::start().await);
    let port = receiver.url.trim_end_matches("/hooks").rsplit(':').next().unwrap();
    let by_name = world.subscriber("by-name", &format!("https://localhost:{port}/"), &[]).await;
    let by_address =
        world.subscriber("by-address", &format!("https://127.0.0.1:{port}/"), &[]).await;
    let plain = world.subscriber("plain", &receiver.url, &[]).await;
    let _sending = world.send_as(Schedule::default(), Reach::Public, Duration::from_secs(5));
    world.tell(&[(1, "employee.joined")]).await;
    for id in [by_name, by_address, plain] {
        let state = found("it was tried", async || {
            world.state(id).await.filter(|state| state.last_failure.is_some())
        });
        assert_eq!(state.await.last_failure.as_deref(), Some("forbidden-address"));
    }
    assert!(receiver.received().is_empty());
}
