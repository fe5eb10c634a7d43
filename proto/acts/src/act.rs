//! The acts, and what is told of each.

use events::{Digest, EmployeeId, Seq, Tenant};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::backup::{BackupMade, BackupRestored};
use crate::by::OperatorName;
use crate::erasure::{
    Certificate, ErasureCarriedOver, ErasureIncomplete, ErasurePlan, ErasureStarted,
};
use crate::id::{JobId, PlanId};
use crate::plan::Plan;
use crate::role::Roles;
use crate::verify_report::{VerifyEnded, VerifyStarted};

acts! {
    /// Something that an operator did, or the program in their stead.
    pub enum Act;

    /// An operator got a token, with roles.
    OperatorAdded(Added) = "operator.added";
    /// An operator's token opens more than before.
    OperatorGranted(RoleChange) = "operator.granted";
    /// An operator's token opens less than before.
    OperatorUngranted(RoleChange) = "operator.ungranted";
    /// An operator's token opens nothing any more.
    OperatorRevoked(Revoked) = "operator.revoked";
    /// Somebody showed the door of operators a request that changes something.
    RequestReceived(Received) = "request.received";
    /// What they were answered.
    RequestAnswered(Answered) = "request.answered";
    /// A replay was planned; nothing was done yet.
    ReplayPlanned(Box<Plan>) = "replay.planned";
    /// A planned replay was started: it is a job from now on.
    ReplayStarted(Started) = "replay.started";
    /// A job stands still until somebody resumes it.
    ReplayPaused(JobDecision) = "replay.paused";
    /// A paused job goes on.
    ReplayResumed(JobDecision) = "replay.resumed";
    /// A job ended before its cut-over, and its candidate is dropped.
    ReplayCancelled(JobDecision) = "replay.cancelled";
    /// What a job builds has seen the whole log, and may be compared and cut over to.
    ReplayBuilt(Built) = "replay.built";
    /// A job cannot go on, and its candidate is dropped.
    ReplayFailed(Failed) = "replay.failed";
    /// What a job built is what readers see.
    ReplayCutOver(CutOver) = "replay.cut-over";
    /// Readers see again what they saw before the cut-over of a job.
    ReplayRolledBack(RolledBack) = "replay.rolled-back";
    /// A release began to build a candidate of its own, which no job wanted.
    ReleaseBegun(ReleaseBegun) = "release.begun";
    /// What a release built is what readers see.
    ReleaseCutOver(Box<ReleaseSwitched>) = "release.cut-over";
    /// Readers see again what they saw before a release was let be seen.
    ReleaseRolledBack(Box<ReleaseSwitched>) = "release.rolled-back";
    /// A person is to be erased; nothing was done yet.
    ErasurePlanned(ErasurePlan) = "erasure.planned";
    /// A planned erasure was started, or is tried again.
    ErasureStarted(ErasureStarted) = "erasure.started";
    /// A step of an erasure failed; it has to be run again.
    ErasureIncomplete(ErasureIncomplete) = "erasure.incomplete";
    /// A person is erased, as the certificate shows.
    ErasureCompleted(Box<Certificate>) = "erasure.completed";
    /// An erasure in the log that was lost was done again in what a restore made: this log.
    ErasureCarriedOver(Box<ErasureCarriedOver>) = "erasure.carried-over";
    /// An event that cannot be applied is passed over, in every slot of a projection.
    ParkedSkipped(Skipped) = "parked.skipped";
    /// Events that could not be applied are tried again.
    ParkedRetried(Retried) = "parked.retried";
    /// A live read model is held against the log.
    VerifyStarted(VerifyStarted) = "verify.started";
    /// What a verification found.
    VerifyEnded(VerifyEnded) = "verify.ended";
    /// A backup of the log was brought up to date.
    BackupMade(BackupMade) = "backup.made";
    /// The log was made of a backup.
    BackupRestored(BackupRestored) = "backup.restored";
    /// Somebody looks at personal values as they are.
    PersonalRevealed(Revealed) = "personal.revealed";
}

/// An operator's token, by its digest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Added {
    /// Who gets it.
    pub name: OperatorName,
    /// What it opens.
    pub roles: Roles,
    /// The SHA-256 of the token, which is shown once and stored nowhere.
    pub token: Digest,
}

/// Roles that an operator gets beside those that they have, or loses of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoleChange {
    /// Who.
    pub name: OperatorName,
    /// Which: those that make a difference.
    pub roles: Roles,
}

/// The end of an operator's token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Revoked {
    /// Whose.
    pub name: OperatorName,
}

/// A request that changes something, before it was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Received {
    /// The id of the request, which the events that it made also have.
    pub request: String,
    /// POST, PUT, PATCH or DELETE.
    pub method: String,
    /// The route, with the names of its parts in place of what was sent.
    pub route: String,
    /// The parts of the path that name a tenant, a projection, a plan or an id.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub about: std::collections::BTreeMap<String, String>,
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// The id of the request.
    pub request: String,
    /// The status of the answer.
    pub status: u16,
}

/// The start of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Started {
    /// What it carries out.
    pub plan: PlanId,
    /// What it is called.
    pub job: JobId,
}

/// A decision about a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobDecision {
    /// Which.
    pub job: JobId,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A candidate that has caught up for the first time, and what that took: by this the next plan
/// estimates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Built {
    /// Of which job.
    pub job: JobId,
    /// How many events were read.
    pub events: u64,
    /// For how many seconds, pauses apart.
    pub seconds: f64,
    /// How many bytes its tables take.
    pub bytes: u64,
}

/// The end of a job that cannot go on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failed {
    /// Which.
    pub job: JobId,
    /// What went wrong.
    pub why: String,
}

/// A cut-over that was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CutOver {
    /// Of which job.
    pub job: JobId,
    /// Where in the log both slots stood.
    pub position: Seq,
    /// For how long readers waited, in milliseconds.
    pub milliseconds: u64,
    /// Until when what they saw before is kept, and can be had back.
    pub kept_until: Timestamp,
}

/// A rollback that was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RolledBack {
    /// Whose cut-over was undone.
    pub job: JobId,
    /// Where in the log the slot stands that readers see now.
    pub position: Seq,
    /// For how long readers waited, in milliseconds.
    pub milliseconds: u64,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A candidate that no job wanted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReleaseBegun {
    /// Of which read model.
    pub projection: String,
    /// The id of the slot.
    pub slot: String,
    /// By which rules and tables it is made.
    pub rules: Digest,
    /// Why a release builds one.
    pub reason: String,
}

/// A switch between what two releases made, that was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReleaseSwitched {
    /// Of which read model.
    pub projection: String,
    /// What readers see now: the id of the slot, which a rename does not change.
    pub live: String,
    /// By which rules and tables that was made.
    pub rules: Digest,
    /// What they saw before.
    pub before: String,
    /// By which rules and tables that was made.
    pub rules_before: Digest,
    /// Where in the log the slot stands that readers see now.
    pub position: Seq,
    /// For how long readers waited, in milliseconds.
    pub milliseconds: u64,
    /// Until when what they saw before is kept, and can be had back.
    pub kept_until: Timestamp,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The decision to pass over an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Skipped {
    /// The projection that cannot apply it.
    pub projection: String,
    /// The event.
    pub seq: Seq,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Tenant>,
    /// Why it may be passed over.
    pub reason: String,
}

/// The wish to apply events that could not be applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Retried {
    /// The projection that could not apply them.
    pub projection: String,
    /// The tenant whose events they are, if those of one were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Tenant>,
    /// The events that were asked for one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub positions: Vec<Seq>,
    /// All of this cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// How many that were.
    pub count: u64,
}

/// A look at personal values, which are masked for everybody else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Revealed {
    /// Whose directory.
    pub tenant: Tenant,
    /// Of whom; none: of everybody in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employee: Option<EmployeeId>,
    /// In which event; none: in whatever is known of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Seq>,
    /// In which request, by its id: what it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}
