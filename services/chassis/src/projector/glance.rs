//! A look at a read model's bookmark from outside.

use deadpool_postgres::Pool;
use events::Seq;
use tokio_postgres::error::SqlState;

use crate::database::{WaitError, quoted, seq_of};

/// How far a read model is, as its bookmark tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glance {
    /// The last event in the read model.
    pub position: Seq,
    /// How many events were passed over because the projection did not know them.
    pub unknown: u64,
}

/// Looks at the read model in schema `slot`; none if it has never been built.
pub async fn bookmark(pool: &Pool, slot: &str) -> Result<Option<Glance>, WaitError> {
    let client = pool.get().await?;
    let question = format!("SELECT seq, unknown FROM {}.bookmark", quoted(slot));
    match client.query_one(&question, &[]).await {
        Ok(row) => Ok(Some(Glance {
            position: seq_of(row.try_get("seq")?),
            unknown: u64::try_from(row.try_get::<_, i64>("unknown")?).unwrap_or_default(),
        })),
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
