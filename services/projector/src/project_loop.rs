//! The loop that keeps one read model in step with the log.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use eventlog::{Log, ReadError};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::batch_reader::BatchReader;
use crate::checkpoint::{self, Checkpoint};
use crate::contract::Projection;
use crate::database::Database;
use crate::error::ProjectorError;
use crate::slot::{check_slot, witness};
use crate::standby::own_client;
use crate::status::{Phase, StatusHandle};
use crate::timeouts::{ANSWER_TIMEOUT, WRITE_TIMEOUT, within};

/// The least time from the start of one transaction to that of the next, unless there is much to
/// write: an event that comes alone is written at once, and those of a busy moment share a commit.
const MIN_COMMIT_INTERVAL: Duration = Duration::from_millis(4);
/// A batch of this many events is followed by the next without a pause.
const BATCH_WITHOUT_PAUSE: usize = 100;
/// How often the loop asks for the end of the log, and, when no events come, whether the read model
/// is still there.
const CHECK_INTERVAL: Duration = Duration::from_secs(2);
/// How long reporting a missing event to the log may take.
const REPORT_TIMEOUT: Duration = Duration::from_secs(2);

/// Keeps the read model in schema `slot` in step with the log until told to stop.
///
/// Rows and checkpoint move in one transaction, so an event counts exactly once, whatever crashes.
/// Of several instances one works, and the others stand by. Outages are waited out. An event that
/// cannot be read or applied stops the projection: nothing is skipped.
pub async fn project<P: Projection>(
    log: Log,
    database: Database,
    slot: &str,
    status: Arc<StatusHandle>,
    stop: CancellationToken,
) -> Result<(), ProjectorError> {
    check_slot(slot)?;
    let mut backoff = Backoff::default();
    let work = async {
        loop {
            let failure = Box::pin(work_until_failure::<P>(&log, &database, slot, &status)).await;
            let worked = matches!(status.current().phase, Phase::Working | Phase::Building { .. });
            let pause = backoff.pause(slot, &failure, worked);
            status.interrupted(&failure);
            tokio::time::sleep(pause).await;
        }
    };
    // A transaction under way is dropped with its connection: nothing of it remains.
    let _: Option<()> = stop.run_until_cancelled(work).await;
    status.stopped();
    Ok(())
}

/// Works on the read model until something fails.
async fn work_until_failure<P: Projection>(
    log: &Log,
    database: &Database,
    slot: &str,
    status: &StatusHandle,
) -> ProjectorError {
    let mut client = match own_client(database, slot, status).await {
        Ok(client) => client,
        Err(error) => return error,
    };
    let outcome: Result<Infallible, ProjectorError> = async {
        let end = log.end().await?;
        let mut checkpoint = Checkpoint::open::<P>(&mut client, slot, end).await?;
        status.log_ends(end);
        status.working(&checkpoint);
        let mut batches = BatchReader::new(log.follow(checkpoint.position), P::PASSED_OVER);
        let mut checked = Instant::now();
        loop {
            let Ok(batch) = tokio::time::timeout(CHECK_INTERVAL, batches.next()).await else {
                status.log_ends(log.end().await?);
                within(ANSWER_TIMEOUT, checkpoint::check(&client, slot)).await?;
                continue;
            };
            let batch = match batch {
                Err(error @ ProjectorError::Read(ReadError::Broken(_))) => {
                    report_missing(log, slot, &checkpoint).await;
                    return Err(error);
                }
                batch => batch?,
            };
            status.log_ends(batch.end.seq);
            let begun = Instant::now();
            let next_commit =
                (batch.read < BATCH_WITHOUT_PAUSE).then(|| begun + MIN_COMMIT_INTERVAL);
            let advance = Box::pin(checkpoint.advance::<P>(&mut client, &batch));
            match within(WRITE_TIMEOUT, advance).await? {
                Some(next) => {
                    status.metrics().applied(begun.elapsed(), batch.ended_at);
                    checkpoint = next;
                }
                // Another instance moved the checkpoint: what was read ahead does not follow on it.
                // Opening may make the read model anew, which then needs the log's end of now.
                None => {
                    let end = log.end().await?;
                    checkpoint = Checkpoint::open::<P>(&mut client, slot, end).await?;
                    status.log_ends(end);
                    batches = BatchReader::new(log.follow(checkpoint.position), P::PASSED_OVER);
                }
            }
            status.working(&checkpoint);
            if checked.elapsed() > CHECK_INTERVAL {
                status.log_ends(log.end().await?);
                checked = Instant::now();
            }
            if let Some(at) = next_commit {
                tokio::time::sleep_until(at).await;
            }
        }
    }
    .await;
    let Err(error) = outcome;
    if !matches!(error, ProjectorError::Write(_)) {
        return error;
    }
    // A statement that failed may have failed because the whole schema is gone.
    let checked = within(ANSWER_TIMEOUT, checkpoint::check(&client, slot)).await;
    checked.err().filter(ProjectorError::is_dropped).unwrap_or(error)
}

/// Reports the read model's position beside a log that does not hold it any more: the writer compares
/// it with the log, and has no access to the database.
async fn report_missing(log: &Log, slot: &str, checkpoint: &Checkpoint) {
    let reported = log.report_missing(witness(slot), checkpoint.position, true);
    if let Ok(Err(error)) = tokio::time::timeout(REPORT_TIMEOUT, reported).await {
        let error = &*error as &dyn std::error::Error;
        tracing::warn!(slot, error, "cannot report what the read model knows");
    }
}
