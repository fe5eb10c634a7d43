//! A log that intents write, and a feed that publishers make of it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use delivery::Publisher;
use eventlog::{Entry, Feed, Log, LogOptions, LostEvents, PersonEvents};
use events::{AlertId, EmployeeId, Profile, ResourceId, TenantId};
use feed::{Source, header};
use kit::log_writer::Writer;
use kit::servers::{log, nats};
use kit::wait::DEADLINE;
use roster::{Intent, Occasion, Roster};
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub(crate) const TENANT: &str = "acme";

/// A log, and whoever writes to it by the rules.
pub(crate) struct World {
    pub(crate) nats: embedded::Nats,
    pub(crate) log: Log,
    pub(crate) feed: Feed,
    writer: Writer,
    pub(crate) roster: Roster,
    pub(crate) accept_lost: bool,
}

impl World {
    pub(crate) async fn new() -> Self {
        let nats = nats().await;
        let log = log(&nats.url()).await;
        let feed = Feed::open(&log).await.expect("the feed");
        let writer = Writer::new(log.clone());
        let mut world =
            Self { nats, log, feed, writer, roster: Roster::default(), accept_lost: false };
        world.decide(&Intent::NewTenant { tenant: TenantId(Uuid::from_u128(1)) }).await;
        world
    }

    /// Writes what an intent leads to, as one batch.
    pub(crate) async fn decide(&mut self, intent: &Intent) {
        let tenant = TENANT.parse().expect("a slug");
        let alert = AlertId(Uuid::now_v7());
        let occasion = Occasion { now: eventlog::clock::now(), alert };
        let events =
            roster::decide(&self.roster, &tenant, intent, occasion).expect("it is allowed");
        if events.is_empty() {
            return;
        }
        let before = self.writer.said.len();
        self.writer.say(TENANT, events).await;
        for event in &self.writer.said[before..] {
            roster::evolve(&mut self.roster, event);
        }
    }

    pub(crate) async fn erase(&mut self, number: u128) {
        let employee = employee(number);
        let found = PersonEvents::among(&self.writer.said, employee);
        let intent = Intent::EraseUser {
            employee,
            bookings: Vec::from_iter(found.bookings),
            events: found.events,
            even_if_held: false,
        };
        self.decide(&intent).await;
    }

    /// A publisher that runs until it is stopped.
    pub(crate) fn publishes(&self, snapshot: Option<PathBuf>) -> Running {
        let publisher = Publisher::new(self.log.clone(), self.feed.clone(), self.accept_lost);
        let stop = CancellationToken::new();
        let (running, stopping) = (publisher.clone(), stop.clone());
        let task = tokio::spawn(async move { running.run(snapshot, stopping).await });
        Running { publisher, stop, task }
    }

    /// Removes the log's stream, as if it had been lost, and begins another log.
    pub(crate) async fn lose_log(&mut self) {
        let client = async_nats::connect(self.nats.url()).await.expect("connect");
        let jetstream = async_nats::jetstream::new(client);
        jetstream.delete_stream("PROVISIONING").await.expect("delete the stream");
        let options = LogOptions { lost: LostEvents::GiveUp, ..LogOptions::default() };
        self.log = Log::open(&self.nats.url(), options).await.expect("another log");
        self.writer = Writer::new(self.log.clone());
        self.roster = Roster::default();
        self.decide(&Intent::NewTenant { tenant: TenantId(Uuid::from_u128(1)) }).await;
    }

    /// Removes the feed's stream, as if it had been lost, and makes an empty one.
    pub(crate) async fn forget_feed(&mut self) {
        let client = async_nats::connect(self.nats.url()).await.expect("connect");
        let jetstream = async_nats::jetstream::new(client);
        jetstream.delete_stream("FEED").await.expect("delete the stream");
        self.feed = Feed::open(&self.log).await.expect("the feed");
    }

    /// The whole feed.
    pub(crate) async fn told(&self) -> Vec<Told> {
        let mut told = Vec::new();
        let mut after = 0;
        loop {
            let page =
                self.feed.page(&TENANT.parse().unwrap(), after, 500, 0).await.expect("a page");
            if page.entries.is_empty() {
                return told;
            }
            after = page.through;
            told.extend(page.entries.iter().map(Told::of));
        }
    }
}

/// A publisher in the background.
pub(crate) struct Running {
    pub(crate) publisher: Publisher,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    /// Waits until all that the world's log holds is told.
    pub(crate) async fn has_told(&self, world: &World) {
        let goal = world.roster.position();
        let reached = async {
            let mut end = self.publisher.shown().end();
            while self.publisher.shown().picture().roster.position() != goal {
                let _ended_or_later =
                    tokio::time::timeout(std::time::Duration::from_millis(20), end.changed()).await;
            }
        };
        let reached = tokio::time::timeout(DEADLINE, reached).await;
        let at = self.publisher.shown().picture().roster.position();
        reached.unwrap_or_else(|_| panic!("told up to {at:?}, not to {goal:?}"));
    }

    /// Ends it in good order.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.task.await.expect("it ends");
    }

    /// Ends it at once, wherever it is.
    pub(crate) async fn kill(self) {
        self.task.abort();
        let _cancelled = self.task.await;
    }
}

/// A message of the feed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) sequence: u64,
    pub(crate) source: Source,
    pub(crate) body: Value,
}

impl Told {
    fn of(entry: &Entry) -> Self {
        let header = |name| entry.header(name).expect("a header").to_owned();
        Self {
            id: header(header::ID),
            kind: header(header::TYPE),
            sequence: header(header::SEQUENCE).parse().expect("a number"),
            source: header(header::LOG).parse().expect("a source"),
            body: serde_json::from_slice(entry.body()).expect("JSON"),
        }
    }
}

/// The last state of each person, as a subscriber keeps it.
pub(crate) fn people(told: &[Told]) -> BTreeMap<String, Value> {
    let mut people = BTreeMap::new();
    for event in told {
        if let Some(employee) = event.body.get("employee") {
            people.insert(employee["id"].as_str().unwrap().to_owned(), employee.clone());
        }
        if event.kind == "rollcall.employee.erased" {
            people.remove(event.body["id"].as_str().unwrap());
        }
    }
    people
}

/// All people, as the rules see them.
pub(crate) fn people_of(roster: &Roster) -> BTreeMap<String, Value> {
    let tenant = roster.tenant(&TENANT.parse().unwrap()).expect("the tenant");
    let people = tenant.people().all().map(|person| person.employee);
    let people = people.filter_map(|id| delivery::state::employee(tenant, id));
    people.map(|one| (one.id.to_string(), serde_json::to_value(&one).expect("JSON"))).collect()
}

pub(crate) fn resource(number: u128) -> ResourceId {
    ResourceId(Uuid::from_u128(0xe000 + number))
}

pub(crate) fn employee(number: u128) -> EmployeeId {
    EmployeeId(resource(number).0)
}

pub(crate) fn user(number: u128, title: &str, active: bool) -> Intent {
    let mut attributes = serde_json::Map::new();
    attributes.insert("title".to_owned(), title.into());
    let profile = Profile {
        user_name: format!("person.{number}@acme.example").parse().expect("a name"),
        external_id: None,
        attributes,
    };
    Intent::User { resource: resource(number), profile, active }
}

pub(crate) fn new_user(number: u128) -> Intent {
    let Intent::User { resource, profile, active } = user(number, "Ms", true) else {
        unreachable!("it is a user")
    };
    Intent::NewUser { resource, profile, active }
}

/// What everybody who reads the feed relies on: numbers without gaps, and each id once.
pub(crate) fn is_sound(told: &[Told]) {
    let numbers: Vec<u64> = told.iter().map(|event| event.sequence).collect();
    assert_eq!(numbers, (1..=told.len() as u64).collect::<Vec<_>>());
    let ids: std::collections::BTreeSet<_> = told.iter().map(|event| &event.id).collect();
    assert_eq!(ids.len(), told.len(), "an id came twice");
}
