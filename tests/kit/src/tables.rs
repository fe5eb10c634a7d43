//! All rows of a read model's tables, and its checkpoint.

use std::collections::BTreeMap;

use tokio_postgres::{Client, NoTls};

use crate::wait::until;

/// Every row of every table, in some fixed order.
pub type Tables = BTreeMap<String, Vec<String>>;

/// Connects to a database.
pub async fn connect(database_url: &str) -> Client {
    let connected = tokio_postgres::connect(database_url, NoTls).await;
    let (client, connection) = connected.expect("Postgres is there");
    tokio::spawn(connection);
    client
}

/// The rows of a projection and its position in the log, without the time at which it got there.
pub async fn tables(client: &Client, projection: &str) -> Tables {
    let question = "SELECT table_name FROM information_schema.tables
                    WHERE table_schema = $1 AND table_type = 'BASE TABLE'";
    let names = client.query(question, &[&projection]).await.expect("a list of tables");
    let mut tables = Tables::new();
    for name in names.iter().map(|row| row.get::<_, String>(0)) {
        let what = if name == "checkpoint" { "seq, chain, unknown, made_by" } else { "*" };
        let question = format!(
            "SELECT row_to_json(t)::text FROM (SELECT {what} FROM {projection}.{name}) t ORDER BY 1"
        );
        let rows = client.query(&question, &[]).await.expect("the rows of a table");
        tables.insert(name, rows.iter().map(|row| row.get(0)).collect());
    }
    tables
}

/// How far a projection is; nowhere, when it is not there yet.
pub async fn position(client: &Client, projection: &str) -> u64 {
    let question = format!("SELECT seq FROM {projection}.checkpoint");
    let row = client.query_one(&question, &[]).await;
    row.map_or(0, |row| row.get::<_, i64>(0).try_into().expect("positions are not negative"))
}

/// Waits until a projection has reached `wanted`.
pub async fn reached(client: &Client, projection: &str, wanted: u64) {
    let what = format!("{projection} has reached event {wanted}");
    until(&what, async || position(client, projection).await >= wanted).await;
}
