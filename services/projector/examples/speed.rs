//! How fast the log and a projection are on this machine, beside the limits of the servers under
//! them. `cargo run --release -p projector --example speed`

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::jetstream::{self, consumer};
use deadpool_postgres::Transaction;
use embedded::{Durability, Nats, Postgres, Search};
use eventlog::{Log, LogOptions, Sealed, clock, ids, seal};
use events::{Actor, Envelope, Event, EventId, EventKind, Position, Recorded};
use futures_util::{StreamExt, TryStreamExt};
use projector::{Database, OrderKey, Ordered, Projection, StatusHandle, project};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Events in the log when it is read.
const EVENTS: u64 = 200_000;

#[tokio::main]
async fn main() -> Outcome {
    let dir = tempfile::tempdir()?;
    let nats = Nats::start(&dir.path().join("nats"))?;
    let search = Search::from_env();
    let postgres_dir = dir.path().join("postgres");
    let postgres = Postgres::start_with(&search, &postgres_dir, Durability::Kept, |_| {})?;
    let log = Log::open(&nats.url(), LogOptions::default()).await?;
    let position = appending(&log).await?;
    let end = filled(&log, position).await?;
    reading(&log, &nats.url()).await?;
    let database = Database::connect(&postgres.url(), 4).await?;
    projecting(log, database, end).await
}

async fn appending(log: &Log) -> Outcome<Position> {
    let mut position = Position::START;
    for (size, times) in [(1, 1000), (10, 200), (100, 100), (1000, 30)] {
        let mut took = Vec::new();
        for _ in 0..times {
            let (batch, next) = decision(position, size);
            let asked = Instant::now();
            log.append(position, &batch).await?;
            took.push(asked.elapsed());
            position = next;
        }
        let rate = per_second(size * times, took.iter().sum());
        say(&format!("append, {size} at a time: {rate}; {}", middle(took)));
    }
    Ok(position)
}

async fn filled(log: &Log, mut position: Position) -> Outcome<Position> {
    while position.seq.0 < EVENTS {
        let (batch, next) = decision(position, 1000);
        log.append(position, &batch).await?;
        position = next;
    }
    Ok(position)
}

async fn reading(log: &Log, url: &str) -> Outcome {
    let count = usize::try_from(log.end().await?.0)?;
    let stream = jetstream::new(async_nats::connect(url).await?).get_stream("PROVISIONING").await?;
    let config = consumer::pull::Config {
        ack_policy: consumer::AckPolicy::None,
        ..consumer::pull::Config::default()
    };
    let consumer = stream.create_consumer(config).await?;
    let started = Instant::now();
    let messages = consumer.stream().max_messages_per_batch(5000).messages().await?;
    let read = messages.take(count).try_fold(0, async |n, _| Ok(n + 1)).await?;
    say(&format!("limit: a bare consumer reads {}", per_second(read, started.elapsed())));

    let started = Instant::now();
    let entries = log.follow(Position::START).take(count);
    let read = entries.try_fold(0, async |n, _| Ok(n + 1)).await?;
    say(&format!("follow, chain checked: {}", per_second(read, started.elapsed())));

    let started = Instant::now();
    let mut entries = pin!(log.follow(Position::START).take(count));
    let mut read = 0;
    while let Some(entry) = entries.next().await {
        read += {
            entry?.read()?;
            1
        };
    }
    say(&format!("follow and decode: {}", per_second(read, started.elapsed())));
    Ok(())
}

async fn projecting(log: Log, database: Database, end: Position) -> Outcome {
    let status = Arc::new(StatusHandle::default());
    let stop = CancellationToken::new();
    let started = Instant::now();
    let projector = {
        let (log, database) = (log.clone(), database.clone());
        let (status, stop) = (status.clone(), stop.clone());
        tokio::spawn(async move { project::<People>(log, database, "people", status, stop).await })
    };
    let mut changes = status.watch();
    changes.wait_for(|now| now.position >= end.seq).await?;
    let rate = per_second(usize::try_from(end.seq.0)?, started.elapsed());
    say(&format!("projection from nothing: {rate}"));

    let mut position = end;
    let (mut until_row, mut until_acknowledged) = (Vec::new(), Vec::new());
    for _ in 0..500 {
        let (batch, next) = decision(position, 1);
        let asked = Instant::now();
        log.append(position, &batch).await?;
        until_acknowledged.push(asked.elapsed());
        let acknowledged = Instant::now();
        changes.wait_for(|now| now.position >= next.seq).await?;
        until_row.push(acknowledged.elapsed());
        position = next;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    say(&format!("one at a time: append {}", middle(until_acknowledged)));
    say(&format!("acknowledgement to committed row {}", middle(until_row)));
    stop.cancel();
    Ok(projector.await??)
}

/// A read model of a dozen columns' worth.
struct People;

impl Projection for People {
    const NAME: &'static str = "people";
    const PASSED_OVER: &'static [EventKind] = &[];
    const TABLES: &'static str =
        "CREATE TABLE people (employee uuid PRIMARY KEY, name text, profile jsonb NOT NULL)";
    const RULES: &'static str = "as they come";
    type Change = (Uuid, Option<String>, serde_json::Value);

    fn project(event: &Recorded) -> Vec<Self::Change> {
        let Event::UserChanged(user) = &event.event else { return vec![] };
        let name = user.profile.display_name().map(str::to_owned);
        let profile = serde_json::to_value(&user.profile).expect("a profile is JSON");
        vec![(user.employee_id.0, name, profile)]
    }

    fn keys(event: &Recorded) -> Vec<OrderKey> {
        OrderKey::of(event.tenant(), [Ordered::Tenant])
    }

    async fn write(
        tx: &Transaction<'_>,
        changes: Vec<Self::Change>,
    ) -> Result<(), tokio_postgres::Error> {
        let upsert = "INSERT INTO people SELECT * FROM unnest($1::uuid[], $2::text[], $3::jsonb[])
            ON CONFLICT (employee) DO UPDATE SET name = excluded.name, profile = excluded.profile";
        let statement = tx.prepare_cached(upsert).await?;
        let (mut employees, mut names, mut profiles) = (vec![], vec![], vec![]);
        for (employee, name, profile) in changes {
            employees.push(employee);
            names.push(name);
            profiles.push(profile);
        }
        tx.execute(&statement, &[&employees, &names, &profiles]).await?;
        Ok(())
    }
}

/// A decision of `count` events of some 700 bytes each.
fn decision(after: Position, count: usize) -> (Vec<Sealed>, Position) {
    let mut position = after;
    let batch = (1..=count).map(|number| {
        let (sealed, recorded) =
            seal(position, number == count, envelope(), user_changed()).expect("a known event");
        position = recorded.position();
        sealed
    });
    (batch.collect(), position)
}

fn envelope() -> Envelope {
    Envelope {
        id: EventId(ids::uuid_v7()),
        tenant: "acme".parse().expect("a slug"),
        time: clock::now(),
        actor: Actor::operator(),
        request: Some(ids::uuid_v7().to_string()),
        trace_parent: None,
    }
}

fn user_changed() -> Event {
    let id = ids::uuid_v7();
    let body = json!({
        "employeeId": id, "resourceId": id, "standing": "active", "changed": ["displayName"],
        "profile": {
            "userName": format!("{id}@acme.example"), "externalId": id, "displayName": "Ada Byron",
            "name": { "givenName": "Ada", "familyName": "Byron", "formatted": "Ada Byron" },
            "emails": [{ "primary": true, "type": "work", "value": format!("{id}@acme.example") }],
            "phoneNumbers": [{ "type": "mobile", "value": "+44 20 7946 0000" }],
            "title": "Engine programmer", "preferredLanguage": "en-GB",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
                "department": "Analytical engines", "employeeNumber": "1815",
                "manager": { "value": id },
            },
        },
    });
    Event::UserChanged(serde_json::from_value(body).expect("a user"))
}

fn per_second(count: usize, took: Duration) -> String {
    let nanos = took.as_nanos().max(1);
    format!("{}/s", count as u128 * 1_000_000_000 / nanos)
}

fn middle(mut took: Vec<Duration>) -> String {
    took.sort_unstable();
    let at = |share: usize| took[(took.len() * share / 100).min(took.len() - 1)];
    format!("p50 {:.2?}, p99 {:.2?}", at(50), at(99))
}

fn say(line: &str) {
    eprintln!("{line}");
}
