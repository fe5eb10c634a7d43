//! One instance works on a slot; others stand by until it is gone.

use std::time::Duration;

use deadpool_postgres::ClientWrapper;
use events::Digest;

use crate::database::Database;
use crate::error::ProjectorError;
use crate::status::StatusHandle;
use crate::timeouts::{ANSWER_TIMEOUT, within};

/// How often a second instance looks whether the first is still there.
const STANDBY_CHECK_INTERVAL: Duration = Duration::from_millis(500);

/// A connection to work on the read model with, once no other instance does.
pub(crate) async fn own_client(
    database: &Database,
    slot: &str,
    status: &StatusHandle,
) -> Result<ClientWrapper, ProjectorError> {
    let client = within(ANSWER_TIMEOUT, async {
        let client = database.own_connection().await?;
        client.batch_execute(include_str!("../sql/session.sql")).await?;
        Ok(client)
    })
    .await?;
    take_over(&client, slot, status).await?;
    Ok(client)
}

/// Waits until no other instance works on the read model. The lock goes with the connection.
async fn take_over(
    client: &ClientWrapper,
    slot: &str,
    status: &StatusHandle,
) -> Result<(), ProjectorError> {
    let key = Digest::of(format!("rollcall projection {slot}").as_bytes()).0;
    let key = i64::from_be_bytes(key[..8].try_into().expect("a digest has eight bytes"));
    loop {
        let asked = async {
            let row = client.query_one(include_str!("../sql/take_over.sql"), &[&key]).await?;
            Ok(row.try_get(0)?)
        };
        if within(ANSWER_TIMEOUT, asked).await? {
            return Ok(());
        }
        status.standing_by();
        tokio::time::sleep(STANDBY_CHECK_INTERVAL).await;
    }
}
