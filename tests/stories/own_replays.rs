//! A subscriber has a part of the feed sent to it once more, without asking an operator.

use std::collections::BTreeSet;

use kit::company::Company;
use kit::http::Answer;
use kit::receiver::{Received, Receiver};
use kit::wait::found;
use kit::world::World;
use reqwest::Method;
use serde_json::{Value, json};

/// An application with a token of its own, and the subscriber that it is.
struct Application<'a> {
    company: &'a Company,
    token: String,
    path: String,
}

impl<'a> Application<'a> {
    async fn of(world: &World, company: &'a Company, scope: &str, name: &str) -> Self {
        let issued = world.result(&format!("token issue --tenant contoso --scope {scope}")).await;
        let token = issued["api_token"].as_str().expect("a token").to_owned();
        Self { company, token, path: format!("subscribers/{name}/replays") }
    }

    async fn start(&self, body: Value) -> Answer {
        self.company.command_with(&self.token, Method::POST, &self.path, Some(&body)).await
    }

    async fn cancel(&self, id: &str) -> Answer {
        let path = format!("{}/{id}", self.path);
        self.company.command_with(&self.token, Method::DELETE, &path, None).await
    }

    async fn replay(&self) -> Value {
        let listed = self.company.ask_with(&self.token, &self.path).await.answered(200).body;
        listed["replays"][0].clone()
    }
}

fn replayed(receiver: &Receiver) -> Vec<Received> {
    let all = receiver.received().into_iter();
    all.filter(|one| !one.header("rollcall-replay").is_empty()).collect()
}

fn ids(received: &[Received]) -> BTreeSet<String> {
    received.iter().map(Received::id).collect()
}

#[track_caller]
fn refused(answer: Answer, status: u16, words: &[&str]) {
    let refused = answer.answered(status);
    let why = refused.body["detail"].as_str().expect("a detail");
    assert!(words.iter().all(|word| why.contains(word)), "{why}");
}

#[tokio::test]
async fn a_subscriber_has_a_part_sent_once_more_one_at_a_time_sees_how_far_it_is_and_ends_it() {
    let allowed = vec![("ROLLCALL_ALLOW_PRIVATE_WEBHOOKS", "true".to_owned())];
    let (world, receiver) = (World::set(allowed).await, Receiver::start().await);
    let company = world.contoso().await;
    let add = "subscriber add crm --tenant contoso --door webhook --facts employee.* --webhook-url";
    world.result(&format!("{add} {}", receiver.url)).await;
    let mut people = vec![];
    for number in 0..6 {
        people.push(company.hire(&format!("p{number}")).await);
    }
    let told = ids(&receiver.got(6).await);
    let crm = Application::of(&world, &company, "events:replay", "crm").await;

    // It is not answered, so that it stays under way; and no second one meanwhile.
    receiver.sleep(true);
    let planned = crm.start(json!({ "from": "2", "to": "5", "rate": 1 })).await.answered(201).body;
    let (after, through, events) = (&planned["after"], &planned["through"], &planned["events"]);
    assert_eq!((after, through, events), (&json!(1), &json!(5), &json!(4)), "{planned}");
    assert_eq!(planned["seconds"], 4);
    let id = planned["replayId"].as_str().expect("an id").to_owned();
    let busy = crm.start(json!({ "from": "beginning" })).await;
    refused(busy, 409, &[&id, "of 2 to 5 (4 wanted)"]);
    assert_eq!(crm.replay().await["state"], "running");
    crm.cancel(&id).await.answered(204);
    assert_eq!(crm.replay().await["state"], "cancelled");
    crm.cancel(&people[0]).await.answered(404);
    receiver.sleep(false);

    // All of it, as fast as it may: the same ids, marked.
    let before = replayed(&receiver).len();
    let id = crm.start(json!({ "from": "beginning" })).await.answered(201).body["replayId"].clone();
    let done = found("it is done", async || {
        let replay = crm.replay().await;
        (replay["state"] == "done").then_some(replay)
    })
    .await;
    assert_eq!((&done["replayId"], &done["givenUp"]), (&id, &json!(0)), "{done}");
    let again: Vec<_> = replayed(&receiver).split_off(before);
    let own = again.iter().filter(|one| one.event()["replayid"] == id).cloned().collect::<Vec<_>>();
    assert_eq!((ids(&own), own.len()), (told, 6));

    // What is told of one person only.
    receiver.sleep(true);
    let of_one = json!({ "from": "beginning", "person": people[3], "facts": ["employee.joined"] });
    let of_one = crm.start(of_one).await.answered(201).body;
    assert_eq!((&of_one["events"], &of_one["through"]), (&json!(1), &json!(4)), "{of_one}");
    crm.cancel(of_one["replayId"].as_str().expect("an id")).await.answered(204);
    receiver.sleep(false);

    // On NATS, where nobody fetches it here.
    world.result("subscriber add doors --tenant contoso --door nats").await;
    let doors = Application::of(&world, &company, "events:replay", "doors").await;
    let begun = doors.start(json!({ "from": "beginning" })).await.answered(201).body;
    assert_eq!(doors.replay().await["state"], "running");
    doors.cancel(begun["replayId"].as_str().expect("an id")).await.answered(204);
    assert_eq!(doors.replay().await["state"], "cancelled");

    // And what is refused says why.
    let reader = Application::of(&world, &company, "events:read", "crm").await;
    refused(reader.start(json!({ "from": "1" })).await, 403, &["events:replay"]);
    world.result("subscriber add reader --tenant contoso --door pull").await;
    let pulling = Application::of(&world, &company, "events:replay", "reader").await;
    refused(pulling.start(json!({ "from": "1" })).await, 409, &["after", "cursor"]);
    refused(crm.start(json!({ "from": "end" })).await, 400, &["no event"]);
    let nobody = Application::of(&world, &company, "events:replay", "nobody").await;
    refused(nobody.start(json!({ "from": "1" })).await, 404, &["nobody"]);
}
