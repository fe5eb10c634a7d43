//! Applications are told everything once, whatever happens to whoever tells.

use events::{GroupProfile, TeamId};
use roster::{Intent, MemberChange};
use uuid::Uuid;

use crate::world::{World, is_sound, new_user, people, people_of, resource, user};

fn group(members: impl IntoIterator<Item = u128>) -> Intent {
    let members = members.into_iter().map(|number| resource(number).to_string()).collect();
    Intent::Group {
        team: TeamId(Uuid::from_u128(0x7000)),
        profile: GroupProfile {
            display_name: "Core".to_owned(),
            external_id: None,
            attributes: serde_json::Map::new(),
        },
        members: vec![MemberChange::Exactly(members)],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_log_is_told_and_what_comes_is_told_as_it_comes() {
    let mut world = World::new().await;
    world.decide(&new_user(1)).await;
    let running = world.publishes(None);
    running.has_told(&world).await;
    world.decide(&new_user(2)).await;
    world.decide(&user(1, "Dr", false)).await;
    running.has_told(&world).await;
    let told = world.told().await;
    is_sound(&told);
    let kinds: Vec<&str> = told.iter().map(|event| &*event.kind).collect();
    let expected =
        ["rollcall.employee.joined", "rollcall.employee.joined", "rollcall.employee.left"];
    assert_eq!(kinds, expected);
    assert_eq!(people(&told), people_of(&world.roster));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_tells_may_be_killed_at_any_moment_and_everything_is_told_once() {
    let mut world = World::new().await;
    for number in 0..40 {
        world.decide(&new_user(number)).await;
    }
    world
        .decide(&Intent::NewGroup {
            team: TeamId(Uuid::from_u128(0x7000)),
            profile: GroupProfile {
                display_name: "Core".to_owned(),
                external_id: None,
                attributes: serde_json::Map::new(),
            },
            members: vec![],
        })
        .await;
    for round in 0..30_u64 {
        let running = world.publishes(None);
        let (from, to) = (u128::from(round % 7), u128::from(20 + round % 11));
        world.decide(&group(from..to)).await;
        // Sooner or later in what it does.
        for _ in 0..round * 40 {
            tokio::task::yield_now().await;
        }
        running.kill().await;
    }
    let running = world.publishes(None);
    running.has_told(&world).await;
    let told = world.told().await;
    is_sound(&told);
    assert_eq!(people(&told), people_of(&world.roster));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_tell_each_tells_only_what_the_other_has_not() {
    let mut world = World::new().await;
    let (one, other) = (world.publishes(None), world.publishes(None));
    for number in 0..60 {
        world.decide(&new_user(number)).await;
    }
    one.has_told(&world).await;
    other.has_told(&world).await;
    let told = world.told().await;
    is_sound(&told);
    assert_eq!(told.len(), 60);
    one.kill().await;
    world.decide(&user(1, "Dr", true)).await;
    other.has_told(&world).await;
    is_sound(&world.told().await);
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_roster_is_taken_up_and_nothing_is_told_again_or_left_out() {
    let mut world = World::new().await;
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("told.roster");
    let running = world.publishes(Some(path.clone()));
    world.decide(&new_user(1)).await;
    running.has_told(&world).await;
    running.stop().await;
    assert!(path.exists(), "a stop saves what was told");
    world.decide(&user(1, "Dr", false)).await;
    let running = world.publishes(Some(path));
    running.has_told(&world).await;
    let told = world.told().await;
    is_sound(&told);
    assert_eq!(told.len(), 2);
    assert_eq!(people(&told), people_of(&world.roster));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_is_made_anew_from_the_same_log_is_the_same() {
    let mut world = World::new().await;
    for number in 0..5 {
        world.decide(&new_user(number)).await;
    }
    let running = world.publishes(None);
    running.has_told(&world).await;
    running.stop().await;
    let first = world.told().await;
    world.forget_feed().await;
    let running = world.publishes(None);
    running.has_told(&world).await;
    assert_eq!(world.told().await, first);
    running.stop().await;
}
