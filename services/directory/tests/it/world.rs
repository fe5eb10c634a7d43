//! Read models in a database of their own.

use deadpool_postgres::Client;
use events::Recorded;
use projector::{Database, Projection};
use tokio::runtime::{Builder, Runtime};

pub(crate) struct World {
    runtime: Runtime,
    database: Database,
}

impl World {
    pub(crate) fn new() -> Self {
        let url = embedded::for_tests().fresh_database();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let database = runtime.block_on(Database::connect(&url, 4)).unwrap();
        Self { runtime, database }
    }

    /// Lets `work` have a connection.
    pub(crate) fn run<T>(&self, work: impl AsyncFnOnce(&mut Client) -> T) -> T {
        self.runtime.block_on(async { work(&mut self.database.pool().get().await.unwrap()).await })
    }
}

/// Builds the read model anew in schema `slot`, with `at_once` events a transaction.
pub(crate) async fn build<P: Projection>(
    client: &mut Client,
    slot: &str,
    events: &[Recorded],
    at_once: usize,
) {
    let schema = format!(
        "DROP SCHEMA IF EXISTS {slot} CASCADE; CREATE SCHEMA {slot}; SET search_path TO {slot}"
    );
    client.batch_execute(&schema).await.unwrap();
    client.batch_execute(P::TABLES).await.unwrap();
    // What the projector keeps beside the tables, as far as queries look at it: all is read.
    let checkpoint =
        "CREATE TABLE checkpoint (seq bigint, goal bigint); INSERT INTO checkpoint VALUES (0, 0)";
    client.batch_execute(checkpoint).await.unwrap();
    for batch in events.chunks(at_once) {
        let changes: Vec<P::Change> = batch.iter().flat_map(P::project).collect();
        let tx = client.transaction().await.unwrap();
        P::write(&tx, changes).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// All rows of all tables in schema `slot`, as text and in order.
pub(crate) async fn rows(client: &Client, slot: &str) -> Vec<String> {
    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = $1 ORDER BY tablename";
    let mut all = Vec::new();
    for table in client.query(tables, &[&slot]).await.unwrap() {
        let table: String = table.get(0);
        let rows = format!("SELECT '{table}: ' || t::text FROM {slot}.{table} t ORDER BY 1");
        all.extend(client.query(&rows, &[]).await.unwrap().iter().map(|row| row.get(0)));
    }
    all
}
