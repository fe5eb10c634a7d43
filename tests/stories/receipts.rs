//! Receipts of departures: who has acknowledged that somebody left, and who has not.

use std::time::{Duration, Instant};

use async_nats::jetstream;
use async_nats::jetstream::consumer::DeliverPolicy;
use eventlog::Issuer;
use futures_util::StreamExt as _;
use kit::company::Company;
use kit::receiver::Receiver;
use kit::wait::{found, until};
use kit::world::World;
use serde_json::{Value, json};

use crate::feed_reader::{events, page};

/// A world whose program sends webhooks to this machine and lets subscribers fetch from NATS, with more
/// settings.
async fn world(more: &[(&'static str, &str)]) -> World {
    let mut settings = vec![
        ("ROLLCALL_ALLOW_PRIVATE_WEBHOOKS", "true".to_owned()),
        ("ROLLCALL_SUBSCRIBER_ISSUER", Issuer::new().seed()),
    ];
    settings.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let mut world = World::set(settings).await;
    // This nats-server asks nobody who comes in.
    world.expects("subscribers on NATS are not kept");
    world
}

/// What the receipts say that were closed, in the order of the log.
async fn closed(world: &World) -> Vec<Value> {
    let mut all = world.events("contoso").await;
    all.retain(|event| event["type"] == "user.receipt-closed");
    all
}

/// The names in a list of subscribers.
fn names(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().filter_map(|one| one["name"].as_str()).collect()
}

/// What the consumer gives next, once it is in the feed.
async fn next(consumer: &jetstream::consumer::PullConsumer) -> jetstream::Message {
    let batch = consumer.batch().max_messages(1).expires(Duration::from_secs(50));
    let mut batch = batch.messages().await.expect("messages");
    batch.next().await.expect("it comes in time").expect("a message")
}

#[tokio::test]
async fn a_departure_is_told_by_each_door_and_its_receipt_says_who_has_acknowledged_it() {
    let world = world(&[]).await;
    let (company, receiver) = (world.contoso().await, Receiver::start().await);
    let add =
        async |line: &str| world.result(&format!("subscriber add {line} --tenant contoso")).await;
    add(&format!("crm --door webhook --webhook-url {}", receiver.url)).await;
    add("canteen --door pull --facts employee.*").await;
    add("kitchen --door nats --facts employee.left,employee.returned").await;
    add("planner --door pull --facts booking.*").await;
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    let leaves = Instant::now();
    company.disable(&ada).await;
    let shown = async |person: &str, code: i32| {
        world.verb(&format!("receipt {person} --tenant contoso")).await.ended(code).line()
    };
    assert_eq!(shown(&bob, 0).await["state"], "none");
    let waiting = found("the webhook has acknowledged it", async || {
        let verb = world.verb(&format!("receipt {ada} --tenant contoso")).await;
        let receipt = verb.line();
        let crm = receipt["subscribers"].as_array()?.iter().find(|one| one["name"] == "crm")?;
        crm["seconds"].is_number().then(|| receipt.clone())
    })
    .await;
    assert_eq!(waiting["state"], "open");
    assert_eq!(names(&waiting["subscribers"]), ["canteen", "crm", "kitchen"]);
    assert_eq!(shown(&ada, 3).await["state"], "open");

    let read = page(events(&company, "subscriber=canteen").await);
    events(&company, &format!("subscriber=canteen&after={}", read.next)).await.answered(200);
    let client = async_nats::connect(world.nats.url()).await.expect("a connection");
    let stream = jetstream::new(client).get_stream("FEED").await.expect("the feed");
    let consumer: jetstream::consumer::PullConsumer =
        stream.get_consumer("contoso_kitchen").await.expect("its consumer");
    let left = next(&consumer).await;
    assert!(left.subject.ends_with(".left"), "{}", left.subject);
    left.double_ack().await.expect("it is acknowledged");

    until("all have acknowledged it", async || {
        world.verb(&format!("receipt {ada} --tenant contoso")).await.line()["state"]
            == "acknowledged"
    })
    .await;
    let id = company.employee(&ada).await["id"].as_str().expect("an id").to_owned();
    let read = company.ask(&format!("employees/{id}/receipt")).await.answered(200).body;
    assert_eq!(read["state"], "acknowledged");
    let all = leaves.elapsed().as_secs_f64();
    let seconds = read["subscribers"].as_array().expect("a list").iter();
    assert!(seconds.into_iter().all(|one| one["seconds"].as_f64().is_some_and(|it| it <= all)));
    let none = company
        .ask(&format!(
            "employees/{}/receipt",
            company.employee(&bob).await["id"].as_str().expect("an id")
        ))
        .await;
    none.answered(404);
    // The log says so once, and applications are told.
    let told = closed(&world).await;
    assert_eq!(told.len(), 1);
    let told = found("the receiver is told", async || {
        let all = receiver.received();
        let mut all = all.iter().map(kit::receiver::Received::event);
        all.find(|event| event["type"] == "rollcall.employee.receipt-closed")
    })
    .await;
    assert_eq!(told["data"]["employee"]["standing"], "former");
    assert_eq!(told["data"]["receipt"]["outcome"], "acknowledged");
    assert_eq!(names(&told["data"]["receipt"]["acknowledged"]), ["canteen", "crm", "kitchen"]);
    assert_eq!(told["data"]["receipt"]["missing"], json!([]));
    until("the metrics count three acknowledgements", async || {
        let metrics = reqwest::get(format!("{}/metrics", world.url())).await.expect("an answer");
        let metrics = metrics.text().await.expect("a text");
        metrics.contains("rollcall_leaver_latency_seconds_count 3\n")
    })
    .await;
    what_a_reset_skips_is_not_acknowledged(&world, &company, &stream, &bob).await;
}

/// Somebody leaves, kitchen is begun anew behind that, and acknowledges what comes later.
async fn what_a_reset_skips_is_not_acknowledged(
    world: &World,
    company: &Company,
    stream: &jetstream::stream::Stream,
    skipped: &str,
) {
    let acknowledged = async |person: &str| {
        let verb = world.verb(&format!("receipt {person} --tenant contoso")).await;
        let receipt = verb.line();
        let mut all = receipt["subscribers"].as_array()?.iter();
        all.find(|one| one["name"] == "kitchen").map(|one| one["seconds"].is_number())
    };
    company.disable(skipped).await;
    until("it has a receipt", async || acknowledged(skipped).await == Some(false)).await;
    world.result("subscriber reset kitchen --tenant contoso --to end --yes").await;
    let anew = found("its consumer is another", async || {
        let found: jetstream::consumer::PullConsumer =
            stream.get_consumer("contoso_kitchen").await.ok()?;
        let policy = found.cached_info().config.deliver_policy;
        matches!(policy, DeliverPolicy::ByStartSequence { .. }).then_some(found)
    })
    .await;
    let later = company.hire("Cal").await;
    company.disable(&later).await;
    next(&anew).await.double_ack().await.expect("it is acknowledged");
    until("the later one is acknowledged", async || acknowledged(&later).await == Some(true)).await;
    assert_eq!(acknowledged(skipped).await, Some(false));
}

#[tokio::test]
async fn a_receipt_ends_with_its_time_with_a_return_or_without_the_subscriber_and_is_told_of_once()
{
    let mut world = world(&[]).await;
    let mut company = world.contoso().await;
    world.result("subscriber add canteen --tenant contoso --door pull").await;
    let people = [company.hire("Ada").await, company.hire("Bob").await, company.hire("Cleo").await];
    let [ada, bob, cleo] = &people;
    company.disable(bob).await;
    company.restore(bob).await;
    company.disable(cleo).await;
    let state = async |world: &World, person: &str| {
        let verb = world.verb(&format!("receipt {person} --tenant contoso")).await;
        verb.line()["state"].as_str().unwrap_or_default().to_owned()
    };
    until("who is back has left no more", async || state(&world, bob).await == "superseded").await;
    until("it is open", async || state(&world, cleo).await == "open").await;
    world.program.kill9().await;
    // Whoever leaves from now on is overdue after 18 s: longer than it takes that it is waited for.
    world.setting("ROLLCALL_RECEIPT_HOURS", "0.005");
    world.start_again().await;
    company.moved_to(&world.url());
    company.disable(ada).await;
    until("it is overdue", async || state(&world, ada).await == "overdue").await;
    world.verb(&format!("receipt {ada} --tenant contoso")).await.ended(3);
    world.program.kill9().await;
    world.start_again().await;
    company.moved_to(&world.url());
    assert_eq!(state(&world, cleo).await, "open", "it has its time still");
    world.verb("subscriber remove canteen --tenant contoso").await.ended(0);
    until("nobody is waited for", async || state(&world, cleo).await == "acknowledged").await;
    world.verb(&format!("receipt {ada} --tenant contoso")).await.ended(0);
    let told = closed(&world).await;
    // The log's texts are masked; how many are missing is not.
    let missing: Vec<usize> = told
        .iter()
        .map(|event| event["data"]["missing"].as_array().expect("a list").len())
        .collect();
    assert_eq!(missing, [1, 0], "{told:?}");
}

#[tokio::test]
async fn a_departure_that_was_due_before_it_was_told_is_counted_and_has_no_receipt() {
    // Due at once: as where the delivery was away for as long as departures may take.
    let world = world(&[("ROLLCALL_RECEIPT_HOURS", "0.0000001")]).await;
    let company = world.contoso().await;
    world.result("subscriber add canteen --tenant contoso --door pull").await;
    let ada = company.hire("Ada").await;
    company.disable(&ada).await;
    until("it is counted", async || {
        let metrics = reqwest::get(format!("{}/metrics", world.url())).await.expect("an answer");
        let metrics = metrics.text().await.expect("a text");
        metrics.contains("\nrollcall_receipts_late_total 1\n")
    })
    .await;
    let id = company.employee(&ada).await["id"].as_str().expect("an id").to_owned();
    company.ask(&format!("employees/{id}/receipt")).await.answered(404);
}
