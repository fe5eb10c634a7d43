//! What operators do with a subscriber's course through the feed: pause and drain it, begin it elsewhere, repeat
//! a part of it, try whether anybody is there.

use std::collections::BTreeSet;

use kit::receiver::{Received, Receiver};
use kit::wait::found;
use kit::world::World;
use serde_json::Value;

async fn world() -> World {
    World::set(vec![("ROLLCALL_ALLOW_PRIVATE_WEBHOOKS", "true".to_owned())]).await
}

async fn stands(world: &World, name: &str) -> Value {
    let listed = world.verb("subscribers --tenant contoso").await.ended(0).listed("subscribers");
    listed.into_iter().find(|one| one["name"] == name).expect("it is listed")
}

/// What came as part of a replay, and what did not.
fn parted(receiver: &Receiver) -> (Vec<Received>, Vec<Received>) {
    receiver.received().into_iter().partition(|one| !one.header("rollcall-replay").is_empty())
}

fn ids(received: &[Received]) -> Vec<String> {
    received.iter().map(Received::id).collect()
}

#[tokio::test]
async fn a_webhook_is_paused_drained_reset_tried_and_gets_a_part_once_more_also_after_a_kill() {
    let (mut world, receiver) = (world().await, Receiver::start().await);
    let mut company = world.contoso().await;
    let add = "subscriber add crm --tenant contoso --door webhook --facts employee.* --webhook-url";
    world.result(&format!("{add} {}", receiver.url)).await;
    for number in 0..30 {
        company.hire(&format!("p{number}")).await;
    }
    let told = ids(&receiver.got(30).await);
    found("it is up to date", async || {
        let delivery = stands(&world, "crm").await["delivery"].clone();
        (delivery["lag_events"] == 0 && delivery["accepted"] == 30).then_some(())
    })
    .await;

    // Drained, it gets nothing new; a test comes all the same.
    let drained = world.result("subscriber drain crm --tenant contoso --reason moving").await;
    assert_eq!(drained["drained"], true, "{drained}");
    company.hire("late").await;
    let tested = world.result("subscriber test crm --tenant contoso").await;
    assert_eq!(tested["outcome"], "accepted", "{tested}");
    assert_eq!(receiver.received().len(), 31);
    let test = receiver.received().pop().expect("the test").event();
    assert_eq!(test["type"], "rollcall.subscriber.test");
    assert_eq!(stands(&world, "crm").await["state"], "drained");
    found("who joined meanwhile waits for it", async || {
        (stands(&world, "crm").await["delivery"]["lag_events"] == 1).then_some(())
    })
    .await;
    world.result("subscriber resume crm --tenant contoso").await;
    receiver.got(32).await;

    // A reset says what it would do, and does it when it is told to.
    let reset = "subscriber reset crm --tenant contoso --to 21";
    let plan = world.result(reset).await;
    assert_eq!((&plan["after"], &plan["done"]), (&20.into(), &false.into()), "{plan}");
    let repeats = plan["repeats"].as_u64().expect("a number");
    assert!(repeats > 0, "{plan}");
    assert_eq!(receiver.received().len(), 32);
    assert_eq!(world.result(&format!("{reset} --yes")).await["done"], true);
    let repeats = usize::try_from(repeats).expect("few");
    let again = ids(&receiver.got(32 + repeats).await[32..]);
    // Of several people in any order; who joined while it was drained is the one who is new to `told`.
    let others = again.iter().filter(|id| !told.contains(id)).count();
    assert_eq!(others, 1, "the same ids: {again:?}");

    // A replay goes on after a kill, beside what is new, and is marked.
    let before = receiver.received().len();
    let replay = "subscriber replay crm --tenant contoso --from beginning --facts employee.joined";
    let plan = world.result(&format!("{replay} --rate 5")).await;
    assert_eq!((&plan["events"], &plan["seconds"]), (&31.into(), &7.into()), "{plan}");
    let started = world.result(&format!("{replay} --rate 5 --yes")).await;
    found("it has begun", async || (parted(&receiver).0.len() > 3).then_some(())).await;
    // It stays under way for as long as this takes.
    receiver.sleep(true);
    let busy = world.verb(&format!("{replay} --yes")).await.ended(1);
    assert!(busy.stderr.contains("under way"), "{}", busy.stderr);
    world.program.kill9().await;
    receiver.sleep(false);
    world.start_again().await;
    company.moved_to(&world.url());
    company.hire("new").await;
    let status = found("it is done", async || {
        let status = world.result("subscriber replay-status crm --tenant contoso").await;
        (status["outcome"] == "done").then_some(status)
    })
    .await;
    assert_eq!(status["replay_id"], started["replay_id"]);
    found("what is new came too", async || (parted(&receiver).1.len() > before).then_some(()))
        .await;
    let (again, _) = parted(&receiver);
    let wanted: BTreeSet<String> = told.iter().cloned().collect();
    let got: BTreeSet<String> = ids(&again).into_iter().collect();
    assert!(wanted.is_subset(&got) && got.len() == 31, "{} of 31", got.len());
    assert!(again.iter().all(|one| one.event()["replayid"] == started["replay_id"]));
}

#[tokio::test]
async fn who_adds_a_subscriber_on_nats_is_told_where_it_connects_and_what_leaves_it_outside() {
    let world = World::new().await;
    world.contoso().await;
    let added = world.result("subscriber add doors --tenant contoso --door nats").await;
    let url = added["nats_url"].as_str().expect("where to connect");
    assert!(url.starts_with("nats://") && !url.contains('@'), "{url}");
    world.result("subscriber pause doors --tenant contoso").await;
    assert_eq!(stands(&world, "doors").await["state"], "paused");
    world.result("subscriber resume doors --tenant contoso").await;
    let secret = added["secret_id"].as_str().expect("an id");
    let withdrawn = format!("subscriber withdraw doors --tenant contoso --secret {secret}");
    let withdrawn = world.verb(&withdrawn).await.ended(0);
    assert!(withdrawn.stderr.contains("its last secret"), "{}", withdrawn.stderr);
}
