//! The limits of a projection: the rows that it made, written by bare statements into a bare copy
//! of its table. What we do on top cannot be faster than these.

use std::error::Error;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, NoTls, Row};
use uuid::Uuid;

/// Rows of a transaction, as many as events in one of ours.
const AT_ONCE: usize = 1000;

/// An array as Postgres sends it, to be sent back as it is: the limit pays for no encoding.
#[derive(Debug)]
struct Array(Vec<u8>);

impl<'r> FromSql<'r> for Array {
    fn from_sql(_: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(raw.to_owned()))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl ToSql for Array {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.extend_from_slice(&self.0);
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

struct Column {
    name: String,
    kind: String,
    key: bool,
}

/// Upserts the rows of `table` into an empty copy of it, again and again until there were `count`,
/// a thousand in each transaction, as durably as a projection does. How long that took.
pub(crate) async fn upserts(
    database_url: &str,
    table: &str,
    count: usize,
) -> anyhow::Result<Duration> {
    let client = connect(database_url).await?;
    client.batch_execute("SET synchronous_commit = off").await?;
    let columns = copy(&client, table).await?;
    let batches = client.query(&in_batches(table, &columns), &[]).await?;
    ensure!(!batches.is_empty(), "{table} has no rows to write");
    let upsert = client.prepare(&upsert(&columns)).await?;
    let batches = batches.iter().map(arrays).collect::<Result<Vec<_>, _>>()?;
    let started = Instant::now();
    let mut written = 0;
    for batch in batches.iter().cycle() {
        if written >= count {
            break;
        }
        let arrays = batch.iter().map(|array| array as &(dyn ToSql + Sync));
        written += usize::try_from(client.execute_raw(&upsert, arrays).await?)?;
    }
    let took = started.elapsed();
    client.batch_execute("DROP SCHEMA bare CASCADE").await?;
    Ok(took)
}

/// How long it takes to write one employee's row, and nothing else, as durably as a projection.
pub(crate) async fn upsert_one(
    database_url: &str,
    tenant: &str,
    employee: Uuid,
    times: usize,
) -> anyhow::Result<Vec<Duration>> {
    let client = connect(database_url).await?;
    client.batch_execute("SET synchronous_commit = off").await?;
    copy(&client, "directory.employees").await?;
    let upsert = client
        .prepare(
            "INSERT INTO bare.copy
             SELECT * FROM directory.employees WHERE tenant = $1 AND employee = $2
             ON CONFLICT (tenant, employee)
             DO UPDATE SET profile = excluded.profile, seq = excluded.seq + 1",
        )
        .await?;
    let mut took = Vec::new();
    for _ in 0..times {
        let asked = Instant::now();
        client.execute(&upsert, &[&tenant, &employee]).await?;
        took.push(asked.elapsed());
    }
    client.batch_execute("DROP SCHEMA bare CASCADE").await?;
    Ok(took)
}

async fn connect(database_url: &str) -> anyhow::Result<Client> {
    let (client, connection) = tokio_postgres::connect(database_url, NoTls).await?;
    // It ends with the client, and a connection that breaks fails the statement that is on it.
    tokio::spawn(connection);
    Ok(client)
}

/// Makes an empty copy of a table, with its indexes and checks.
async fn copy(client: &Client, table: &str) -> anyhow::Result<Vec<Column>> {
    client
        .batch_execute(&format!(
            "CREATE SCHEMA bare; CREATE TABLE bare.copy (LIKE {table} INCLUDING ALL)"
        ))
        .await
        .with_context(|| format!("copy {table}"))?;
    let columns = client
        .query(
            "SELECT attname::text, format_type(atttypid, atttypmod), attnum = ANY (conkey)
             FROM pg_attribute JOIN pg_constraint ON conrelid = attrelid AND contype = 'p'
             WHERE attrelid = 'bare.copy'::regclass AND attnum > 0 AND NOT attisdropped
             ORDER BY attnum",
            &[],
        )
        .await?;
    let column = |row: &Row| {
        anyhow::Ok(Column { name: row.try_get(0)?, kind: row.try_get(1)?, key: row.try_get(2)? })
    };
    columns.iter().map(column).collect()
}

/// Asks for the rows in the order in which they were last written, as arrays.
fn in_batches(table: &str, columns: &[Column]) -> String {
    let arrays = list(columns, |column| format!("array_agg({})", column.name));
    format!(
        "SELECT {arrays}
         FROM (SELECT *, (row_number() OVER (ORDER BY ctid) - 1) / {AT_ONCE} AS batch FROM {table})
             AS numbered
         GROUP BY batch ORDER BY batch"
    )
}

fn upsert(columns: &[Column]) -> String {
    let mut parameters = 0;
    let arrays = list(columns, |column| {
        parameters += 1;
        format!("${parameters}::{}[]", column.kind)
    });
    let (keys, others): (Vec<&Column>, Vec<&Column>) =
        columns.iter().partition(|column| column.key);
    let keys = list(keys, |column| column.name.clone());
    let set = list(others, |Column { name, .. }| format!("{name} = excluded.{name}"));
    format!(
        "INSERT INTO bare.copy SELECT * FROM unnest({arrays}) ON CONFLICT ({keys}) DO UPDATE SET {set}"
    )
}

fn list<'c>(
    columns: impl IntoIterator<Item = &'c Column>,
    text: impl FnMut(&'c Column) -> String,
) -> String {
    columns.into_iter().map(text).collect::<Vec<_>>().join(", ")
}

fn arrays(row: &Row) -> Result<Vec<Array>, tokio_postgres::Error> {
    (0..row.len()).map(|column| row.try_get(column)).collect()
}
