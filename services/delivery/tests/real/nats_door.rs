//! Subscribers on a nats-server with the settings that are shipped, each with no more than is theirs.

mod courses;
mod world;

use bytes::Bytes;
use events::Digest;
use futures_util::StreamExt as _;
use kit::wait::until;
use roster::Intent;
use serde_json::{Value, json};

use self::world::{SILENCE, World, acknowledge, bodies, fetch, received};

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_reads_what_it_wants_of_its_own_tenant_from_where_it_wants_and_goes_on_there()
{
    let world = World::new().await;
    for (tenant, fact, sequence) in [
        ("acme", "joined", 1),
        ("initech", "joined", 1),
        ("acme", "left", 2),
        ("acme", "joined", 3),
    ] {
        world.told(tenant, fact, sequence).await;
    }
    let kitchen = world.subscriber("acme", "kitchen", &[], 0).await;
    let client = world.enter(&kitchen).await;
    let all = received(&client, &kitchen.user, 3).await;
    let numbers: Vec<_> = bodies(&all).iter().map(|body| body["n"].clone()).collect();
    assert_eq!(numbers, [1, 2, 3]);
    for event in &all {
        acknowledge(&client, event).await;
    }
    world.told("acme", "left", 4).await;
    let next = received(&client, &kitchen.user, 1).await;
    assert_eq!(bodies(&next), [json!({ "tenant": "acme", "n": 4 })]);

    let leavers = world.subscriber("acme", "leavers", &["employee.left"], 2).await;
    let client = world.enter(&leavers).await;
    let left = received(&client, &leavers.user, 1).await;
    assert_eq!(bodies(&left), [json!({ "tenant": "acme", "n": 4 })]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_can_do_nothing_but_read_its_own_events() {
    let world = World::new().await;
    world.told("acme", "joined", 1).await;
    world.told("initech", "joined", 1).await;
    let (ours, theirs) = (
        world.subscriber("acme", "kitchen", &[], 0).await,
        world.subscriber("initech", "kitchen", &[], 0).await,
    );
    let client = world.enter(&ours).await;
    assert!(fetch(&client, &theirs.user, 1).await.is_empty(), "another tenant's events");
    let before = (
        world.feed.end().await.expect("the feed is there"),
        world.log.end().await.expect("the log is there"),
    );
    for subject in [
        "feed.acme.employee.x.joined",
        "prov.acme.user.x.created",
        "$JS.API.STREAM.PURGE.FEED",
        "$JS.API.STREAM.DELETE.FEED",
        "$JS.API.STREAM.MSG.GET.PROVISIONING",
        "$JS.API.DIRECT.GET.FEED",
        "$JS.API.CONSUMER.CREATE.FEED",
        "$JS.API.CONSUMER.MSG.NEXT.FEED.acme_kitchen",
        "ROLLCALL.API.CONSUMER.DELETE.FEED.acme_kitchen",
        "ROLLCALL.API.CONSUMER.INFO.FEED.initech_kitchen",
        "ROLLCALL.CONNZ",
        "$SYS.REQ.SERVER.PING.CONNZ",
        "$SYS.REQ.USER.AUTH",
    ] {
        let asked = client.request(subject.to_owned(), r#"{"seq":1}"#.into());
        let answer = tokio::time::timeout(SILENCE, asked).await;
        assert!(!matches!(answer, Ok(Ok(_))), "{subject} was answered");
    }
    for subject in [">", "prov.>", "feed.>", "_INBOX.>", "_INBOX_initech_kitchen.>", "$SYS.>"] {
        let mut heard = client.subscribe(subject.to_owned()).await.expect("the client asks");
        client.flush().await.expect("the server is there");
        world.told("acme", "left", world.feed.end().await.expect("there").seq + 1).await;
        assert!(tokio::time::timeout(SILENCE, heard.next()).await.is_err(), "{subject} is heard");
    }
    // What it has sent to where answers go, is written nowhere and acknowledges nothing of others.
    let (grew, after) = (world.feed.end().await.expect("there").seq, world.log.end().await);
    assert_eq!(after.expect("the log is there"), before.1);
    let victim = world.enter(&theirs).await;
    let held = received(&victim, &theirs.user, 1).await.remove(0);
    let next = format!("ROLLCALL.API.CONSUMER.MSG.NEXT.FEED.{}", ours.user);
    let acknowledgement = held.reply.clone().expect("it can be acknowledged").to_string();
    for reply in ["prov.acme.user.x.created", "feed.acme.employee.x.left", &acknowledgement] {
        let asked = r#"{"batch":1,"no_wait":true}"#;
        let sent = client.publish_with_reply(next.clone(), reply.to_owned(), asked.into()).await;
        sent.expect("the client asks");
    }
    client.flush().await.expect("the server is there");
    fetch(&client, &ours.user, 1).await;
    assert_eq!(world.feed.end().await.expect("there").seq, grew);
    assert_eq!(world.log.end().await.expect("the log is there"), before.1);
    let info = format!("ROLLCALL.API.CONSUMER.INFO.FEED.{}", theirs.user);
    let info = victim.request(info, Bytes::new()).await.expect("it may ask about its own");
    let info: Value = serde_json::from_slice(&info.payload).expect("JSON");
    assert_eq!(info["num_ack_pending"], json!(1), "{info}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_secrets_open_beside_each_other_and_whoever_came_in_by_a_withdrawn_one_is_cut_off() {
    let world = World::new().await;
    world.told("acme", "joined", 1).await;
    let old = world.subscriber("acme", "kitchen", &[], 0).await;
    let wrong = world.connect(&old.user, "rcn_wrong").await;
    assert!(wrong.is_err_and(|said| said.contains("authorization")), "a wrong secret");
    let new = world.rotated("acme", &old).await;
    let (by_old, by_new) = (world.enter(&old).await, world.enter(&new).await);
    assert_eq!(received(&by_new, &new.user, 1).await.len(), 1);

    let withdraw = Intent::WithdrawSubscriberSecret { subscriber: old.id, secret_id: old.secret };
    world.tell("acme", withdraw).await;
    until("whoever came in by the old one is cut off", async || {
        by_old.connection_state() != async_nats::connection::State::Connected
    })
    .await;
    assert!(world.connect(&old.user, &old.password).await.is_err());
    assert_eq!(by_new.connection_state(), async_nats::connection::State::Connected);
    world.told("acme", "left", 2).await;
    assert_eq!(received(&by_new, &new.user, 1).await.len(), 1);

    // Nobody is let in who is removed or disabled; a place is kept as long as there is a subscriber.
    let (subscriber, reason) = (old.id, "too loud".to_owned());
    world.tell("acme", Intent::DisableSubscriber { subscriber, reason, by_itself: false }).await;
    until("the disabled one is cut off", async || {
        by_new.connection_state() != async_nats::connection::State::Connected
    })
    .await;
    world.tell("acme", Intent::EnableSubscriber { subscriber }).await;
    let again = world.enter(&new).await;
    world.tell("acme", Intent::RemoveSubscriber { subscriber }).await;
    until("the removed one is cut off, and its consumer is gone", async || {
        let consumers = world.feed.subscriber_consumers().await;
        consumers.is_ok_and(|all| all.is_empty())
            && again.connection_state() != async_nats::connection::State::Connected
    })
    .await;
    assert_ne!(Digest::of(new.password.as_bytes()), Digest::of(old.password.as_bytes()));
}
