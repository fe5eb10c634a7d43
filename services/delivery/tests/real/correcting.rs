//! What was told and is not so is corrected.

use delivery::Phase;
use eventlog::FeedMessage;
use feed::header;
use serde_json::Value;

use crate::world::{TENANT, World, is_sound, new_user, people, people_of, user};

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_of_another_history_stays_as_it_is_until_the_loss_is_given_up() {
    let mut world = World::new().await;
    for number in 1..=3 {
        world.decide(&new_user(number)).await;
    }
    let running = world.publishes(None);
    running.has_told(&world).await;
    running.stop().await;
    let first = world.told().await;

    world.lose_log().await;
    world.decide(&new_user(1)).await;
    world.decide(&user(1, "Dr", false)).await;
    let running = world.publishes(None);
    let mut phase = running.publisher.shown().phase();
    let stuck = phase.wait_for(|phase| matches!(phase, Phase::Stuck(_))).await.unwrap().clone();
    let Phase::Stuck(why) = stuck else { unreachable!("it is stuck") };
    assert!(why.contains("--accept-lost-events"), "{why}");
    running.stop().await;
    assert_eq!(world.told().await, first);

    world.accept_lost = true;
    let running = world.publishes(None);
    running.has_told(&world).await;
    world.decide(&new_user(4)).await;
    running.has_told(&world).await;
    let told = world.told().await;
    is_sound(&told);
    assert_eq!(people(&told), people_of(&world.roster));
    running.stop().await;

    // Once is enough.
    world.accept_lost = false;
    let running = world.publishes(None);
    running.has_told(&world).await;
    running.stop().await;
    assert_eq!(world.told().await, told);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_derived_by_other_rules_is_corrected_where_it_ends() {
    let mut world = World::new().await;
    world.decide(&new_user(1)).await;
    let running = world.publishes(None);
    running.has_told(&world).await;
    running.stop().await;
    // As if another release had called the person otherwise.
    let last = world.feed.last(None).await.unwrap().unwrap();
    let told = last.header(header::LOG).unwrap().to_owned();
    let mut body: Value = serde_json::from_slice(last.body()).unwrap();
    body["employee"]["displayName"] = "Somebody else".into();
    let message = FeedMessage {
        subject: last.subject().replace("joined", "changed"),
        headers: vec![
            (header::ID, "other".to_owned()),
            (header::TYPE, "rollcall.employee.changed".to_owned()),
            (header::SEQUENCE, "2".to_owned()),
            (header::LOG, told),
            (header::RULES, "other rules".to_owned()),
        ],
        body: serde_json::to_vec(&body).unwrap().into(),
    };
    world.feed.append(1, &[message]).await.unwrap();
    world.decide(&user(1, "Dr", false)).await;
    let running = world.publishes(None);
    running.has_told(&world).await;
    let told = world.told().await;
    is_sound(&told);
    let kinds: Vec<&str> = told.iter().map(|event| &*event.kind).collect();
    let expected = ["joined", "changed", "changed", "left"];
    assert_eq!(kinds, expected.map(|fact| format!("rollcall.employee.{fact}")), "{TENANT}");
    assert_eq!(told[2].body["changed"], serde_json::json!(["displayName"]));
    assert_eq!(people(&told), people_of(&world.roster));
    running.stop().await;
}
