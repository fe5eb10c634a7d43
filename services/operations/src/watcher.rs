//! Looks after jobs: notes when a candidate has caught up, and ends jobs that another release made
//! pointless; and after the slots: notes what was switched and no act tells of.

use std::time::Duration;

use acts::{Act, Built, By, Failed, Job, Stage, State};
use eventlog::clock;
use projector::ReadModel;
use tokio_util::sync::CancellationToken;

use crate::operations::Operations;
use crate::ops::OpsError;
use crate::ops::replay::try_turn;
use crate::unnoted::note_unnoted;

/// How often jobs are looked at.
const INTERVAL: Duration = Duration::from_millis(200);
/// In how many of these looks it is looked at the slots, too.
const SLOTS_EACH: u64 = 5;

/// Looks after jobs until `stop`. Any number of processes may: each act is written once.
pub async fn watch_jobs(operations: Operations, stop: CancellationToken) {
    let watching = async {
        for round in 1_u64.. {
            tokio::time::sleep(INTERVAL).await;
            if round.is_multiple_of(SLOTS_EACH) {
                for model in operations.projections() {
                    // What fails here is tried again.
                    drop(note_unnoted(&operations, *model).await);
                }
            }
            let state = operations.acts().state();
            for model in operations.projections() {
                let Some(job) = state.jobs.active(model.name) else { continue };
                // What fails here is tried again, and who asks for the job is told why.
                drop(look(&operations, *model, job).await);
            }
        }
    };
    stop.run_until_cancelled(Box::pin(watching)).await;
}

async fn look(operations: &Operations, model: ReadModel, job: &Job) -> Result<(), WatchError> {
    let projection = &job.plan.projection;
    if model.made_by() != job.plan.world.rules {
        let why = "this release has other rules or tables than the plan's; plan again";
        return fail(operations, model, job, why).await;
    }
    if job.built.is_some() || job.stage == Stage::Paused {
        return Ok(());
    }
    let pool = operations.database().pool();
    let slots = projector::slots(pool, projection).await?;
    let id = job.id.to_string();
    let Some(candidate) = slots.candidate.filter(|slot| slot.job.as_ref() == Some(&id)) else {
        return Ok(());
    };
    // Processes of another release keep the projection by now, and this one has not been replaced yet.
    if candidate.made_by != job.plan.world.rules {
        let why = "its candidate was built by a release with other rules or tables than the plan's; \
                   plan again";
        return fail(operations, model, job, why).await;
    }
    if candidate.building() {
        return Ok(());
    }
    let begun = candidate.made_at.unwrap_or(job.started_at);
    let took = clock::now().duration_since(begun) - job.paused;
    let client = pool.get().await?;
    let schema = projector::SlotRole::Candidate.schema(projection);
    let row = client.query_one(include_str!("../sql/slot_bytes.sql"), &[&schema]).await?;
    let built = Act::ReplayBuilt(Built {
        job: job.id.clone(),
        events: candidate.position.0,
        seconds: took.as_secs_f64().max(0.001),
        bytes: u64::try_from(row.try_get::<_, i64>("bytes")?).unwrap_or_default(),
    });
    note(operations, job, built, |job| job.built.is_none()).await
}

/// Ends a job, unless somebody decides about it just now: readers may be let see it.
async fn fail(
    operations: &Operations,
    model: ReadModel,
    job: &Job,
    why: &str,
) -> Result<(), WatchError> {
    let Some(_turn) = try_turn(operations, model).await.map_err(WatchError::Turn)? else {
        return Ok(());
    };
    let failed = Act::ReplayFailed(Failed { job: job.id.clone(), why: why.to_owned() });
    note(operations, job, failed, |_| true).await
}

/// Writes an act about a job down, if it is still as it was.
async fn note(
    operations: &Operations,
    job: &Job,
    act: Act,
    is_new: impl Fn(&Job) -> bool,
) -> Result<(), WatchError> {
    let decide = |state: &State| -> Result<Option<Act>, WatchError> {
        let known = state.jobs.job(&job.id).ok();
        let open = known.filter(|known| matches!(known.stage, Stage::Running | Stage::Paused));
        Ok(open.filter(|known| is_new(known)).map(|_| act.clone()))
    };
    operations.acts().act(&By::Program, decide).await?;
    Ok(())
}

/// Why a job could not be looked at.
#[derive(Debug, thiserror::Error)]
enum WatchError {
    #[error(transparent)]
    Acts(#[from] crate::act_log::ActError),
    #[error(transparent)]
    Slots(#[from] projector::database::WaitError),
    #[error("borrow a connection")]
    Connect(#[from] deadpool_postgres::PoolError),
    #[error("wait for the turn to decide")]
    Turn(OpsError),
    #[error("ask how large a slot is")]
    Ask(#[from] tokio_postgres::Error),
}
