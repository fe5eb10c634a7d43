//! What operators have begun and not ended, and what they found and have not repaired: by the journal.

use acts::{Erasure, ErasureStage, Job, Scope, Stage, State, Verification, VerifyReport};
use events::{Seq, Tenant};
use jiff::Timestamp;
use projector::{ReadModel, SlotPeek, Slots};
use schemars::JsonSchema;
use serde::Serialize;

use crate::job_progress::{Progress, READY, candidate, is_ready};
use crate::release::{Release, ReleaseState, of_release, release};
use crate::way_back::{is_seen, name};

/// What waits for an operator.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct OpenWork {
    /// Replays that want a candidate.
    pub jobs: Vec<OpenJob>,
    /// What releases built, or what can be had back from before them.
    pub releases: Vec<ReleaseWork>,
    /// Erasures that were begun and are not complete.
    pub erasures: Vec<OpenErasure>,
    /// Verifications that found differences, as long as none was found sound since.
    pub differences: Vec<Difference>,
}

/// A replay that wants a candidate.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OpenJob {
    job: String,
    projection: String,
    #[serde(flatten)]
    scope: Scope,
    /// `running`, `paused` or `ready`.
    state: &'static str,
    /// Who started it.
    by: String,
    /// Since when it is running or paused.
    since: Timestamp,
    /// How far the candidate is; null, if it was not begun.
    progress: Option<Progress>,
}

/// What a release built that is not seen yet, or that was let be seen and can be gone back from.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReleaseWork {
    projection: String,
    #[serde(flatten)]
    release: Release,
    /// The last event in the candidate, if there is one.
    position: Option<u64>,
}

/// An erasure that was begun and is not complete.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OpenErasure {
    erasure: String,
    tenant: String,
    employee_id: String,
    /// `running` or `incomplete`.
    state: &'static str,
    /// Who planned it.
    by: String,
    /// Since when it is in this state.
    since: Timestamp,
    /// The step that failed, if one did.
    failed_step: Option<String>,
    /// Why it failed.
    why: Option<String>,
}

/// A read model in which a verification found something else than it should hold.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Difference {
    verification: u64,
    projection: String,
    /// Whose rows were looked at; null: everybody's.
    #[schemars(with = "Option<String>")]
    tenant: Option<Tenant>,
    /// When it was found.
    at: Timestamp,
    /// Of how many people readers see something else.
    people_changed: u64,
    /// The narrowest repair, as a command line.
    repair: Option<String>,
    /// Why it is not known whether that is still so: readers see other rows since. Null, if they see
    /// those that differ.
    stale: Option<String>,
}

impl OpenWork {
    /// What the journal and the slots that were found say is open.
    pub(crate) fn of(
        state: &State,
        found: &[(&ReadModel, Slots)],
        end: Seq,
        now: Timestamp,
    ) -> Self {
        let slots = |job: &Job| {
            let of = found.iter().find(|(model, _)| model.name == job.plan.projection);
            of.map(|(_, slots)| slots)
        };
        let jobs = state.jobs.all();
        let jobs = jobs.iter().filter_map(|job| open_job(job, slots(job), end, now));
        let releases = found.iter().map(|(model, slots)| release_work(state, model.name, slots));
        let live = |projection: &str| {
            let of = found.iter().find(|(model, _)| model.name == projection);
            of.and_then(|(_, slots)| slots.live.as_ref())
        };
        let differences = state.verifications.unrepaired();
        let differences = differences.filter_map(|it| difference(state, it, live(&it.projection)));
        Self {
            jobs: jobs.collect(),
            releases: releases.filter(|work| work.release.state != ReleaseState::Settled).collect(),
            erasures: state.erasures.incomplete().filter_map(open_erasure).collect(),
            differences: differences.collect(),
        }
    }

    /// Whether there is nothing that somebody has to see to.
    pub(crate) fn is_empty(&self) -> bool {
        let waits = self.releases.iter().any(|work| work.release.state.waits());
        let differs = self.differences.iter().any(|found| found.stale.is_none());
        !waits && !differs && self.jobs.is_empty() && self.erasures.is_empty()
    }
}

fn open_job(job: &Job, slots: Option<&Slots>, end: Seq, now: Timestamp) -> Option<OpenJob> {
    if slots.is_some_and(|slots| is_seen(job, slots)) {
        return None;
    }
    let begun = slots.and_then(|slots| Some((slots, candidate(job, slots)?)));
    let ready = begun.is_some_and(|(slots, candidate)| is_ready(job, candidate, slots));
    let state = match &job.stage {
        Stage::Running if ready => READY,
        Stage::Running | Stage::Paused => job.stage.as_str(),
        Stage::CutOver { .. } | Stage::RolledBack | Stage::Cancelled | Stage::Failed { .. } => {
            return None;
        }
    };
    Some(OpenJob {
        job: job.id.to_string(),
        projection: job.plan.projection.clone(),
        scope: job.plan.scope.clone(),
        state,
        by: job.by.to_string(),
        since: job.since,
        progress: begun.map(|(_, candidate)| Progress::of(job, candidate, end.0, now)),
    })
}

fn release_work(state: &State, projection: &str, slots: &Slots) -> ReleaseWork {
    ReleaseWork {
        projection: projection.to_owned(),
        release: release(state, projection, slots),
        position: of_release(slots).map(|slot| slot.position.0),
    }
}

fn open_erasure(erasure: &Erasure) -> Option<OpenErasure> {
    let (state, failed) = match &erasure.stage {
        ErasureStage::Running => ("running", None),
        ErasureStage::Incomplete { step, why } => ("incomplete", Some((step.clone(), why.clone()))),
        ErasureStage::Planned | ErasureStage::Completed(_) | ErasureStage::CarriedOver(_) => {
            return None;
        }
    };
    let (failed_step, why) = failed.unzip();
    Some(OpenErasure {
        erasure: erasure.plan.erasure.clone(),
        tenant: erasure.plan.tenant.to_string(),
        employee_id: erasure.plan.employee_id.to_string(),
        state,
        by: erasure.by.to_string(),
        since: erasure.since,
        failed_step,
        why,
    })
}

fn difference(
    state: &State,
    verification: &Verification,
    live: Option<&SlotPeek>,
) -> Option<Difference> {
    let (at, report) = verification.differs()?;
    Some(Difference {
        verification: verification.id,
        projection: verification.projection.clone(),
        tenant: verification.tenant.clone(),
        at,
        people_changed: report.people_changed,
        repair: report.repair.clone(),
        stale: stale(state, verification, report, live),
    })
}

/// Why what was found is about other rows than those that readers see, if it is.
fn stale(
    state: &State,
    verification: &Verification,
    report: &VerifyReport,
    live: Option<&SlotPeek>,
) -> Option<String> {
    let by = if report.slot.is_some() && report.slot != live.map(name) {
        "readers see another slot since".to_owned()
    } else {
        format!("its rows were replaced by the job {}", state.replaced_since(verification)?.id)
    };
    let projection = &verification.projection;
    let of = verification.tenant.as_ref();
    let of = of.map_or_else(String::new, |tenant| format!(" --tenant {tenant}"));
    Some(format!("{by}: `rollcall verify {projection}{of}` tells whether it is well now"))
}
