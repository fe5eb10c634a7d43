//! Rows of tables that are made when they are first needed.

use deadpool_postgres::GenericClient;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};

/// The rows; none if there are no tables yet.
pub(crate) async fn optional_rows(
    client: &impl GenericClient,
    sql: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<Vec<Row>, Error> {
    let asked = async {
        let statement = client.prepare_cached(sql).await?;
        client.query(&statement, parameters).await
    };
    let is_missing = |error: &Error| {
        error.code().is_some_and(|code| {
            [SqlState::UNDEFINED_TABLE, SqlState::INVALID_SCHEMA_NAME].contains(code)
        })
    };
    match asked.await {
        Err(error) if is_missing(&error) => Ok(vec![]),
        rows => rows,
    }
}
