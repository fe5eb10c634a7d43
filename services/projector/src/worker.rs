//! The worker of a projection: looks at its slots, and runs a loop for each that is this release's to
//! keep.
//!
//! Each process has one. They agree without talking: what stands in the database says what is to be
//! done, leases say who does it, and slots are made, switched and dropped under a lock.

mod decide;
mod options;
mod running;
mod statuses;
mod yielding;

use std::time::Duration;

use eventlog::{Log, sentence};
use tokio_util::sync::CancellationToken;

use crate::contract::Projection;
use crate::database::Database;
use crate::discard;
use crate::error::ProjectorError;
use crate::lease;
use crate::pace::Pace;
use crate::schema::{self, Making, made_by};
use crate::slot::{SlotRole, check_slot};
use crate::slots::{Slots, slots};
use crate::status::Phase;
use crate::switch::{self, RollBackBy, SwitchError, SwitchRefusal};
use crate::wanted::Wanted;
use decide::{Candidate, Decision, Live, Previous, Switch, Why, decide};
pub use options::{OnNewRules, WorkerOptions};
use running::Loops;
pub use statuses::SlotStatuses;
use yielding::Yielding;

/// How often a worker looks at the slots.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);

/// The same while readers are answered with errors: the live slot lacks a table.
const HURRIED_INTERVAL: Duration = Duration::from_millis(50);

/// Keeps the slots of `P` as they are to be, until `stop`.
pub(crate) async fn work<P: Projection>(
    log: Log,
    database: Database,
    statuses: SlotStatuses,
    options: WorkerOptions,
    stop: CancellationToken,
) -> Result<(), ProjectorError> {
    check_slot(P::NAME)?;
    let loops = Loops::new(log.clone(), database.clone(), statuses.clone());
    let mut worker = Worker {
        log,
        database,
        statuses,
        options,
        loops,
        yielding: Yielding::default(),
        read_by_ours: false,
    };
    let mut told = String::new();
    let working = async {
        loop {
            let mut interval = LOOK_INTERVAL;
            match worker.round::<P>().await {
                Ok(Round::Still) => told.clear(),
                // What comes next does not wait for its time.
                Ok(Round::Changed) => continue,
                Ok(Round::Broken) => interval = HURRIED_INTERVAL,
                Err(error) => worker.failed(P::NAME, &error, &mut told),
            }
            let wanted = &mut worker.options.wanted;
            let changed = async {
                if wanted.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            // Whichever comes first.
            let _ = tokio::time::timeout(interval, changed).await;
        }
    };
    let _: Option<()> = stop.run_until_cancelled(working).await;
    worker.loops.stop_all().await;
    Ok(())
}

/// What a look at the slots has come to.
enum Round {
    /// There is nothing more to do.
    Still,
    /// There are other slots now.
    Changed,
    /// The live one lacks a table, and what replaces it is not ready.
    Broken,
}

struct Worker {
    log: Log,
    database: Database,
    statuses: SlotStatuses,
    options: WorkerOptions,
    loops: Loops,
    yielding: Yielding,
    /// Whether the live slot of another release was given what readers of this one ask.
    read_by_ours: bool,
}

impl Worker {
    /// Shows and logs that the slots cannot be seen to. Loops that run say themselves what fails.
    fn failed(&self, projection: &str, error: &ProjectorError, told: &mut String) {
        let why = sentence(error);
        if !self.loops.runs_any() && why != *told {
            let error = error as &dyn std::error::Error;
            tracing::warn!(projection, error, "the slots cannot be seen to");
            *told = why;
        }
        if !self.loops.runs(SlotRole::Live) {
            self.statuses.live.interrupted(error);
        }
    }

    /// Looks at the slots, and does what is to be done.
    async fn round<P: Projection>(&mut self) -> Result<Round, ProjectorError> {
        let pool = &self.database.pool().clone();
        let found = slots(pool, P::NAME).await?;
        let wanted = self.options.wanted.borrow_and_update().clone();
        let ours = made_by::<P>();
        let decision = decide(&found, &ours, wanted.as_ref(), self.options.on_new_rules);
        match &decision.live {
            Live::Follow => self.loops.run::<P>(SlotRole::Live, Some(Making::default())),
            Live::Serve(why) => {
                self.loops.stop(SlotRole::Live).await;
                self.lets_itself_be_read::<P>().await?;
                self.serve(*why, &found, &decision);
            }
        }
        match decision.previous {
            Previous::Follow => self.loops.run::<P>(SlotRole::Previous, None),
            Previous::None => self.loops.stop(SlotRole::Previous).await,
            Previous::Drop => {
                self.loops.stop(SlotRole::Previous).await;
                self.discard::<P>(&found, SlotRole::Previous).await?;
            }
        }
        let broken = decision.live == Live::Serve(Why::Incomplete);
        let mut round = if broken { Round::Broken } else { Round::Still };
        match decision.candidate {
            Candidate::Follow => {
                let pace = self.pace(&found, wanted.as_ref()).await?;
                self.loops.set_pace(SlotRole::Candidate, pace);
                self.loops.run::<P>(SlotRole::Candidate, None);
            }
            Candidate::Make(making) => {
                let end = self.log.end().await?;
                let mut client = lease::connection(&self.database).await?;
                let slot = SlotRole::Candidate.schema(P::NAME);
                schema::open::<P>(&mut client, &slot, end, Some(&making)).await?;
                round = Round::Changed;
            }
            Candidate::None | Candidate::Wait => self.loops.stop(SlotRole::Candidate).await,
            Candidate::Drop => {
                self.loops.stop(SlotRole::Candidate).await;
                self.discard::<P>(&found, SlotRole::Candidate).await?;
                round = Round::Changed;
            }
        }
        let switched = match decision.switch {
            None => return Ok(round),
            Some(Switch::CutOver) => switch::cut_over(pool, P::NAME, None).await,
            Some(Switch::RollBack) => {
                switch::roll_back(pool, P::NAME, RollBackBy::Release, &found).await
            }
        };
        match switched {
            Ok(_) => Ok(Round::Changed),
            Err(SwitchError::Refused(
                why @ (SwitchRefusal::ChangedByHand { .. } | SwitchRefusal::Altered { .. }),
            )) => {
                tracing::warn!(projection = P::NAME, %why, "the candidate is built once more");
                self.loops.stop(SlotRole::Candidate).await;
                self.discard::<P>(&found, SlotRole::Candidate).await?;
                Ok(Round::Changed)
            }
            // Another process was faster, or the slots are not there yet: they are looked at again.
            Err(SwitchError::Refused(why)) => {
                tracing::info!(projection = P::NAME, %why, "the slots are not switched yet");
                Ok(round)
            }
            Err(SwitchError::Database(error)) => Err(error.into()),
        }
    }

    /// Sees to it that readers of this release can read the live slot of another.
    async fn lets_itself_be_read<P: Projection>(&mut self) -> Result<(), ProjectorError> {
        if !self.read_by_ours {
            let mut client = lease::connection(&self.database).await?;
            let slot = SlotRole::Live.schema(P::NAME);
            schema::add_parked_tables(&mut client, P::NAME, &slot).await?;
            self.read_by_ours = true;
        }
        Ok(())
    }

    async fn discard<P: Projection>(
        &self,
        found: &Slots,
        role: SlotRole,
    ) -> Result<(), ProjectorError> {
        let Some(slot) = found.get(role) else { return Ok(()) };
        Ok(discard::discard_slot(self.database.pool(), P::NAME, slot).await?)
    }

    /// How fast the candidate may be built now.
    async fn pace(
        &mut self,
        found: &Slots,
        wanted: Option<&Wanted>,
    ) -> Result<Pace, ProjectorError> {
        let job = wanted.and_then(|wanted| wanted.candidate.as_ref());
        if job.is_some_and(|job| job.paused) {
            return Ok(Pace { paused: Some("an operator paused it".to_owned()), max_rate: None });
        }
        let end = self.log.end().await?;
        let limit = self.options.max_database_size;
        let paused = self.yielding.reason(self.database.pool(), found, end, limit).await?;
        Ok(Pace { paused, max_rate: job.and_then(|job| job.max_rate) })
    }

    /// Shows what becomes of a live slot that is not written to.
    fn serve(&self, why: Why, found: &Slots, decision: &Decision) {
        let Some(live) = &found.live else { return };
        let made = match why {
            Why::NewRules => "made by other rules",
            Why::Superseded => "made by the rules of another release, which came after this one",
            Why::Incomplete => "not whole",
        };
        let candidate =
            found.candidate.as_ref().filter(|_| decision.candidate == Candidate::Follow);
        let held = self.options.on_new_rules == OnNewRules::Hold && why != Why::Incomplete;
        let phase = match candidate {
            Some(candidate) if held && !candidate.building() => Phase::Held,
            Some(candidate) => Phase::Foreign(format!(
                "serves what it holds, {made}; the candidate has {} of {} events",
                candidate.position, candidate.goal
            )),
            // Who came before is of no more use than to keep the previous slot, and does that.
            None if why == Why::Superseded => Phase::Held,
            None => Phase::Foreign(format!("serves what it holds, {made}")),
        };
        self.statuses.live.serves(live, phase);
    }
}
