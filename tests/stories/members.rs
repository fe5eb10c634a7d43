//! Memberships under Entra's concurrency: five `PATCH`es in flight on one group.

use std::collections::BTreeSet;

use futures_util::{StreamExt as _, stream};
use kit::company::{Company, User};
use kit::entra;
use kit::world::World;
use serde_json::json;

async fn crowd(company: &Company, size: usize) -> Vec<User> {
    let names = (0..size).map(|number| format!("Person{number}"));
    let hired = names.map(|name| async move { company.hire(&name).await });
    stream::iter(hired).buffered(5).collect().await
}

#[tokio::test]
async fn fifty_patches_five_in_flight_on_one_group_lose_nobody() {
    let world = World::new().await;
    let company = world.contoso().await;
    let people = crowd(&company, 50).await;
    let group = company.form("Everybody", &[]).await;
    stream::iter(&people).for_each_concurrent(5, |person| company.add(&group, person)).await;
    let everybody: BTreeSet<String> = people.iter().cloned().collect();
    let members = company.members(&group).await;
    assert_eq!(members.len(), 50, "nobody is there twice");
    assert_eq!(BTreeSet::from_iter(members), everybody);

    let (gone, left) = people.split_at(25);
    stream::iter(gone).for_each_concurrent(5, |person| company.remove(&group, person)).await;
    let members = BTreeSet::from_iter(company.members(&group).await);
    assert_eq!(members, left.iter().cloned().collect());
    let team = company.ask(&format!("teams/{group}")).await.answered(200);
    assert_eq!(team.body["members"], 25);
}

#[tokio::test]
async fn removing_members_by_a_value_array_removes_those_and_nobody_else() {
    let world = World::new().await;
    let company = world.contoso().await;
    let people = crowd(&company, 4).await;
    let group = company.form("Sales", &people.iter().collect::<Vec<_>>()).await;
    let path = format!("Groups/{group}");

    company.patch(&path, &entra::remove_members(&[&people[0]])).await.answered(204);
    assert_eq!(company.members(&group).await, people[1..]);
    company.patch(&path, &entra::remove_members(&[&people[0]])).await.answered(204);
    assert_eq!(company.members(&group).await, people[1..], "who has gone cannot go again");
    // The other dialect, with the flag aadOptscim062020.
    let by_filter =
        json!({ "op": "remove", "path": format!("members[value eq \"{}\"]", people[1]) });
    company.patch(&path, &entra::patch([by_filter])).await.answered(204);
    assert_eq!(company.members(&group).await, people[2..]);
    company.patch(&path, &entra::remove_members(&[&people[2], &people[3]])).await.answered(204);
    assert_eq!(company.members(&group).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_membership_can_be_probed_without_reading_the_group() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    let group = company.form("Sales", &[&ada]).await;
    for (user, found) in [(&ada, 1), (&bob, 0)] {
        for filter in [
            format!(r#"id eq "{group}" and members eq "{user}""#),
            format!(r#"members eq "{user}" and id eq "{group}""#),
        ] {
            let answer = company.find("Groups", &filter).await;
            assert_eq!(answer.body["totalResults"], found, "{filter}");
        }
    }
}
