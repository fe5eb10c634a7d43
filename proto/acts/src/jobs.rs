//! Plans and jobs, as follows from the acts; and which act may come next.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::act::{Act, JobDecision, Started};
use crate::id::{JobId, PlanId};
use crate::job::{Job, Planned, Stage};
use crate::job_refusal::JobRefusal;
use crate::plan::World;
use crate::record::Acted;

/// The plans and jobs that there are and were.
#[derive(Clone, Debug, Default)]
pub struct Jobs {
    plans: BTreeMap<PlanId, Planned>,
    jobs: BTreeMap<JobId, Job>,
}

impl Jobs {
    pub(crate) fn apply(&mut self, acted: &Acted) {
        match &acted.act {
            Act::ReplayPlanned(plan) => {
                let (plan, by) = ((**plan).clone(), acted.by.clone());
                let planned = Planned { plan, by, at: acted.at, given_up: false };
                self.plans.insert(planned.plan.id.clone(), planned);
            }
            Act::ReplayStarted(started) => self.start_job(acted, started),
            Act::ReplayPaused(decision) => self.turn(acted, &decision.job, Stage::Paused),
            Act::ReplayResumed(decision) => {
                if let Some(job) = self.jobs.get_mut(&decision.job) {
                    job.paused += acted.at.duration_since(job.since);
                }
                self.turn(acted, &decision.job, Stage::Running);
            }
            Act::ReplayCancelled(decision) => self.cancelled(acted, &decision.job),
            Act::ReplayBuilt(built) => {
                if let Some(job) = self.jobs.get_mut(&built.job) {
                    job.built = Some(built.clone());
                }
            }
            Act::ReplayFailed(failed) => {
                self.turn(acted, &failed.job, Stage::Failed { why: failed.why.clone() });
            }
            Act::ReplayCutOver(done) => {
                self.turn(acted, &done.job, Stage::CutOver { kept_until: done.kept_until });
            }
            Act::ReplayRolledBack(done) => self.turn(acted, &done.job, Stage::RolledBack),
            Act::OperatorAdded(_)
            | Act::OperatorGranted(_)
            | Act::OperatorUngranted(_)
            | Act::OperatorRevoked(_)
            | Act::RequestReceived(_)
            | Act::RequestAnswered(_)
            | Act::ParkedSkipped(_)
            | Act::ParkedRetried(_)
            | Act::PersonalRevealed(_)
            | Act::ReleaseBegun(_)
            | Act::ReleaseCutOver(_)
            | Act::ReleaseRolledBack(_)
            | Act::ErasurePlanned(_)
            | Act::ErasureStarted(_)
            | Act::ErasureIncomplete(_)
            | Act::ErasureCompleted(_)
            | Act::ErasureCarriedOver(_)
            | Act::VerifyStarted(_)
            | Act::VerifyEnded(_)
            | Act::BackupMade(_)
            | Act::BackupRestored(_)
            | Act::Unknown { .. } => {}
        }
    }

    fn start_job(&mut self, acted: &Acted, Started { plan, job }: &Started) {
        let Some(planned) = self.plans.get(plan) else { return };
        let started = Job {
            id: job.clone(),
            plan: planned.plan.clone(),
            by: acted.by.clone(),
            started_at: acted.at,
            stage: Stage::Running,
            since: acted.at,
            paused: SignedDuration::ZERO,
            built: None,
        };
        self.jobs.insert(job.clone(), started);
    }

    /// Ends a job, or gives up the plan that was not started.
    fn cancelled(&mut self, acted: &Acted, job: &JobId) {
        self.turn(acted, job, Stage::Cancelled);
        if !self.jobs.contains_key(job)
            && let Some(planned) = self.plans.get_mut(&PlanId::from(job))
        {
            planned.given_up = true;
        }
    }

    fn turn(&mut self, acted: &Acted, job: &JobId, stage: Stage) {
        if let Some(job) = self.jobs.get_mut(job) {
            job.stage = stage;
            job.since = acted.at;
        }
    }

    /// A plan.
    pub fn plan(&self, id: &PlanId) -> Result<&Planned, JobRefusal> {
        self.plans.get(id).ok_or_else(|| JobRefusal::NoPlan(id.clone()))
    }

    /// A job.
    pub fn job(&self, id: &JobId) -> Result<&Job, JobRefusal> {
        self.jobs.get(id).ok_or_else(|| JobRefusal::NoJob(id.clone()))
    }

    /// All jobs, the one that was started first in front.
    pub fn all(&self) -> Vec<&Job> {
        let mut all: Vec<&Job> = self.jobs.values().collect();
        all.sort_by_key(|job| job.started_at);
        all
    }

    /// All plans that were not started, the oldest in front.
    pub fn plans(&self) -> Vec<&Planned> {
        let unstarted =
            |planned: &&Planned| !self.jobs.contains_key(&JobId::from(&planned.plan.id));
        let mut all: Vec<&Planned> = self.plans.values().filter(unstarted).collect();
        all.sort_by_key(|planned| planned.at);
        all
    }

    /// The job of a projection that wants a candidate, if one does.
    pub fn active(&self, projection: &str) -> Option<&Job> {
        self.jobs.values().find(|job| {
            job.plan.projection == projection && matches!(job.stage, Stage::Running | Stage::Paused)
        })
    }

    /// The last job of a projection that has caught up, by which the next is estimated.
    pub fn last_built(&self, projection: &str) -> Option<&Job> {
        let of = |job: &&Job| job.plan.projection == projection && job.built.is_some();
        self.jobs.values().filter(of).max_by_key(|job| job.started_at)
    }

    /// Starts a plan; `None` if it was started before, by whomever, and not ended in vain.
    pub fn start(
        &self,
        id: &PlanId,
        now: Timestamp,
        world: &World,
    ) -> Result<Option<Act>, JobRefusal> {
        let Planned { plan, given_up, .. } = self.plan(id)?;
        let job = JobId::from(id);
        if let Some(started) = self.jobs.get(&job) {
            return match started.stage {
                Stage::Running | Stage::Paused | Stage::CutOver { .. } => Ok(None),
                Stage::RolledBack | Stage::Cancelled | Stage::Failed { .. } => {
                    self.not_now(&job, "run again")
                }
            };
        }
        if *given_up {
            return Err(JobRefusal::GivenUp(id.clone()));
        }
        if plan.expires_at <= now {
            return Err(JobRefusal::Expired { plan: id.clone(), at: plan.expires_at });
        }
        if let Some(other) = self.active(&plan.projection) {
            return Err(JobRefusal::Busy {
                projection: plan.projection.clone(),
                job: other.id.clone(),
                by: other.by.to_string(),
                stage: other.state(),
                next: other.next(),
            });
        }
        self.is_current(id, world)?;
        Ok(Some(Act::ReplayStarted(Started { plan: id.clone(), job })))
    }

    /// Refuses a plan whose world has moved.
    pub fn is_current(&self, id: &PlanId, world: &World) -> Result<(), JobRefusal> {
        let moved = self.plan(id)?.plan.world.moved(world);
        if moved.is_empty() {
            return Ok(());
        }
        Err(JobRefusal::OutOfDate { plan: id.clone(), moved: moved.join(", and ") })
    }

    /// Pauses a job; `None` if it is paused.
    pub fn pause(&self, id: &JobId, reason: Option<String>) -> Result<Option<Act>, JobRefusal> {
        let decision = JobDecision { job: id.clone(), reason };
        match self.job(id)?.stage {
            Stage::Running => Ok(Some(Act::ReplayPaused(decision))),
            Stage::Paused => Ok(None),
            Stage::CutOver { .. } | Stage::RolledBack | Stage::Cancelled | Stage::Failed { .. } => {
                self.not_now(id, "paused")
            }
        }
    }

    /// Resumes a job; `None` if it runs.
    pub fn resume(&self, id: &JobId, reason: Option<String>) -> Result<Option<Act>, JobRefusal> {
        let decision = JobDecision { job: id.clone(), reason };
        match self.job(id)?.stage {
            Stage::Running => Ok(None),
            Stage::Paused => Ok(Some(Act::ReplayResumed(decision))),
            Stage::CutOver { .. } | Stage::RolledBack | Stage::Cancelled | Stage::Failed { .. } => {
                self.not_now(id, "resumed")
            }
        }
    }

    /// Cancels a job, or a plan that was not started; `None` if it was cancelled.
    pub fn cancel(&self, id: &JobId, reason: Option<String>) -> Result<Option<Act>, JobRefusal> {
        let decision = JobDecision { job: id.clone(), reason };
        if let (Err(_), Ok(planned)) = (self.job(id), self.plan(&id.into())) {
            return Ok((!planned.given_up).then_some(Act::ReplayCancelled(decision)));
        }
        match self.job(id)?.stage {
            Stage::Running | Stage::Paused => Ok(Some(Act::ReplayCancelled(decision))),
            Stage::Cancelled => Ok(None),
            Stage::CutOver { .. } | Stage::RolledBack | Stage::Failed { .. } => {
                self.not_now(id, "cancelled")
            }
        }
    }

    /// Whether a job may be cut over to, as far as the acts tell; `false` if it was.
    pub fn may_cut_over(&self, id: &JobId) -> Result<bool, JobRefusal> {
        match self.job(id)?.stage {
            Stage::Running => Ok(true),
            Stage::CutOver { .. } => Ok(false),
            Stage::Paused | Stage::RolledBack | Stage::Cancelled | Stage::Failed { .. } => {
                self.not_now(id, "cut over to")
            }
        }
    }

    /// Whether the cut-over of a job may be undone, as far as the acts tell; `false` if it was.
    pub fn may_roll_back(&self, id: &JobId, now: Timestamp) -> Result<bool, JobRefusal> {
        match &self.job(id)?.stage {
            Stage::CutOver { kept_until } if *kept_until <= now => {
                Err(JobRefusal::NotKept { job: id.clone(), kept_until: *kept_until })
            }
            Stage::CutOver { .. } => Ok(true),
            Stage::RolledBack => Ok(false),
            Stage::Running | Stage::Paused | Stage::Cancelled | Stage::Failed { .. } => {
                self.not_now(id, "rolled back")
            }
        }
    }

    fn not_now<T>(&self, id: &JobId, wanted: &'static str) -> Result<T, JobRefusal> {
        let job = self.job(id)?;
        let (stage, next) = (job.state(), job.next());
        Err(JobRefusal::NotNow { job: id.clone(), stage, wanted, next })
    }
}

#[cfg(test)]
mod tests;
