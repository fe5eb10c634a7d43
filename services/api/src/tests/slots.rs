//! Queries name no schema: each must find its tables in the slot of its own projection, though the
//! path of a connection names them all.

use std::collections::BTreeSet;
use std::path::Path;

use deadpool_postgres::Client;
use projector::{Database, search_in};
use serde_json::Value;

use super::rows::filled;
use crate::reads::slots::SLOTS;

/// The tables that a statement reads, with their schemas.
async fn read_by(client: &Client, sql: &str) -> BTreeSet<(String, String)> {
    let parameters = client.prepare(sql).await.expect("a statement").params().len();
    let values = match parameters {
        0 => String::new(),
        count => format!("({})", vec!["NULL"; count].join(", ")),
    };
    let plan = format!(
        "DEALLOCATE ALL; SET plan_cache_mode = force_generic_plan; PREPARE looked_at AS {sql};
         EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE looked_at{values}"
    );
    let messages = client.simple_query(&plan).await.expect("a plan");
    let told = messages.iter().find_map(|message| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    let mut found = BTreeSet::new();
    collect(&serde_json::from_str(told.expect("a row")).expect("JSON"), &mut found);
    found
}

fn collect(plan: &Value, found: &mut BTreeSet<(String, String)>) {
    if let (Some(schema), Some(table)) = (plan["Schema"].as_str(), plan["Relation Name"].as_str()) {
        found.insert((schema.to_owned(), table.to_owned()));
    }
    let parts: Vec<&Value> = match plan {
        Value::Array(parts) => parts.iter().collect(),
        Value::Object(parts) => parts.values().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => vec![],
    };
    for part in parts {
        collect(part, found);
    }
}

#[tokio::test]
async fn every_statement_reads_the_tables_of_its_own_projection() {
    let database = Database::connect(&Box::pin(filled()).await, 1).await.expect("a database");
    let client = database.pool().get().await.expect("a connection");
    let mut statements = 0;
    for slot in SLOTS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../{slot}/sql/read"));
        for file in std::fs::read_dir(folder).expect("a folder") {
            let file = file.expect("a file").path();
            let sql = std::fs::read_to_string(&file).expect("a statement");
            search_in(&client, &SLOTS).await.expect("a path");
            let found = read_by(&client, &sql).await;
            assert!(!found.is_empty(), "{}", file.display());
            let elsewhere: Vec<_> = found.iter().filter(|(schema, _)| schema != slot).collect();
            assert!(elsewhere.is_empty(), "{}: {elsewhere:?}", file.display());
            statements += 1;
        }
    }
    assert!(statements > 15, "{statements}");
}
