//! The loop that keeps one slot in step with the log.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use eventlog::{Log, ReadError, sentence};
use events::Position;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::batch_reader::BatchReader;
use crate::checkpoint::Checkpoint;
use crate::contract::Projection;
use crate::database::Database;
use crate::error::ProjectorError;
use crate::indexes;
use crate::lease::{self, Held};
use crate::pace::Pace;
use crate::parking::Parking;
use crate::schema::{self, Making};
use crate::slot::{check_slot, witness};
use crate::spans;
use crate::statistics;
use crate::status::{Phase, ProjectionStatus, StatusHandle};
use crate::timeouts::{ANSWER_TIMEOUT, WRITE_TIMEOUT, within};

/// The least time from the start of one transaction to that of the next, unless there is much to
/// write: an event that comes alone is written at once, and those of a busy moment share a commit.
const MIN_COMMIT_INTERVAL: Duration = Duration::from_millis(4);
/// A batch of this many events is followed by the next without a pause.
const BATCH_WITHOUT_PAUSE: usize = 100;
/// How often the loop asks for the end of the log, and, when no events come, whether the read model
/// is still there; and how often it renews its lease meanwhile.
const CHECK_INTERVAL: Duration = Duration::from_secs(2);
/// How long a slot that is not live waits when the disk of Postgres is full.
const FULL_DISK_DELAY: Duration = Duration::from_secs(30);
/// How long reporting a missing event to the log may take.
const REPORT_TIMEOUT: Duration = Duration::from_secs(2);

/// Keeps the read model in schema `slot` in step with the log until told to stop; makes it if it is
/// not there.
///
/// Rows and checkpoint move in one transaction, so an event counts exactly once, whatever crashes.
/// Of several instances one works, and the others stand by. Outages are waited out. An event that
/// cannot be applied waits, with all that shares a key with it, and the rest goes on; many that fail
/// alike stop the projection. A read model that other rules made, or that lacks a table, is refused.
pub async fn project<P: Projection>(
    log: Log,
    database: Database,
    slot: &str,
    status: Arc<StatusHandle>,
    stop: CancellationToken,
) -> Result<(), ProjectorError> {
    let (_pace, told) = watch::channel(Pace::default());
    let making = Some(Making::default());
    let kept = SlotLoop { log, database, slot: slot.to_owned(), making, pace: told, status };
    kept.run::<P>(stop).await
}

/// The loop of one slot.
pub(crate) struct SlotLoop {
    pub(crate) log: Log,
    pub(crate) database: Database,
    /// Its schema.
    pub(crate) slot: String,
    /// What it is made for if it is not there; none: then the loop ends.
    pub(crate) making: Option<Making>,
    pub(crate) pace: watch::Receiver<Pace>,
    pub(crate) status: Arc<StatusHandle>,
}

impl SlotLoop {
    /// Keeps the slot in step with the log until `stop`; fails when what stands in the schema is
    /// none that it could go on with.
    pub(crate) async fn run<P: Projection>(
        mut self,
        stop: CancellationToken,
    ) -> Result<(), ProjectorError> {
        check_slot(&self.slot)?;
        let mut backoff = Backoff::default();
        let status = Arc::clone(&self.status);
        let work = async {
            loop {
                let failure = Box::pin(self.work_until_failure::<P>()).await;
                if failure.is_of_slot() || (failure.is_dropped() && self.making.is_none()) {
                    return failure;
                }
                let ProjectionStatus { phase, position, .. } = status.current();
                let worked = matches!(phase, Phase::Working | Phase::Building { .. });
                let mut pause = backoff.pause(&self.slot, &failure, worked, position);
                if failure.is_disk_full() && self.making.is_none() {
                    // What is only being built, or only kept, leaves what room there is to others.
                    pause = FULL_DISK_DELAY;
                }
                if !failure.is_moved() {
                    status.interrupted(&failure);
                }
                tokio::time::sleep(pause).await;
            }
        };
        // A transaction under way is dropped with its connection: nothing of it remains.
        let ended = stop.run_until_cancelled(work).await;
        status.stopped();
        ended.map_or(Ok(()), Err)
    }

    /// Works on the read model until something fails.
    async fn work_until_failure<P: Projection>(&mut self) -> ProjectorError {
        let end = match self.log.end().await {
            Ok(end) => end,
            Err(error) => return error.into(),
        };
        let making = self.making.as_ref();
        let held = lease::hold::<P>(&self.database, &self.slot, end, making, &self.status).await;
        let mut held = match held {
            Ok(held) => held,
            Err(error) => return error,
        };
        let is_live = self.slot == P::NAME;
        let (database, slot, status) =
            (self.database.clone(), self.slot.clone(), Arc::clone(&self.status));
        let Err(error) = tokio::select! {
            followed = self.follow::<P>(&mut held) => followed,
            never = statistics::keep_up(&database, &slot, &status), if is_live => match never {},
        };
        if !error.passes() {
            // Others see it in the slot. Where even that fails, the slot says no more.
            let why = sentence(&error);
            let said = lease::halt(&held.client, &held.checkpoint, &why);
            let _ = within(ANSWER_TIMEOUT, said).await;
        }
        if !matches!(error, ProjectorError::Write(_)) {
            return error;
        }
        // A statement that failed may have failed because the whole schema is gone.
        let checked = within(ANSWER_TIMEOUT, schema::check(&held.client, &self.slot)).await;
        checked.err().filter(ProjectorError::is_dropped).unwrap_or(error)
    }

    /// Follows the log until something fails.
    async fn follow<P: Projection>(
        &mut self,
        held: &mut Held,
    ) -> Result<Infallible, ProjectorError> {
        let Held { client, checkpoint } = held;
        let Self { log, database, slot, status, pace, .. } = self;
        status.log_ends(log.end().await?);
        let mut parking = Parking::load::<P>(client, log, status.metrics()).await?;
        status.parked(parking.status());
        status.working(checkpoint);
        let mut batches = BatchReader::new(
            log.follow(checkpoint.position),
            P::PASSED_OVER,
            checkpoint.scope.tenant(),
        );
        let mut checked = Instant::now();
        loop {
            while let Some(why) = { pace.borrow_and_update().paused.clone() } {
                status.paused(&why);
                within(ANSWER_TIMEOUT, lease::halt(client, checkpoint, &why)).await?;
                // Who supervises the loop is gone with it.
                let _ = tokio::time::timeout(CHECK_INTERVAL, pace.changed()).await;
                within(ANSWER_TIMEOUT, lease::renew(client, slot, checkpoint)).await?;
                status.working(checkpoint);
            }
            let retried = Box::pin(parking.retry::<P>(client, log, checkpoint));
            if !within(WRITE_TIMEOUT, retried).await? {
                return Err(ProjectorError::Moved { slot: slot.clone() });
            }
            status.parked(parking.status());
            let patience = parking.patience(CHECK_INTERVAL);
            let Ok(batch) = tokio::time::timeout(patience, batches.next()).await else {
                status.log_ends(log.end().await?);
                within(ANSWER_TIMEOUT, schema::check(client, slot)).await?;
                within(ANSWER_TIMEOUT, lease::renew(client, slot, checkpoint)).await?;
                continue;
            };
            let mut batch = match batch {
                Err(error @ ProjectorError::Read(ReadError::Broken(_))) => {
                    report_missing(log, slot, checkpoint).await;
                    return Err(error);
                }
                batch => batch?,
            };
            parking.pass_over(&mut batch);
            status.log_ends(batch.end.seq);
            let built =
                checkpoint.position.seq < checkpoint.goal && checkpoint.goal <= batch.end.seq;
            if built {
                // With this batch it is built, and may be read.
                Box::pin(indexes::make::<P>(client, database, slot, checkpoint)).await?;
                if checkpoint.position != Position::START {
                    // There are rows to look at.
                    Box::pin(statistics::gather(client, slot, checkpoint)).await?;
                }
            }
            let begun = Instant::now();
            let next_commit =
                (batch.read < BATCH_WITHOUT_PAUSE).then(|| begun + MIN_COMMIT_INTERVAL);
            let next_commit = next_commit.max(pace.borrow().next(begun, batch.read));
            let advance = Box::pin(checkpoint.advance::<P>(client, &batch, &mut parking));
            let Some(next) = within(WRITE_TIMEOUT, advance).await? else {
                return Err(ProjectorError::Moved { slot: slot.clone() });
            };
            status.metrics().applied(begun.elapsed(), batch.ended_at);
            spans::applied(slot, &batch, begun.elapsed());
            *checkpoint = next;
            // Whoever waits for the position is told of what waits as well.
            status.parked(parking.status());
            status.working(checkpoint);
            if checked.elapsed() > CHECK_INTERVAL {
                status.log_ends(log.end().await?);
                checked = Instant::now();
            }
            while let Some(at) = next_commit.filter(|at| *at > Instant::now()) {
                tokio::time::sleep_until(at.min(Instant::now() + CHECK_INTERVAL)).await;
                // Who goes slowly keeps its lease meanwhile.
                if at > Instant::now() {
                    within(ANSWER_TIMEOUT, lease::renew(client, slot, checkpoint)).await?;
                }
            }
        }
    }
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
