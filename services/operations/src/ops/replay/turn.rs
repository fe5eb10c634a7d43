//! Operators decide about the slots of a projection one after the other, whatever process they ask.
//!
//! A decision is three steps: what is known is read, the slots are switched, the act is written. Two at
//! once would each decide on what the other is about to change: a job would be cancelled while readers
//! are let see it.

use deadpool_postgres::{ClientWrapper, Object};
use projector::ReadModel;
use tokio_postgres::error::SqlState;

use crate::operations::Operations;
use crate::ops::OpsError;

/// How long one waits for another's decision: longer than a switch tries before it gives up.
const PATIENCE: &str = "SET lock_timeout = '30s'";

/// Whose turn it is. It ends with the connection, and so with the process.
pub(crate) struct Turn {
    _connection: ClientWrapper,
}

/// Waits for the turn to decide about a projection.
pub(super) async fn turn(ops: &Operations, model: ReadModel) -> Result<Turn, OpsError> {
    let connection = Object::take(ops.database().pool().get().await?);
    connection.batch_execute(PATIENCE).await?;
    let lock = "SELECT pg_advisory_lock(hashtextextended($1, 0))";
    match connection.execute(lock, &[&decides(model)]).await {
        Ok(_) => Ok(Turn { _connection: connection }),
        Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => {
            Err(OpsError::refused(format!(
                "another operator is deciding about {}; `rollcall operations log` tells who, and \
                 then say it again",
                model.name
            )))
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes the turn, if nobody has it.
pub(crate) async fn try_turn(ops: &Operations, model: ReadModel) -> Result<Option<Turn>, OpsError> {
    let connection = Object::take(ops.database().pool().get().await?);
    let lock = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))";
    let taken = connection.query_one(lock, &[&decides(model)]).await?.try_get(0)?;
    Ok(if taken { Some(Turn { _connection: connection }) } else { None })
}

fn decides(model: ReadModel) -> String {
    format!("rollcall decides about {}", model.name)
}
