//! Explaining one person among everybody's events, and a directory as of a moment, over HTTP.

use std::path::Path;
use std::time::{Duration, Instant};

use activity::Activity;
use anyhow::ensure;
use embedded::Postgres;
use eventlog::{AtPosition, Log, LogOptions};
use events::Seq;
use hyper::{Method, StatusCode};
use projector::{Database, Projection as _};
use uuid::Uuid;

use crate::client::{Ask, Connection};
use crate::past::Past;
use crate::program::{Operate, TENANT};
use crate::replay;
use crate::table::{heading, line, milliseconds, number};
use crate::targets::Targets;

/// How many people are asked about.
const PEOPLE: usize = 300;
/// The people of the directory that is listed.
const DIRECTORY: usize = 10_000;

pub(crate) async fn measure(past: &Past, dir: &Path, targets: &mut Targets) -> anyhow::Result<()> {
    heading("One person explained, and a directory as of a moment");
    let postgres = Postgres::start(&dir.join("postgres"))?;
    let database_url = postgres.create_database("explain")?;
    let database = Database::connect(&database_url, 2).await?;
    // An employee id is found by the index alone.
    replay::build(Activity::NAME, past, &database, &database_url).await?;
    let operate = Operate::start(&past.nats.url(), &database_url).await?;
    let mut connection = operate.target().connect().await?;
    let log = Log::open(&past.nats.url(), LogOptions::default()).await?;
    let people = people(past, &database).await?;
    let (mut explained, mut then, mut bare, mut events) = (vec![], vec![], vec![], 0);
    // As of now: everything has happened by then, and is read and left out as for any moment.
    let now = eventlog::clock::now().to_string();
    for person in &people {
        explained.push(explain(&mut connection, *person, None).await?);
        then.push(explain(&mut connection, *person, Some(&now)).await?);
        let (took, read) = read_alone(&log, &database, *person).await?;
        bare.push(took);
        events += read;
    }
    let among = format!("among {} events", number(past.events()));
    for (what, mut times) in [("explain a person", explained), ("a person as of a moment", then)] {
        let (p50, p99) = percentiles(&mut times);
        let (bare50, bare99) = percentiles(&mut bare);
        line(
            &format!("{what}, {among}"),
            &format!("p50 {}, p99 {}", milliseconds(p50), milliseconds(p99)),
            &format!(
                "reading their {} events alone: p50 {}, p99 {}",
                number(events / people.len()),
                milliseconds(bare50),
                milliseconds(bare99)
            ),
        );
        targets.measured(&format!("{what}, {among}, p50"), "≤ 50 ms", &milliseconds(p50));
    }
    let asked = Instant::now();
    let path = format!("/ops/v1/employees?tenant={TENANT}&format=csv");
    let ask = Ask { method: Method::GET, path, body: bytes::Bytes::new(), right: StatusCode::OK };
    let csv = connection.say(ask).await?;
    let took = asked.elapsed();
    let listed = csv.split(|byte| *byte == b'\n').count() - 2;
    let what = format!("the directory of {} people, {among}", number(listed));
    line(&what, &milliseconds(took), &format!("reading all events {}", milliseconds(past.reading)));
    let wanted = if listed == DIRECTORY { "≤ 10 s" } else { "" };
    targets.measured(&what, wanted, &milliseconds(took));
    operate.stop().await
}

/// Some people, as far from each other as there are people: they are who the log begins with, after
/// the tenant.
async fn people(past: &Past, database: &Database) -> anyhow::Result<Vec<Uuid>> {
    let apart = (past.told.people / PEOPLE).max(1);
    let positions = (0..past.told.people).step_by(apart).map(|nth| i64::try_from(nth + 2));
    let positions: Vec<i64> = positions.collect::<Result<_, _>>()?;
    let client = database.pool().get().await?;
    let sql = "SELECT id FROM activity.mentions WHERE seq = ANY($1)";
    let rows = client.query(sql, &[&positions]).await?;
    ensure!(!rows.is_empty(), "nobody is in the index");
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}

async fn explain(
    connection: &mut Connection,
    person: Uuid,
    at: Option<&str>,
) -> anyhow::Result<Duration> {
    let body = serde_json::json!({ "person": person, "tenant": TENANT, "at": at }).to_string();
    let path = "/ops/v1/explain".to_owned();
    let ask = Ask { method: Method::POST, path, body: body.into(), right: StatusCode::OK };
    let asked = Instant::now();
    let answer = connection.say(ask).await?;
    let took = asked.elapsed();
    let answer: serde_json::Value = serde_json::from_slice(&answer)?;
    ensure!(answer["known"] == true, "nobody was explained: {answer}");
    Ok(took)
}

/// The limit: the person's events read from where they are, and nothing else.
async fn read_alone(
    log: &Log,
    database: &Database,
    person: Uuid,
) -> anyhow::Result<(Duration, usize)> {
    let client = database.pool().get().await?;
    let sql = "SELECT seq FROM activity.mentions WHERE id = $1 ORDER BY seq";
    let rows = client.query(sql, &[&person]).await?;
    let seq = |row: &tokio_postgres::Row| Ok(Seq(row.try_get::<_, i64>(0)?.cast_unsigned()));
    let positions: Vec<Seq> = rows.iter().map(seq).collect::<anyhow::Result<_>>()?;
    let asked = Instant::now();
    let found = log.read_at(&positions).await?;
    let took = asked.elapsed();
    let there = found.iter().filter(|found| matches!(found, AtPosition::Event(_))).count();
    ensure!(there == positions.len(), "some of the person's events are gone");
    Ok((took, there))
}

fn percentiles(times: &mut [Duration]) -> (Duration, Duration) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    (at(50), at(99))
}
