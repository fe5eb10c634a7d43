//! Replay: read models from nothing, as `rollcall project` builds them.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::ensure;
use directory::Directory;
use embedded::Postgres;
use projector::{Database, Projection};
use retention::Retention;
use rollcall::projections::NAMES;
use teams::Teams;

use crate::bare_rows;
use crate::load::per_second;
use crate::past::{Past, Told};
use crate::program;
use crate::table::{heading, line, number, percent};
use crate::targets::Targets;

/// Between two looks at a checkpoint.
const LOOK: Duration = Duration::from_millis(10);

/// A read model, and the rows that it writes: each table, and how many of its rows are upserted.
struct Model {
    name: &'static str,
    rows: Vec<(&'static str, usize)>,
}

/// Builds each read model anew, one after the other, in an empty database.
pub(crate) async fn measure(past: &Past, dir: &Path, targets: &mut Targets) -> anyhow::Result<()> {
    heading("Read models from nothing");
    let postgres = Postgres::start(dir)?;
    let database_url = postgres.create_database("replay")?;
    let database = Database::connect(&database_url, 1).await?;
    let events = past.events();
    for model in Model::all(&past.told) {
        let took = build(model.name, past, &database, &database_url).await?;
        let mut bare = Duration::ZERO;
        for (table, count) in &model.rows {
            bare += bare_rows::upserts(&database_url, table, *count).await?;
        }
        let ours = per_second(events, took);
        if model.rows.is_empty() {
            let reading = per_second(events, past.reading);
            let shown = format!("{ours:.0} events/s");
            let what = format!("{}, {} events", model.name, number(events));
            line(&what, &shown, &format!("reading alone {reading:.0} events/s"));
            let what = format!("replay of {} events, {}", number(events), model.name);
            targets.measured(&what, "≥ 50,000/s", &format!("{ours:.0}/s"));
            continue;
        }
        let rows = model.rows.iter().map(|(_, count)| count).sum();
        let limit = per_second(events, bare);
        line(
            &format!("{}, {} events", model.name, number(events)),
            &format!("{ours:.0} events/s, {:.0} rows/s", per_second(rows, took)),
            &format!(
                "its {} row upserts alone {:.0} rows/s ({}), reading alone {:.0} events/s ({})",
                number(rows),
                per_second(rows, bare),
                percent(ours / limit),
                per_second(events, past.reading),
                percent(past.reading.as_secs_f64() / took.as_secs_f64()),
            ),
        );
        targets.measured(
            &format!("replay of {} events, {}", number(events), model.name),
            "≥ 50,000/s",
            &format!("{ours:.0}/s; or ≥ 50 % of its bare upserts: {}", percent(ours / limit)),
        );
    }
    Ok(())
}

impl Model {
    /// Every projection there is.
    fn all(told: &Told) -> [Self; NAMES.len()] {
        NAMES.map(|name| Self { name, rows: rows(name, told) })
    }
}

/// The tables of a projection that a log writes to most. A person's membership of teams is known by
/// their resource, and nobody here leaves. None of a projection that
/// adds up what it reads before it writes.
pub(crate) fn rows(projection: &str, told: &Told) -> Vec<(&'static str, usize)> {
    let employees = told.people + told.changes;
    let teams = vec![
        ("teams.resources", told.people),
        ("teams.teams", told.groups),
        ("teams.members", told.memberships),
    ];
    match projection {
        Directory::NAME => vec![("directory.employees", employees)],
        Teams::NAME => teams,
        Retention::NAME => vec![("retention.bookings", told.bookings)],
        _ => vec![],
    }
}

/// From the command to the moment when everything is in the tables.
pub(crate) async fn build(
    name: &str,
    past: &Past,
    database: &Database,
    database_url: &str,
) -> anyhow::Result<Duration> {
    let asked = Instant::now();
    let mut process = program::project(name, &past.nats.url(), database_url)?;
    loop {
        let checkpoint = projector::peek_checkpoint(database.pool(), name).await?;
        if checkpoint.is_some_and(|checkpoint| checkpoint.position >= past.end) {
            break;
        }
        ensure!(process.try_wait()?.is_none(), "rollcall project {name} has ended by itself");
        tokio::time::sleep(LOOK).await;
    }
    let took = asked.elapsed();
    program::stop(process).await?;
    Ok(took)
}
