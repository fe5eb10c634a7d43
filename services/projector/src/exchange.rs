//! Exchanging the rows of one tenant, or of one person, between two slots of the same rules.
//!
//! The live slot gets the rows that a fresh fold made, and the other slot keeps those that were live,
//! so that a rollback is the same exchange again. Rows that are the same in both stay where they are.

use tokio_postgres::{Error, GenericClient};
use uuid::Uuid;

use crate::comparison::TableDifference;
use crate::database::quoted;
use crate::differing::{DifferingRows, Pair, Whose, counts, differing_rows};
use crate::people::People;
use crate::place_digests::PlaceDigests;
use crate::schema;
use crate::slot_tables::list;

/// Why rows cannot be exchanged.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// What waits in one slot has been applied in the other, or the other way round.
    #[error("events of the tenant are parked; decide about them first, or replay the whole tenant")]
    Parked,
    /// A statement failed.
    #[error("exchange rows between two slots")]
    Database(#[from] Error),
}

/// What was exchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchanged {
    /// By table, how the slots differed.
    pub tables: Vec<TableDifference>,
    /// Whether events that wait were exchanged too.
    pub parked: bool,
}

/// Exchanges the rows of `tenant`, or those of one employee of it, in which two slots differ.
///
/// `client` is within a transaction that nobody else writes into either slot during; both slots are
/// at the same position and of the same rules.
pub async fn exchange_rows(
    client: &impl GenericClient,
    people: &People,
    live: &str,
    other: &str,
    tenant: &str,
    person: Option<Uuid>,
) -> Result<Exchanged, ExchangeError> {
    // No trigger is to take this for the projection's own work: digests are moved below.
    client.batch_execute("SET LOCAL rollcall.writer = 'off'").await?;
    let pair = Pair { here: live, there: other };
    let parked = parked_rows(client, pair, tenant).await?;
    if parked && person.is_some() {
        return Err(ExchangeError::Parked);
    }
    let whose = Whose { tenant: Some(tenant), person };
    let differing = differing_rows(client, people, pair, whose).await?;
    let mut exchanged = Vec::new();
    for (number, rows) in differing.tables.iter().enumerate() {
        let found = counts(client, rows).await?;
        if !found.is_none() {
            let before = match person {
                Some(_) => Some(PlaceDigests::of(client, pair, tenant, &rows.table).await?),
                None => None,
            };
            exchange_table(client, pair, rows, number).await?;
            if let Some(before) = before {
                before.exchange(client, pair, &rows.table).await?;
            }
        }
        exchanged.push(found);
    }
    if person.is_none() {
        // The digests of a whole tenant, and what was changed by hand, go with its rows.
        for table in ["digests", "changed_by_hand"] {
            exchange_tenant(client, pair, tenant, table).await?;
        }
        if parked {
            exchange_parked(client, pair, tenant).await?;
        }
    }
    Ok(Exchanged { tables: exchanged, parked })
}

async fn exchange_table(
    client: &impl GenericClient,
    pair: Pair<'_>,
    DifferingRows { table, rows, .. }: &DifferingRows,
    number: usize,
) -> Result<(), Error> {
    let [here, there] =
        [pair.here, pair.there].map(|slot| format!("{}.{}", quoted(slot), quoted(&table.name)));
    let chosen =
        format!("({}) IN (SELECT {} FROM {rows})", list("r.", &table.key), list("", &table.key));
    let exchange = format!(
        "CREATE TEMP TABLE moved_{number} ON COMMIT DROP AS SELECT r.* FROM {here} r WHERE {chosen};
         DELETE FROM {here} r WHERE {chosen};
         INSERT INTO {here} SELECT r.* FROM {there} r WHERE {chosen};
         DELETE FROM {there} r WHERE {chosen};
         INSERT INTO {there} SELECT * FROM moved_{number}"
    );
    client.batch_execute(&exchange).await
}

async fn exchange_parked(
    client: &impl GenericClient,
    pair: Pair<'_>,
    tenant: &str,
) -> Result<(), Error> {
    // Keys go with their events, before which they cannot come.
    let [here, there] = [pair.here, pair.there].map(quoted);
    for (number, slot) in [&here, &there].into_iter().enumerate() {
        let save =
            format!("CREATE TEMP TABLE keys_{number} ON COMMIT DROP AS TABLE {slot}.parked_keys");
        client.batch_execute(&save).await?;
    }
    exchange_tenant(client, pair, tenant, "parked").await?;
    for (slot, saved) in [(&here, 1), (&there, 0)] {
        let give =
            format!("INSERT INTO {slot}.parked_keys SELECT * FROM keys_{saved} WHERE tenant = $1");
        client.execute(&give, &[&tenant]).await?;
    }
    Ok(())
}

/// Exchanges all rows of a tenant in a table of the projector's own.
async fn exchange_tenant(
    client: &impl GenericClient,
    pair: Pair<'_>,
    tenant: &str,
    table: &str,
) -> Result<(), Error> {
    let [here, there] = [pair.here, pair.there].map(|slot| format!("{}.{table}", quoted(slot)));
    let save =
        format!("CREATE TEMP TABLE moved_{table} ON COMMIT DROP AS TABLE {here} WITH NO DATA");
    client.batch_execute(&save).await?;
    for step in [
        format!("INSERT INTO moved_{table} SELECT * FROM {here} WHERE tenant = $1"),
        format!("DELETE FROM {here} WHERE tenant = $1"),
        format!("INSERT INTO {here} SELECT * FROM {there} WHERE tenant = $1"),
        format!("DELETE FROM {there} WHERE tenant = $1"),
        format!("INSERT INTO {there} SELECT * FROM moved_{table} WHERE tenant = $1"),
    ] {
        client.execute(&step, &[&tenant]).await?;
    }
    Ok(())
}

/// Whether events of the tenant are parked in one of the slots.
async fn parked_rows(
    client: &impl GenericClient,
    pair: Pair<'_>,
    tenant: &str,
) -> Result<bool, Error> {
    for slot in [pair.here, pair.there] {
        let table = format!("{}.parked", quoted(slot));
        let there = schema::exists(client, slot, "parked").await?;
        let question = format!("SELECT EXISTS (SELECT FROM {table} WHERE tenant = $1)");
        if there && client.query_one(&question, &[&tenant]).await?.try_get(0)? {
            return Ok(true);
        }
    }
    Ok(false)
}
