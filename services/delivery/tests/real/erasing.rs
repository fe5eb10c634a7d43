//! What was told of a person goes when they are erased.

use crate::world::{World, new_user, people, people_of, user};

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_is_told_with_the_numbers_that_are_missing_then() {
    let mut world = World::new().await;
    let running = world.publishes(None);
    for number in 1..=2 {
        world.decide(&new_user(number)).await;
    }
    world.decide(&user(1, "Dr", true)).await;
    world.decide(&user(1, "Dr", false)).await;
    world.erase(1).await;
    running.has_told(&world).await;
    let told = world.told().await;
    let numbers: Vec<u64> = told.iter().map(|event| event.sequence).collect();
    assert_eq!(numbers, [2, 5]);
    let erased = told.last().expect("an event");
    assert_eq!(erased.kind, "rollcall.employee.erased");
    assert_eq!(erased.body["sequences"], serde_json::json!([1, 3, 4]));
    assert_eq!(people(&told), people_of(&world.roster));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_kill_left_of_an_erased_person_is_removed_at_the_next_start() {
    let mut world = World::new().await;
    world.decide(&new_user(1)).await;
    world.decide(&user(1, "Dr", false)).await;
    let running = world.publishes(None);
    running.has_told(&world).await;
    running.stop().await;
    world.erase(1).await;
    // Killed between the erasure that it tells and the removal of what it told.
    for round in 0..50_u64 {
        let running = world.publishes(None);
        for _ in 0..round * 30 {
            tokio::task::yield_now().await;
        }
        running.kill().await;
    }
    let running = world.publishes(None);
    running.has_told(&world).await;
    let told = world.told().await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].body["sequences"], serde_json::json!([1, 2]));
    running.stop().await;
}
