//! A read model that shows every event that counts twice, or not, or out of order.

use deadpool_postgres::Transaction;
use events::{Digest, Event, EventKind, Recorded};
use projector::{Database, OrderKey, Ordered, Projection};
use uuid::Uuid;

/// How often each team was created, and a digest over all of that in order.
pub(crate) struct Tally;

impl Projection for Tally {
    const NAME: &'static str = "tally";
    const PASSED_OVER: &'static [EventKind] = &[EventKind::TeamDeleted];
    const TABLES: &'static str = "
        CREATE TABLE teams (team uuid PRIMARY KEY, times bigint NOT NULL);
        CREATE TABLE trail (digest bytea NOT NULL, length bigint NOT NULL);
        INSERT INTO trail VALUES ('', 0);
    ";
    const RULES: &'static str = "count";
    type Change = Uuid;

    fn project(event: &Recorded) -> Vec<Uuid> {
        match &event.event {
            Event::TeamCreated(team) => vec![team.team_id.0],
            _ => vec![],
        }
    }

    fn keys(event: &Recorded) -> Vec<OrderKey> {
        OrderKey::of(event.tenant(), [Ordered::Tenant])
    }

    async fn write(tx: &Transaction<'_>, teams: Vec<Uuid>) -> Result<(), tokio_postgres::Error> {
        let count = tx
            .prepare_cached(
                "INSERT INTO teams SELECT team, 1 FROM unnest($1::uuid[]) AS team
                 ON CONFLICT (team) DO UPDATE SET times = teams.times + 1",
            )
            .await?;
        tx.execute(&count, &[&teams]).await?;
        let row = tx.query_one("SELECT digest, length FROM trail", &[]).await?;
        let mut digest: Vec<u8> = row.try_get(0)?;
        let length: i64 = row.try_get(1)?;
        for team in &teams {
            digest = Digest::of(&[digest.as_slice(), team.as_bytes()].concat()).0.to_vec();
        }
        let length = length + i64::try_from(teams.len()).expect("a batch is small");
        tx.execute("UPDATE trail SET digest = $1, length = $2", &[&digest, &length]).await?;
        Ok(())
    }
}

/// The same under a later release: it keeps one column more.
pub(crate) struct NextTally;

impl Projection for NextTally {
    const NAME: &'static str = "tally";
    const PASSED_OVER: &'static [EventKind] = &[EventKind::TeamDeleted];
    const TABLES: &'static str = "
        CREATE TABLE teams (team uuid PRIMARY KEY, times bigint NOT NULL, colour text);
        CREATE TABLE trail (digest bytea NOT NULL, length bigint NOT NULL);
        INSERT INTO trail VALUES ('', 0);
    ";
    const RULES: &'static str = "count";
    type Change = Uuid;

    fn project(event: &Recorded) -> Vec<Uuid> {
        Tally::project(event)
    }

    fn keys(event: &Recorded) -> Vec<OrderKey> {
        Tally::keys(event)
    }

    async fn write(tx: &Transaction<'_>, teams: Vec<Uuid>) -> Result<(), tokio_postgres::Error> {
        Tally::write(tx, teams).await
    }
}

/// The same tables under other rules: every event counts for two.
pub(crate) struct DoubleTally;

impl Projection for DoubleTally {
    const NAME: &'static str = "tally";
    const PASSED_OVER: &'static [EventKind] = &[EventKind::TeamDeleted];
    const TABLES: &'static str = Tally::TABLES;
    const RULES: &'static str = "count each twice";
    type Change = Uuid;

    fn project(event: &Recorded) -> Vec<Uuid> {
        Tally::project(event).into_iter().flat_map(|team| [team, team]).collect()
    }

    fn keys(event: &Recorded) -> Vec<OrderKey> {
        Tally::keys(event)
    }

    async fn write(tx: &Transaction<'_>, teams: Vec<Uuid>) -> Result<(), tokio_postgres::Error> {
        for team in teams {
            Tally::write(tx, vec![team]).await?;
        }
        Ok(())
    }
}

/// What the read model in `slot` holds must be what was said: each event once, in order.
pub(crate) async fn assert_tallied(database: &Database, slot: &str, said: &[Recorded]) {
    let client = database.pool().get().await.expect("a connection");
    let question = format!(
        "SELECT digest, length, (SELECT count(*) FROM {slot}.teams),
                (SELECT max(times) FROM {slot}.teams)
         FROM {slot}.trail"
    );
    let row = client.query_one(&question, &[]).await.expect("a read model");
    let teams: Vec<_> = said.iter().flat_map(Tally::project).collect();
    let digest = teams.iter().fold(Vec::new(), |digest, team| {
        Digest::of(&[digest.as_slice(), team.as_bytes()].concat()).0.to_vec()
    });
    let expected = i64::try_from(teams.len()).expect("a log is not so long");
    assert_eq!(row.get::<_, i64>("length"), expected, "events counted");
    assert_eq!(row.get::<_, i64>(2), expected, "teams in the table");
    assert_eq!(row.get::<_, Option<i64>>(3), Some(1), "a team counted twice");
    assert_eq!(row.get::<_, Vec<u8>>("digest"), digest, "order of events");
}
