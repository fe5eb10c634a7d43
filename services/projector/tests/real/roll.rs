//! A read model that shows each team on its own, in the order of its events.

use std::sync::atomic::{AtomicUsize, Ordering};

use deadpool_postgres::Transaction;
use events::{Event, EventKind, OwnTeam, Recorded, TeamId};
use projector::{Database, OrderKey, Ordered, Projection};
use uuid::Uuid;

/// The names that each team has had, one after the other.
pub(crate) struct Roll;

/// How often a [`Roll`] was written to.
pub(crate) static WRITES: AtomicUsize = AtomicUsize::new(0);

impl Projection for Roll {
    const NAME: &'static str = "roll";
    const PASSED_OVER: &'static [EventKind] = &[EventKind::TeamDeleted];
    const TABLES: &'static str = "
        CREATE TABLE teams (
            tenant text NOT NULL, team uuid NOT NULL, names text[] NOT NULL,
            PRIMARY KEY (tenant, team)
        )";
    const RULES: &'static str = "append";
    type Change = (String, Uuid, String);

    fn project(event: &Recorded) -> Vec<(String, Uuid, String)> {
        match &event.event {
            Event::TeamCreated(team) | Event::TeamRenamed(team) => {
                vec![(event.tenant().to_string(), team.team_id.0, team.name.clone())]
            }
            _ => vec![],
        }
    }

    fn keys(event: &Recorded) -> Vec<OrderKey> {
        match &event.event {
            Event::TeamCreated(team) | Event::TeamRenamed(team) => {
                OrderKey::of(event.tenant(), [Ordered::Team(team.team_id)])
            }
            _ => vec![],
        }
    }

    async fn write(
        tx: &Transaction<'_>,
        changes: Vec<(String, Uuid, String)>,
    ) -> Result<(), tokio_postgres::Error> {
        WRITES.fetch_add(1, Ordering::Relaxed);
        let append = tx
            .prepare_cached(
                "INSERT INTO teams VALUES ($1, $2, ARRAY[$3])
                 ON CONFLICT (tenant, team) DO UPDATE SET names = teams.names || excluded.names",
            )
            .await?;
        for (tenant, team, name) in changes {
            tx.execute(&append, &[&tenant, &team, &name]).await?;
        }
        Ok(())
    }
}

/// A team by number, with a name.
pub(crate) fn named(number: u128, name: &str) -> Event {
    Event::TeamCreated(OwnTeam { team_id: team(number), name: name.to_owned() })
}

/// Another name for a team.
pub(crate) fn renamed(number: u128, name: &str) -> Event {
    Event::TeamRenamed(OwnTeam { team_id: team(number), name: name.to_owned() })
}

/// The id of a team by number.
pub(crate) fn team(number: u128) -> TeamId {
    TeamId(Uuid::from_u128(0x7ea0_0000 + number))
}

/// The names that a team of `acme` has had, as the read model in `slot` tells.
pub(crate) async fn names(database: &Database, slot: &str, number: u128) -> Vec<String> {
    let client = database.pool().get().await.expect("a connection");
    let question = format!("SELECT names FROM {slot}.teams WHERE tenant = 'acme' AND team = $1");
    let row = client.query_opt(&question, &[&team(number).0]).await.expect("a read model");
    row.map(|row| row.get(0)).unwrap_or_default()
}
