//! Row-level security: who reads for a tenant sees that tenant's rows and no others, even where a
//! statement forgets to say so.
//!
//! The read models belong to the user who connects. Reads become another role for the length of a
//! transaction, to which the policies on the tables apply. Nothing but the transaction's own
//! `rollcall.tenant` opens them.

use deadpool_postgres::{ClientWrapper, Transaction};
use events::Tenant;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

const READER_ROLE: &str = include_str!("../sql/reader_role.sql");
const TENANCY: &str = include_str!("../sql/tenancy.sql");
const BECOME: &str = "SET LOCAL ROLE rollcall_reader";

/// Puts policies on all tables of the schema on the search path, unless they are there.
pub(crate) async fn separate(tx: &Transaction<'_>) -> Result<(), Error> {
    tx.batch_execute(READER_ROLE).await?;
    tx.batch_execute(TENANCY).await
}

/// Whether this user may become the role that the policies are about, which is made if it can be.
///
/// A user of somebody's managed Postgres may neither make it nor become it. Then only the
/// conditions of each statement hold tenants apart, and an administrator should know.
pub async fn can_confine(client: &mut ClientWrapper) -> Result<bool, Error> {
    let tx = client.transaction().await?;
    tx.batch_execute(READER_ROLE).await?;
    tx.commit().await?;
    let tx = client.transaction().await?;
    match tx.batch_execute(BECOME).await {
        Ok(()) => Ok(true),
        // There is no such role, or this user is not in it.
        Err(error)
            if error.code() == Some(&SqlState::INVALID_PARAMETER_VALUE)
                || error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) =>
        {
            tracing::warn!(
                "row-level security is off: this user of the database may not become the role \
                 rollcall_reader; have an administrator CREATE ROLE rollcall_reader and GRANT it \
                 to this user, then start again"
            );
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Lets the rest of a transaction see this tenant's rows only.
pub async fn confine(tx: &Transaction<'_>, tenant: &Tenant) -> Result<(), Error> {
    // A slug holds nothing that a literal would have to escape.
    tx.batch_execute(&format!("{BECOME}; SET LOCAL rollcall.tenant = '{tenant}'")).await
}
