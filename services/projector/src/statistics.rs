//! What Postgres knows of a slot's rows, before anybody reads them.
//!
//! It plans by statistics, which its own housekeeping gathers a minute after rows were written, or
//! when a tenth of a table is new. Until then it takes a tenant for a handful of rows, and reads a hundred
//! thousand for each row of a page: a slot that has just been built, or cut over to, would be read for
//! seconds. So would a tenant that has just arrived: 100 of 1,500 people in 400 teams took ten minutes.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

use deadpool_postgres::ClientWrapper;

use crate::checkpoint::Checkpoint;
use crate::database::{Database, WaitError, quoted};
use crate::digests::{Digests, kept_digests};
use crate::error::ProjectorError;
use crate::lease;
use crate::slot_tables::slot_tables;
use crate::status::{Phase, ProjectionStatus, StatusHandle};
use crate::timeouts::{ANSWER_TIMEOUT, within};

/// How long Postgres may look at a table. It looks at a sample, however large the table is.
const BOUND: &str = "SET LOCAL statement_timeout = '10s'";

/// How often it is asked whether a tenant has grown; and how few of its rows are read quickly by any plan.
const GROWTH_INTERVAL: Duration = Duration::from_secs(5);
const FEW_ROWS: i64 = 200;

/// Lets Postgres look again at a table of a slot that is live, as soon as the rows of a tenant in it have
/// doubled since the last look. It takes another connection than who writes the rows.
pub(crate) async fn keep_up(database: &Database, slot: &str, status: &StatusHandle) -> Infallible {
    let (mut looked, mut at) = (Digests::new(), None);
    loop {
        tokio::time::sleep(GROWTH_INTERVAL).await;
        let ProjectionStatus { phase, position, .. } = status.current();
        if phase != Phase::Working || at == Some(position) {
            continue;
        }
        match look_where_grown(database, slot, &mut looked).await {
            Ok(()) => at = Some(position),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::info!(slot, error, "no statistics of what has grown");
            }
        }
    }
}

async fn look_where_grown(
    database: &Database,
    slot: &str,
    looked: &mut Digests,
) -> Result<(), WaitError> {
    let mut client = database.pool().get().await?;
    let now = kept_digests(&**client, slot, None).await?;
    for table in grown(looked, &now) {
        look(&mut client, &format!("{}.{}", quoted(slot), quoted(table))).await?;
        note_look(looked, &now, table);
    }
    Ok(())
}

/// From now on the rows of a table are held against those that it had at this look. Those of tables that
/// were not looked at stay as they were, however often it was asked: they may grow slowly.
fn note_look(looked: &mut Digests, now: &Digests, table: &str) {
    let of_table = now.iter().filter(|((_, of), _)| of == table);
    looked.extend(of_table.map(|(place, digest)| (place.clone(), *digest)));
}

/// The tables in which some tenant has twice the rows that it had.
fn grown<'n>(before: &Digests, now: &'n Digests) -> BTreeSet<&'n str> {
    let rows = |of: &Digests, place| of.get(place).map_or(0, |digest| digest.rows);
    now.keys()
        .filter(|place| rows(now, place) >= FEW_ROWS.max(2 * rows(before, place)))
        .map(|(_, table)| table.as_str())
        .collect()
}

/// Lets Postgres look at the tables of the slot. What cannot be looked at now is read as it is: its
/// housekeeping comes to it later.
pub(crate) async fn gather(
    client: &mut ClientWrapper,
    slot: &str,
    checkpoint: &Checkpoint,
) -> Result<(), ProjectorError> {
    let tables = async { Ok(slot_tables(&**client, slot).await?) };
    for table in within(ANSWER_TIMEOUT, tables).await? {
        let looked =
            async { Ok(look(client, &format!("{}.{}", quoted(slot), quoted(&table.name))).await) };
        if let Err(error) = within(ANSWER_TIMEOUT, looked).await? {
            let error = &error as &dyn std::error::Error;
            tracing::info!(slot, table = table.name, error, "no statistics of a table");
        }
        // A connection that broke is noticed here.
        within(ANSWER_TIMEOUT, lease::renew(client, slot, checkpoint)).await?;
    }
    Ok(())
}

async fn look(client: &mut ClientWrapper, table: &str) -> Result<(), tokio_postgres::Error> {
    let tx = client.transaction().await?;
    tx.batch_execute(BOUND).await?;
    tx.batch_execute(&format!("ANALYZE {table}")).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digests::RowsDigest;

    fn rows(of: &[(&str, &str, i64)]) -> Digests {
        let entry = |(tenant, table, rows): &(&str, &str, i64)| {
            (((*tenant).to_owned(), (*table).to_owned()), RowsDigest::of_rows(*rows))
        };
        of.iter().map(entry).collect()
    }

    #[test]
    fn a_table_is_looked_at_once_a_tenant_has_twice_the_rows_and_not_just_a_few() {
        let before =
            rows(&[("acme", "teams", 150), ("acme", "members", 1000), ("big", "members", 9000)]);
        let grown_to = |now: &[_]| {
            let now = rows(now);
            grown(&before, &now).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(grown_to(&[("acme", "teams", 299), ("acme", "members", 1999)]), [""; 0]);
        assert_eq!(grown_to(&[("acme", "teams", 300), ("acme", "members", 1999)]), ["teams"]);
        assert_eq!(grown_to(&[("new", "members", 199)]), [""; 0]);
        assert_eq!(grown_to(&[("new", "members", 200), ("big", "members", 9001)]), ["members"]);
    }

    #[test]
    fn what_grows_slowly_is_looked_at_as_well() {
        let (mut looked, mut looks) = (Digests::new(), Vec::new());
        for percent in 0..=100 {
            let now = rows(&[("acme", "members", 200 + 4 * percent), ("acme", "teams", 150)]);
            for table in grown(&looked, &now) {
                note_look(&mut looked, &now, table);
                looks.push((table.to_owned(), 200 + 4 * percent));
            }
        }
        let members = |rows| ("members".to_owned(), rows);
        assert_eq!(looks, [members(200), members(400)]);
    }
}
