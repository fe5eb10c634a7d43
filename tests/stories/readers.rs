//! Subscribers that ask over HTTP: what is kept for them, and what is not theirs.

use kit::company::Company;
use kit::wait::found;
use kit::world::World;
use reqwest::Method;
use serde_json::json;

use crate::feed_reader::{EventStream, Page, events, page, read_up_to};

async fn read(company: &Company, query: &str) -> Page {
    page(events(company, &format!("subscriber=canteen&{query}")).await)
}

fn subjects(page: &Page) -> Vec<&str> {
    page.events.iter().map(|event| event["subject"].as_str().expect("a subject")).collect()
}

#[tokio::test]
async fn who_asks_for_what_follows_has_what_came_before_also_after_a_kill() {
    let mut world = World::new().await;
    let mut company = world.contoso().await;
    let added = world
        .result("subscriber add canteen --tenant contoso --door pull --facts employee.*")
        .await;
    assert_eq!((&added["door"], &added["secret"]), (&json!("pull"), &json!(null)));
    assert_eq!(added["pull"]["events"], "/api/v1/contoso/events?subscriber=canteen");
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    let sales = company.form("Sales", &[]).await;
    let cleo = company.hire("Cleo").await;
    read_up_to(&company, "rollcall.employee.joined", &cleo).await;
    // What it wants, from the beginning, again and again until it goes on.
    let first = read(&company, "limit=2").await;
    assert_eq!(subjects(&first), [&ada, &bob]);
    assert_eq!(read(&company, "limit=2").await.events, first.events);
    let rest = read(&company, &format!("after={}", first.next)).await;
    assert_eq!(subjects(&rest), [&cleo]);
    assert_eq!(subjects(&read(&company, "").await), [&cleo]);
    // An older cursor takes nothing back; who asks for more is told that, and for less is refused.
    assert_eq!(read(&company, &format!("limit=1&after={}", first.next)).await.events.len(), 1);
    assert_eq!(subjects(&read(&company, "types=employee.*,team.*").await), [&sales, &cleo]);
    let unseen = format!("subscriber=canteen&types=team.*&after={}", rest.next);
    let refused = events(&company, &unseen).await.answered(400);
    assert!(refused.body["detail"].as_str().is_some_and(|it| it.contains("employee.")));
    assert_eq!(subjects(&read(&company, "").await), [&cleo]);

    let path = "subscribers/canteen/acknowledgements";
    let acknowledge = async |company: &Company, cursor: &str| {
        let body = json!({ "cursor": cursor });
        company.command(Method::POST, path, Some(&body)).await.answered(204);
    };
    acknowledge(&company, &rest.next).await;
    world.program.kill9().await;
    world.start_again().await;
    company.moved_to(&world.url());
    assert!(read(&company, "").await.events.is_empty());
    acknowledge(&company, &first.next).await;
    let dan = company.hire("Dan").await;
    let mut stream = EventStream::open(&company, "subscriber=canteen", None).await;
    assert_eq!(stream.next().await.expect("an event").data["subject"], dan);
    found("it is shown how far it is", async || {
        let listed = world.verb("subscribers --tenant contoso").await.ended(0);
        let canteen = listed.listed("subscribers")[0].clone();
        (canteen["reader"]["position"].as_u64()? > 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_name_is_good_for_its_door_and_as_long_as_it_is_enabled() {
    let world = World::new().await;
    let company = world.contoso().await;
    let line =
        async |line: &str| world.result(&format!("subscriber {line} --tenant contoso")).await;
    line("add canteen --door pull").await;
    line("add kitchen --door nats").await;
    let mut stream = EventStream::open(&company, "subscriber=canteen", None).await;
    events(&company, "subscriber=nobody").await.answered(404);
    let other = events(&company, "subscriber=kitchen").await.answered(409);
    assert!(other.text.contains("has the door nats"), "{}", other.text);
    line("disable canteen --reason Renovation").await;
    let refused = events(&company, "subscriber=canteen").await.answered(403);
    assert!(refused.text.contains("Renovation"), "{}", refused.text);
    let end = stream.next().await.expect("why it ends");
    assert_eq!((&*end.event, &end.data["reason"]), ("end", &json!("disabled")));
    line("enable canteen").await;
    events(&company, "subscriber=canteen").await.answered(200);
    let rotated = world.verb("subscriber rotate canteen --tenant contoso").await.ended(1);
    assert!(rotated.stderr.contains("issue a token"), "{}", rotated.stderr);
}
