//! Array statements: a column of values for each parameter.

use deadpool_postgres::Transaction;
use tokio_postgres::Error;
use tokio_postgres::types::ToSql;

/// One column of some rows.
pub fn column<'r, R, T>(rows: &'r [R], value: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

/// Executes a statement, which the connection keeps prepared.
pub async fn run(
    tx: &Transaction<'_>,
    sql: &str,
    columns: &[&(dyn ToSql + Sync)],
) -> Result<(), Error> {
    let statement = tx.prepare_cached(sql).await?;
    tx.execute(&statement, columns).await?;
    Ok(())
}
