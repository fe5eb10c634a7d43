//! Each door tells everything once, in order, whoever is killed meanwhile: the whole of the delivery, under a
//! company's life of ten thousand events.

mod applications;
mod life;
mod reach;

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use eventlog::Issuer;
use kit::alarms::WITHOUT_NATS;
use kit::company::Company;
use kit::receiver::Receiver;
use kit::wait::{found, found_within, until};
use kit::world::World;
use serde_json::Value;

use self::applications::{Application, Database, fetches, kept, of_receiver, pages, stream};
use self::life::live;
use self::reach::{Here, a_moment};
use crate::feed_reader::{check_numbers, events, page, people_of};

/// Events at least.
const EVENTS: usize = 10_000;
/// A webhook whose receiver slept is tried again after five minutes at most, and has thousands to send then.
const CATCHING_UP: Duration = Duration::from_mins(15);

/// Waits until an application has heard so many.
async fn has_heard(database: &Database, count: usize) {
    until("the application hears more", async || kept(database).heard.len() >= count).await;
}

/// The whole feed, read by nobody in particular.
async fn whole(company: &Company) -> Vec<Value> {
    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let read = page(events(company, &format!("limit=500{after}")).await);
        if read.events.is_empty() {
            return all;
        }
        all.extend(read.events);
        after = format!("&after={}", read.next);
    }
}

#[tokio::test]
async fn every_door_tells_each_event_once_and_in_order_whoever_is_killed_meanwhile() {
    let seed = Issuer::new().seed();
    let mut world = World::set(vec![
        ("ROLLCALL_ALLOW_PRIVATE_WEBHOOKS", "true".to_owned()),
        ("ROLLCALL_SUBSCRIBER_ISSUER", seed),
    ])
    .await;
    // This nats-server asks nobody who comes in.
    for words in WITHOUT_NATS.iter().copied().chain(["subscribers on NATS are not kept"]) {
        world.expects(words);
    }
    let company: Here = Arc::new(RwLock::new(world.contoso().await));
    let receiver = Receiver::start().await;
    let add = |line: String| format!("subscriber add {line} --tenant contoso");
    world.result(&add("pages --door pull".to_owned())).await;
    world.result(&add("fetches --door nats".to_owned())).await;
    let webhook = format!("receives --door webhook --webhook-url {}", receiver.url);
    world.result(&add(webhook)).await;
    let [by_page, by_stream, by_fetch] = [(); 3].map(|()| Database::default());
    let nats_url = world.nats.url();
    let paging = || Application::run(pages(company.clone(), by_page.clone()));
    let streaming = || Application::run(stream(company.clone(), by_stream.clone()));
    let fetching = || Application::run(fetches(nats_url.clone(), by_fetch.clone()));
    let (first_page, first_stream, first_fetch) = (paging(), streaming(), fetching());
    let killing = async {
        has_heard(&by_fetch, 300).await;
        first_fetch.kill();
        let fetching = fetching();
        has_heard(&by_page, 800).await;
        world.nats.kill9();
        world.nats.restart().expect("nats-server starts again");
        has_heard(&by_page, 2_500).await;
        first_page.kill();
        let paging = paging();
        receiver.sleep(true);
        world.program.kill9().await;
        world.start_again().await;
        company.write().unwrap_or_else(PoisonError::into_inner).moved_to(&world.url());
        has_heard(&by_page, 5_000).await;
        first_stream.kill();
        let streaming = streaming();
        receiver.sleep(false);
        has_heard(&by_stream, 7_000).await;
        world.program.kill9().await;
        world.nats.kill9();
        world.nats.restart().expect("nats-server starts again");
        world.start_again().await;
        company.write().unwrap_or_else(PoisonError::into_inner).moved_to(&world.url());
        [fetching, paging, streaming]
    };
    let ((), _running) = tokio::join!(live(company.clone()), killing);

    let issued = world.result("token issue --tenant contoso --scope all").await;
    let last = Company::new(&world.url(), "contoso", "", &issued);
    let all = found_within(CATCHING_UP, "everybody has heard all", async || {
        // To read all of it takes the time that those need who have not heard all.
        let heard = [&by_page, &by_stream, &by_fetch].map(|one| kept(one).heard.len());
        let webhook = receiver.ids().into_iter().collect::<BTreeSet<_>>().len();
        if heard.iter().any(|heard| *heard != webhook) {
            a_moment().await;
            return None;
        }
        let all = whole(&last).await;
        let is_told = webhook == all.len();
        let open =
            reqwest::get(format!("{}/metrics", world.url())).await.ok()?.text().await.ok()?;
        (is_told && open.contains("rollcall_receipts_open 0\n")).then_some(all)
    })
    .await;
    assert!(all.len() >= EVENTS, "{} events", all.len());
    check_numbers(&all, 1);
    let ids: BTreeSet<&str> =
        all.iter().map(|event| event["id"].as_str().expect("an id")).collect();
    let people = found("the read API has all", async || {
        let people = people_of(&last).await;
        (people == kept(&by_page).table.people()).then_some(people)
    })
    .await;
    let by_request = of_receiver(&receiver);
    for (door, kept) in [
        ("pages", &*kept(&by_page)),
        ("stream", &*kept(&by_stream)),
        ("nats", &*kept(&by_fetch)),
        ("webhook", &by_request),
    ] {
        let heard: BTreeSet<&str> = kept.heard.keys().map(String::as_str).collect();
        assert_eq!(heard, ids, "{door}");
        assert!(kept.table.people() == people, "{door}: the table is not what the read API has");
        // On NATS, what a killed subscriber had in its hands comes once more, behind later ones.
        assert!(kept.late == 0 || door == "nats", "{door}: {} out of order", kept.late);
    }
}
