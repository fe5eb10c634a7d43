//! Each door tells everything once, in order, whoever is killed meanwhile: the whole of the delivery, under a
//! company's life of ten thousand events.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use async_nats::jetstream::{self, consumer::PullConsumer};
use eventlog::Issuer;
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use kit::alarms::WITHOUT_NATS;
use kit::company::Company;
use kit::entra;
use kit::http::http;
use kit::receiver::Receiver;
use kit::wait::{found, found_within, until};
use kit::world::World;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::feed_reader::{Table, check_numbers, events, page, people_of};

/// People, each in so many groups; and events at least.
const PEOPLE: usize = 1_000;
const GROUPS: usize = 8;
const EVENTS: usize = 10_000;
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// A webhook whose receiver slept is tried again after five minutes at most, and has thousands to send then.
const CATCHING_UP: Duration = Duration::from_mins(15);
/// Requests at a time.
const AT_ONCE: usize = 8;
/// What an application keeps: what it heard, and its table. It outlives the application.
#[derive(Debug, Default)]
struct Kept {
    table: Table,
    /// The numbers of what was heard, by id.
    heard: BTreeMap<String, u64>,
    /// The last number of each thing.
    last: BTreeMap<String, u64>,
    /// Events that came behind later ones of the same thing.
    late: usize,
    /// Where it is, if it has to know.
    cursor: Option<String>,
}

type Database = Arc<Mutex<Kept>>;

fn kept(database: &Database) -> MutexGuard<'_, Kept> {
    database.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Kept {
    fn take(&mut self, event: &Value) {
        let text = |name: &str| event[name].as_str().expect("a text").to_owned();
        let number: u64 = text("sequence").parse().expect("a number");
        if self.heard.insert(text("id"), number).is_some() {
            return;
        }
        let last = self.last.entry(text("subject")).or_default();
        if number < *last {
            self.late += 1;
            return;
        }
        *last = number;
        self.table.take(event);
    }
}

/// An application that runs until it is killed: whatever it holds in its hands is lost then.
struct Application {
    task: JoinHandle<()>,
}

impl Application {
    fn run(work: impl Future<Output = std::convert::Infallible> + Send + 'static) -> Self {
        Self { task: tokio::spawn(async move { match work.await {} }) }
    }

    fn kill(self) {
        self.task.abort();
    }
}

/// The company as it can be reached now.
type Here = Arc<RwLock<Company>>;

fn here(company: &Here) -> std::sync::RwLockReadGuard<'_, Company> {
    company.read().unwrap_or_else(PoisonError::into_inner)
}

async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(50)).await;
}

/// A request, asked until it is answered with what it may be answered with.
async fn asked(request: impl Fn() -> RequestBuilder, may: &[u16]) -> Response {
    loop {
        let answer = request().timeout(PATIENCE).send().await;
        match answer {
            Ok(answer) if may.contains(&answer.status().as_u16()) => return answer,
            Ok(answer) => {
                let status = answer.status().as_u16();
                assert!([429, 500, 502, 503].contains(&status), "{status}");
                a_moment().await;
            }
            Err(_) => a_moment().await,
        }
    }
}

/// Asks for pages by the subscriber's name, which keeps its place: this application keeps none.
async fn pages(company: Here, database: Database) -> std::convert::Infallible {
    let mut after = String::new();
    loop {
        let request = || {
            let company = here(&company);
            let query = format!("subscriber=pages&limit=200&wait=1s{after}");
            http()
                .get(format!("{}/events?{query}", company.api_base_url))
                .bearer_auth(&company.api_token)
        };
        let answer = asked(request, &[200]).await;
        let next = answer.headers()["rollcall-next"].to_str().expect("a cursor").to_owned();
        let Ok(body) = answer.text().await else { continue };
        let batch: Vec<Value> = serde_json::from_str(&body).expect("a batch");
        for event in &batch {
            kept(&database).take(event);
            // So that a kill may hit it in the midst of a page.
            tokio::task::yield_now().await;
        }
        after = format!("&after={next}");
    }
}

/// Hears a stream, and keeps the cursor of what it has.
async fn stream(company: Here, database: Database) -> std::convert::Infallible {
    loop {
        let last = kept(&database).cursor.clone();
        let request = || {
            let company = here(&company);
            let request = http().get(format!("{}/events", company.api_base_url));
            let request =
                request.bearer_auth(&company.api_token).header("accept", "text/event-stream");
            match &last {
                Some(last) => request.header("last-event-id", last),
                None => request,
            }
        };
        let Ok(mut answer) = request().send().await else {
            a_moment().await;
            continue;
        };
        let mut heard = String::new();
        while let Ok(Some(chunk)) = answer.chunk().await {
            heard += &String::from_utf8_lossy(&chunk);
            while let Some(end) = heard.find("\n\n") {
                let block: String = heard.drain(..end + 2).collect();
                let line = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
                let (Some(id), Some(data)) = (line("id: "), line("data: ")) else { continue };
                let event: Value = serde_json::from_str(data).expect("JSON");
                let mut kept = kept(&database);
                kept.take(&event);
                kept.cursor = Some(id.to_owned());
            }
        }
        a_moment().await;
    }
}

/// Fetches from NATS, and acknowledges what it has.
async fn fetches(nats_url: String, database: Database) -> std::convert::Infallible {
    loop {
        let fetching = async {
            let client = async_nats::connect(&nats_url).await.ok()?;
            let stream = jetstream::new(client).get_stream("FEED").await.ok()?;
            let consumer: PullConsumer = stream.get_consumer("contoso_fetches").await.ok()?;
            loop {
                let batch = consumer.fetch().max_messages(200).messages().await.ok()?;
                let mut batch = std::pin::pin!(batch);
                let mut is_empty = true;
                // A server that was killed ends no batch.
                while let Some(message) = timeout(PATIENCE, batch.next()).await.ok()? {
                    let message = message.ok()?;
                    is_empty = false;
                    let headers = message.headers.clone().expect("it has headers");
                    let header = |name: &str| headers.get(name).map(|it| it.as_str().to_owned());
                    let data: Value = serde_json::from_slice(&message.payload).expect("JSON");
                    kept(&database).take(&json!({
                        "id": header("ce-id"),
                        "type": header("ce-type"),
                        "subject": header("ce-subject"),
                        "sequence": header("ce-sequence"),
                        "data": data,
                    }));
                    message.ack().await.ok()?;
                }
                if is_empty {
                    a_moment().await;
                }
            }
        };
        let _lost: Option<std::convert::Infallible> = fetching.await;
        a_moment().await;
    }
}

/// What the receiver's application has by what the receiver got.
fn of_receiver(receiver: &Receiver) -> Kept {
    let mut kept = Kept::default();
    for received in receiver.received() {
        kept.take(&received.event());
    }
    kept
}

fn scim(company: &Here, method: &Method, path: &str, body: Option<&Value>) -> RequestBuilder {
    let company = here(company);
    let request = company.scim_request(method.clone(), path).bearer_auth(&company.secret_token);
    match body {
        Some(body) => request.body(body.to_string()),
        None => request,
    }
}

/// Somebody is hired; an answer that was lost is looked up, as Entra does.
async fn hire(company: &Here, number: usize) -> String {
    let login = format!("p{number}@contoso.example");
    let user = entra::workplace_user(&login, &format!("P {number}"), &format!("object {number}"));
    let answer = asked(|| scim(company, &Method::POST, "Users", Some(&user)), &[201, 409]).await;
    let body: Value = if answer.status() == 201 {
        answer.json().await.expect("JSON")
    } else {
        let path = format!("Users?filter=userName%20eq%20%22{login}%22");
        let found = asked(|| scim(company, &Method::GET, &path, None), &[200]).await;
        found.json::<Value>().await.expect("JSON")["Resources"][0].clone()
    };
    body["id"].as_str().expect("an id").to_owned()
}

async fn form(company: &Here, name: &str) -> String {
    let group = entra::group(name);
    let answer = asked(|| scim(company, &Method::POST, "Groups", Some(&group)), &[201, 409]).await;
    let body: Value = if answer.status() == 201 {
        answer.json().await.expect("JSON")
    } else {
        let path = format!("Groups?filter=displayName%20eq%20%22{name}%22");
        let found = asked(|| scim(company, &Method::GET, &path, None), &[200]).await;
        found.json::<Value>().await.expect("JSON")["Resources"][0].clone()
    };
    body["id"].as_str().expect("an id").to_owned()
}

async fn patch(company: &Here, path: &str, body: &Value) {
    asked(|| scim(company, &Method::PATCH, path, Some(body)), &[200, 204]).await;
}

/// Does something to each of these, some at a time.
async fn each<'t, T: 't, R>(all: &'t [T], does: impl AsyncFn(&'t T) -> R) -> Vec<R> {
    let shares = (0..AT_ONCE).map(|share| {
        let does = &does;
        async move {
            let mut done = Vec::new();
            for one in all.iter().skip(share).step_by(AT_ONCE) {
                done.push(does(one).await);
            }
            done
        }
    });
    join_all(shares).await.into_iter().flatten().collect()
}

/// A company's life.
async fn live(company: Here) {
    let numbers: Vec<usize> = (0..PEOPLE).collect();
    let people = each(&numbers, async |number| hire(&company, *number).await).await;
    let mut groups = Vec::new();
    for number in 0..GROUPS {
        let group = form(&company, &format!("Group {number}")).await;
        for some in people.chunks(250) {
            let some: Vec<&str> = some.iter().map(String::as_str).collect();
            patch(&company, &format!("Groups/{group}"), &entra::add_members(&some)).await;
        }
        groups.push(group);
    }
    let leavers = &people[..120];
    each(leavers, async |user| patch(&company, &format!("Users/{user}"), &entra::disable()).await)
        .await;
    each(&people[100..300], async |user| {
        let renamed = entra::replace("displayName", format!("Renamed {user}"));
        patch(&company, &format!("Users/{user}"), &renamed).await;
    })
    .await;
    let path = format!("Groups/{}", groups[0]);
    asked(|| scim(&company, &Method::DELETE, &path, None), &[204, 404]).await;
    each(&leavers[..60], async |user| {
        patch(&company, &format!("Users/{user}"), &entra::restore()).await;
    })
    .await;
}

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
