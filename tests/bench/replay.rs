//! Replay: read models from nothing, as `rollcall project` builds them.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::ensure;
use directory::Directory;
use embedded::Postgres;
use projector::{Database, Projection};
use retention::Retention;
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
        let rows = model.rows.iter().map(|(_, count)| count).sum();
        let (ours, limit) = (per_second(events, took), per_second(events, bare));
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
    /// In the tables that a log writes to most. A person's membership of teams is known by their
    /// resource, and nobody here leaves.
    fn all(told: &Told) -> [Self; 3] {
        let employees = told.people + told.changes;
        let teams = vec![
            ("teams.resources", told.people),
            ("teams.teams", told.groups),
            ("teams.members", told.memberships),
        ];
        [
            Self { name: Directory::NAME, rows: vec![("directory.employees", employees)] },
            Self { name: Teams::NAME, rows: teams },
            Self { name: Retention::NAME, rows: vec![("retention.bookings", told.bookings)] },
        ]
    }
}

/// From the command to the moment when everything is in the tables.
async fn build(
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
