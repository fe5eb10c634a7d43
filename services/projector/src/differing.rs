//! The rows in which two slots differ, in temporary tables of the transaction that compares them: a
//! comparison of any size needs no memory here.

use std::collections::BTreeSet;

use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, GenericClient};
use uuid::Uuid;

use crate::comparison::TableDifference;
use crate::database::quoted;
use crate::digests::{count, differing};
use crate::people::People;
use crate::slot_tables::{SlotTable, list, slot_tables};

/// Two slots side by side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair<'s> {
    pub(crate) here: &'s str,
    pub(crate) there: &'s str,
}

/// Whose rows are meant.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Whose<'s> {
    pub(crate) tenant: Option<&'s str>,
    /// One employee of the tenant.
    pub(crate) person: Option<Uuid>,
}

/// The rows of one table in which the slots differ: a temporary table with the columns of the key,
/// `in_here`, `in_there`, and `events`, the positions that both rows name.
#[derive(Debug)]
pub(crate) struct DifferingRows {
    pub(crate) table: SlotTable,
    /// The name of the temporary table.
    pub(crate) rows: String,
    /// How many rows the first slot has, of those that are compared.
    pub(crate) rows_here: i64,
}

/// What differs, and the tables that only one of the slots has.
#[derive(Debug, Default)]
pub(crate) struct Differing {
    pub(crate) tables: Vec<DifferingRows>,
    pub(crate) only_here: Vec<String>,
    pub(crate) only_there: Vec<String>,
}

/// Finds the rows that differ. `client` is within a transaction, and stays about no certain slot.
pub(crate) async fn differing_rows(
    client: &impl GenericClient,
    people: &People,
    pair: Pair<'_>,
    whose: Whose<'_>,
) -> Result<Differing, Error> {
    let (here, there) =
        (slot_tables(client, pair.here).await?, slot_tables(client, pair.there).await?);
    let named = |tables: &[SlotTable], name: &str| tables.iter().any(|table| table.name == name);
    let only = |tables: &[SlotTable], others: &[SlotTable]| {
        let missing = tables.iter().filter(|table| !named(others, &table.name));
        missing.map(|table| table.name.clone()).collect::<Vec<_>>()
    };
    let mut tables = Vec::new();
    for (number, table) in here.iter().enumerate() {
        let Some(other) = there.iter().find(|other| other.name == table.name) else { continue };
        if whose.person.is_some() && people.of(&table.name).is_none_or(|of| of.of_person.is_none())
        {
            continue;
        }
        let table = table.in_common_with(other);
        tables.push(compare_table(client, people, pair, whose, table, number).await?);
    }
    Ok(Differing { tables, only_here: only(&here, &there), only_there: only(&there, &here) })
}

async fn compare_table(
    client: &impl GenericClient,
    people: &People,
    pair: Pair<'_>,
    whose: Whose<'_>,
    table: SlotTable,
    number: usize,
) -> Result<DifferingRows, Error> {
    let one = count(client, pair.here, &table, whose.tenant).await?;
    let other = count(client, pair.there, &table, whose.tenant).await?;
    let mut rows_here = one.values().map(|digest| digest.rows).sum();
    let rows = format!("differing_{number}");
    let tenants_differ = format!("differing_tenants_{number}");
    // What makes a table takes no parameters, so that it is filled afterwards.
    let make = format!("CREATE TEMP TABLE {tenants_differ} (tenant text) ON COMMIT DROP");
    client.batch_execute(&make).await?;
    let tenants: Vec<String> =
        differing(&one, &other).into_iter().map(|(tenant, _)| tenant).collect();
    let fill = format!("INSERT INTO {tenants_differ} SELECT unnest($1::text[])");
    client.execute(&fill, &[&tenants]).await?;
    let mut condition = format!("r.tenant IN (SELECT tenant FROM {tenants_differ})");
    if let Some(person) = whose.person {
        let keys = format!("person_{number}");
        persons_keys(client, people, pair, whose.tenant, person, &table, &keys).await?;
        let key = list("r.", &table.key);
        let of_person = format!("({key}) IN (SELECT {} FROM {keys})", list("", &table.key));
        let (slot, name) = (quoted(pair.here), quoted(&table.name));
        let question = format!("SELECT count(*) FROM {slot}.{name} r WHERE {of_person}");
        rows_here = client.query_one(&question, &[]).await?.try_get(0)?;
        condition = format!("{condition} AND {of_person}");
    }
    client.batch_execute(&differing_query(pair, &table, &rows, &condition)).await?;
    Ok(DifferingRows { table, rows, rows_here })
}

/// The statement that makes the temporary table of the rows that differ, of those that meet
/// `condition`.
fn differing_query(pair: Pair<'_>, table: &SlotTable, made: &str, condition: &str) -> String {
    let (keys, whole) = (list("", &table.key), table.hashed_row());
    let positions: Vec<&str> = table.positions().collect();
    let inner: Vec<String> = table
        .key
        .iter()
        .map(String::as_str)
        .chain(positions.iter().copied())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|column| format!("r.{}", quoted(column)))
        .collect();
    let inner = inner.join(", ");
    let side = |slot: &str| {
        let (slot, name) = (quoted(slot), quoted(&table.name));
        format!(
            "SELECT {inner}, true AS found, {whole} AS whole FROM {slot}.{name} r WHERE {condition}"
        )
    };
    let events = [list("a.", &positions), list("b.", &positions)].join(", ");
    let events = if positions.is_empty() { String::new() } else { events };
    format!(
        "CREATE TEMP TABLE {made} ON COMMIT DROP AS
         SELECT {keys}, a.found IS NOT NULL AS in_here, b.found IS NOT NULL AS in_there,
            ARRAY(
                SELECT DISTINCT seq FROM unnest(ARRAY[{events}]::bigint[]) AS seq
                WHERE seq IS NOT NULL ORDER BY seq
            ) AS events
         FROM ({}) a FULL JOIN ({}) b USING ({keys})
         WHERE a.whole IS DISTINCT FROM b.whole",
        side(pair.here),
        side(pair.there),
    )
}

/// The keys of the rows that are the person's in either slot, as a temporary table.
async fn persons_keys(
    client: &impl GenericClient,
    people: &People,
    pair: Pair<'_>,
    tenant: Option<&str>,
    person: Uuid,
    table: &SlotTable,
    keys_table: &str,
) -> Result<(), Error> {
    let condition = people.of(&table.name).and_then(|of| of.of_person).unwrap_or("false");
    let (keys, name) = (list("r.", &table.key), quoted(&table.name));
    let make = format!(
        "CREATE TEMP TABLE {keys_table} ON COMMIT DROP AS
         SELECT {keys} FROM {}.{name} r LIMIT 0",
        quoted(pair.here)
    );
    client.batch_execute(&make).await?;
    let fill = format!(
        "INSERT INTO {keys_table} SELECT {keys} FROM {name} r WHERE {condition}
         EXCEPT SELECT {} FROM {keys_table}",
        list("", &table.key)
    );
    for slot in [pair.here, pair.there] {
        about(client, slot).await?;
        let parameters: [&(dyn ToSql + Sync); 2] = [&tenant, &person];
        client.execute(&fill, &parameters).await?;
    }
    Ok(())
}

/// Lets the names without a schema be those of `slot`, until the transaction ends.
pub(crate) async fn about(client: &impl GenericClient, slot: &str) -> Result<(), Error> {
    client.batch_execute(&format!("SET LOCAL search_path TO {}", quoted(slot))).await
}

/// How many rows differ, and in what way.
pub(crate) async fn counts(
    client: &impl GenericClient,
    differing: &DifferingRows,
) -> Result<TableDifference, Error> {
    let question = format!(
        "SELECT count(*) FILTER (WHERE in_here AND in_there) AS changed,
            count(*) FILTER (WHERE NOT in_there) AS only_here,
            count(*) FILTER (WHERE NOT in_here) AS only_there
         FROM {}",
        differing.rows
    );
    let row = client.query_one(&question, &[]).await?;
    let (changed, only_here) = (row.try_get("changed")?, row.try_get("only_here")?);
    Ok(TableDifference {
        table: differing.table.name.clone(),
        same: differing.rows_here - changed - only_here,
        changed,
        only_here,
        only_there: row.try_get("only_there")?,
    })
}
