//! Operators decide about the slots of a projection one after the other, whatever process they ask.
//!
//! A decision is three steps: what is known is read, the slots are switched, the act is written. Two at
//! once would each decide on what the other is about to change: a job would be cancelled or paused while
//! readers are let see it. What was switched before and never written down is noted first, so that each
//! decides on acts that tell of the slots as they are.

use deadpool_postgres::{ClientWrapper, Object};
use projector::ReadModel;
use tokio_postgres::error::SqlState;
use tracing::Instrument as _;

use crate::operations::Operations;
use crate::ops::OpsError;
use crate::unnoted::note_all;

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
        Ok(_) => {
            note_all(ops, model).await?;
            Ok(Turn { _connection: connection })
        }
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
    let taken: bool = connection.query_one(lock, &[&decides(model)]).await?.try_get(0)?;
    if !taken {
        return Ok(None);
    }
    note_all(ops, model).await?;
    Ok(Some(Turn { _connection: connection }))
}

/// Comes to the end of a decision that switches slots, also where whoever asked hangs up meanwhile: between
/// the switch and the act nobody would have written down who did it.
pub(super) async fn to_its_end<T: Send + 'static>(
    decision: impl Future<Output = Result<T, OpsError>> + Send + 'static,
) -> Result<T, OpsError> {
    match tokio::spawn(decision.in_current_span()).await {
        Ok(decided) => decided,
        Err(died) => match died.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The program ends, and with it whoever waits.
            Err(_ended) => std::future::pending().await,
        },
    }
}

fn decides(model: ReadModel) -> String {
    format!("rollcall decides about {}", model.name)
}
