//! Tenants are held apart by the database, and not only by the conditions of our statements.

use std::collections::BTreeSet;

use deadpool_postgres::GenericClient;
use events::Tenant;
use projector::{Database, tenancy};

use super::history::{ACME, GLOBEX};
use super::rows::{end, filled};
use crate::reads::snapshot::ReadSession;

/// Every table and view of the read models that holds rows of tenants.
async fn relations(client: &impl GenericClient) -> Vec<String> {
    let asked = "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.columns
         WHERE column_name = 'tenant' AND table_schema IN ('directory', 'teams', 'retention')
         ORDER BY 1";
    let found = client.query(asked, &[]).await.unwrap();
    found.iter().map(|row| row.get(0)).collect()
}

/// Whose rows a statement finds that forgets to ask for one tenant's.
async fn tenants_in(client: &impl GenericClient, relation: &str) -> BTreeSet<String> {
    let asked = format!("SELECT DISTINCT tenant FROM {relation}");
    client.query(&asked, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn a_statement_that_forgets_the_tenant_finds_that_tenant_s_rows_only() {
    let database = Database::connect(&Box::pin(filled()).await, 2).await.expect("a database");
    let owner = database.pool().get().await.unwrap();
    let relations = relations(&owner).await;
    assert!(relations.len() > 10, "{relations:?}");
    let mut shared = 0;
    for slug in [ACME, GLOBEX, "nobody"] {
        let tenant: Tenant = slug.parse().unwrap();
        let mut session =
            ReadSession::new(database.pool().get().await.unwrap(), true, end(), &["directory"]);
        let snapshot = session.snapshot(&tenant).await.expect("a snapshot");
        for relation in &relations {
            let there = tenants_in(&owner, relation).await;
            let seen = tenants_in(&*snapshot, relation).await;
            let own = there.iter().filter(|tenant| *tenant == slug).cloned().collect();
            assert_eq!(seen, own, "{slug} in {relation}");
            shared += usize::from(there.len() > 1);
        }
    }
    assert!(shared > 0, "no table holds rows of both tenants, so nothing was shown");
}

#[tokio::test]
async fn who_names_no_tenant_sees_nobody_s_rows() {
    let database = Database::connect(&Box::pin(filled()).await, 1).await.expect("a database");
    let mut client = database.pool().get().await.unwrap();
    let relations = relations(&client).await;
    let transaction = client.transaction().await.unwrap();
    transaction.batch_execute("SET LOCAL ROLE rollcall_reader").await.unwrap();
    for relation in &relations {
        assert_eq!(tenants_in(&transaction, relation).await, BTreeSet::new(), "{relation}");
    }
}

#[tokio::test]
async fn a_connection_forgets_its_tenant_with_the_transaction() {
    let database = Database::connect(&Box::pin(filled()).await, 1).await.expect("a database");
    let mut session =
        ReadSession::new(database.pool().get().await.unwrap(), true, end(), &["directory"]);
    drop(session.snapshot(&ACME.parse().unwrap()).await.expect("a snapshot"));
    drop(session);
    let client = database.pool().get().await.unwrap();
    let row = client.query_one("SELECT current_user = session_user", &[]).await.unwrap();
    assert!(row.get::<_, bool>(0), "the next borrower is somebody else");
    assert!(tenants_in(&client, "directory.employees").await.len() > 1);
}

#[tokio::test]
async fn a_user_who_may_not_become_the_reader_is_found_out() {
    let url = Box::pin(filled()).await;
    let owner = Database::connect(&url, 1).await.expect("a database");
    let plain = "DROP ROLE IF EXISTS rollcall_plain; CREATE ROLE rollcall_plain NOLOGIN";
    let mut client = owner.pool().get().await.unwrap();
    client.batch_execute(plain).await.unwrap();
    assert!(tenancy::can_confine(&mut client).await.unwrap());
    client.batch_execute("SET SESSION AUTHORIZATION rollcall_plain").await.unwrap();
    assert!(!tenancy::can_confine(&mut client).await.unwrap());
}
