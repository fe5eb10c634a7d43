//! Read models in a database of their own.

use deadpool_postgres::Client;
use events::Recorded;
use projector::digests::{KEEP, MAKE, hand_made};
use projector::{Database, PARKED_TABLES, Projection};
use tokio::runtime::{Builder, Runtime};

/// A database, and a runtime to ask it on.
#[derive(Debug)]
pub struct World {
    runtime: Runtime,
    database: Database,
}

impl World {
    /// An empty database.
    ///
    /// # Panics
    ///
    /// If there is none to be had.
    #[expect(clippy::new_without_default, reason = "it starts servers")]
    pub fn new() -> Self {
        let url = embedded::for_tests().fresh_database();
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let database = runtime.block_on(Database::connect(&url, 4)).expect("a database");
        Self { runtime, database }
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Lets `work` have a connection.
    ///
    /// # Panics
    ///
    /// If there is none to be had, and if `work` does.
    pub fn run<T>(&self, work: impl AsyncFnOnce(&mut Client) -> T) -> T {
        self.runtime.block_on(async {
            work(&mut self.database.pool().get().await.expect("a connection")).await
        })
    }
}

/// What the projector keeps beside the tables, as far as queries look at it: all has been read.
const CHECKPOINT: &str =
    "CREATE TABLE checkpoint (seq bigint, goal bigint); INSERT INTO checkpoint VALUES (0, 0)";

/// The tables of a slot, by name.
async fn tables(client: &Client, slot: &str) -> Vec<String> {
    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = $1 ORDER BY tablename";
    let tables = client.query(tables, &[&slot]).await.expect("a list of tables");
    tables.iter().map(|row| row.get(0)).collect()
}

/// Empties all tables but the checkpoint, whose row stays, past the triggers that look after them.
async fn empty(client: &Client, slot: &str, tables: &[String]) {
    let emptied = tables.iter().filter(|table| *table != "checkpoint");
    let emptied: Vec<_> = emptied.map(|table| format!("DELETE FROM {table};")).collect();
    let emptied = emptied.concat();
    let sql = format!(
        "SET search_path TO {slot}; SET session_replication_role = replica; {emptied}
         SET session_replication_role = origin"
    );
    client.batch_execute(&sql).await.expect("a slot that is emptied");
}

/// Builds the read model anew in schema `slot`, with `at_once` events a transaction. Queries on
/// this connection are then about it. Its digests must be those of its rows.
///
/// # Panics
///
/// If Postgres refuses a statement, and if the digests are others.
pub async fn build<P: Projection>(
    client: &mut Client,
    slot: &str,
    events: &[Recorded],
    at_once: usize,
) {
    build_by::<P>(client, slot, events.chunks(at_once)).await;
}

/// The same, with each of these batches in a transaction.
///
/// In one database a slot is always of the same projection: one that is there is emptied, which takes
/// a fraction of the time that it takes to make its tables, triggers and functions. A server process
/// also keeps what it compiled for the triggers of schemas that are gone, and gets slow by it.
///
/// # Panics
///
/// If Postgres refuses a statement, and if the digests are others.
pub async fn build_by<P: Projection>(
    client: &mut Client,
    slot: &str,
    batches: impl IntoIterator<Item = &[Recorded]>,
) {
    let tables = tables(client, slot).await;
    if tables.is_empty() {
        let schema = format!("CREATE SCHEMA {slot}; SET search_path TO {slot}");
        client.batch_execute(&schema).await.expect("a schema");
        client.batch_execute(CHECKPOINT).await.expect("a checkpoint");
        client.batch_execute(PARKED_TABLES).await.expect("the tables of what waits");
        client.batch_execute(P::TABLES).await.expect("the tables");
        client.batch_execute(P::INDEXES).await.expect("the indexes");
        client.batch_execute(MAKE).await.expect("the digests");
    } else {
        empty(client, slot, &tables).await;
    }
    client.batch_execute(KEEP).await.expect("a setting");
    for batch in batches {
        let changes: Vec<P::Change> = batch.iter().flat_map(P::project).collect();
        if changes.is_empty() {
            continue;
        }
        let tx = client.transaction().await.expect("a transaction");
        P::write(&tx, changes).await.expect("the rows");
        tx.commit().await.expect("a commit");
    }
    let others = hand_made(&***client, slot, None).await.expect("the digests");
    assert!(others.is_empty(), "digests are not those of the rows: {others:?}");
}

/// All rows of all tables in schema `slot`, as text and in order; not the digests, which follow from
/// them, nor marks of who else wrote some.
///
/// # Panics
///
/// If Postgres refuses a statement.
pub async fn rows(client: &Client, slot: &str) -> Vec<String> {
    let all_tables = tables(client, slot).await;
    let own = |table: &&String| !["digests", "changed_by_hand"].contains(&table.as_str());
    let mut all = Vec::new();
    for table in all_tables.iter().filter(own) {
        let rows = format!("SELECT '{table}: ' || t::text FROM {slot}.{table} t ORDER BY 1");
        let rows = client.query(&rows, &[]).await.expect("the rows of a table");
        all.extend(rows.iter().map(|row| row.get::<_, String>(0)));
    }
    all
}
