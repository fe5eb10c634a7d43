//! What is told of an erasure.

use events::{Chain, Digest, EmployeeId, Seq, Tenant};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::by::By;

/// What an erasure would do. It names the person by id alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ErasurePlan {
    /// What the erasure is called: `er_7f3c12ab90`.
    pub erasure: String,
    /// Whose the person is.
    pub tenant: Tenant,
    /// The person.
    pub employee_id: EmployeeId,
    /// How many events go.
    pub events: u64,
    /// The last of them: if another has come by then, the plan is out of date.
    pub last: Seq,
    /// Until when it may be started.
    pub expires_at: Timestamp,
}

/// Which erasure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ErasureStarted {
    /// What it is called.
    pub erasure: String,
}

/// An erasure that could not be completed: it goes on when it is run again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ErasureIncomplete {
    /// What it is called.
    pub erasure: String,
    /// The step that failed.
    pub step: String,
    /// Why.
    pub why: String,
}

/// An erasure that the list told which a restore was given. Whoever makes a list of this journal, to
/// restore an older backup with, finds it there again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ErasureCarriedOver {
    /// What it is called.
    pub erasure: String,
    /// Whose the person was.
    pub tenant: Tenant,
    /// The id that the person had.
    pub employee_id: EmployeeId,
    /// Who planned it.
    pub planned_by: By,
    /// When.
    pub planned_at: Timestamp,
    /// The events by which it is in this log; none, if the backup knew nothing of the person.
    pub erased_by: Vec<ErasedBy>,
    /// How many events of this log were overwritten.
    pub events: u64,
    /// What showed it in the log that was lost, if it was complete there. What it says of positions
    /// and chain values is of that log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Certificate>,
}

/// What shows that a person was erased. It holds no personal data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Certificate {
    /// What the erasure is called.
    pub erasure: String,
    /// Whose the person was.
    pub tenant: String,
    /// The id that the person had.
    pub employee_id: String,
    /// Who planned it.
    pub planned_by: String,
    /// When.
    pub planned_at: Timestamp,
    /// Who ran it.
    pub run_by: String,
    /// When it was complete.
    pub completed_at: Timestamp,
    /// The events by which it is in the log, each with the chain value up to it.
    pub erased_by: Vec<ErasedBy>,
    /// How many events were overwritten.
    pub events: u64,
    /// Their positions, as ranges from and to.
    pub positions: Vec<(Seq, Seq)>,
    /// The SHA-256 over the digests of these events, in the log's order.
    pub digest: Digest,
    /// Every place where something was, how it went and how that was checked.
    pub stores: Vec<CertifiedStore>,
}

/// An event `user.erased`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErasedBy {
    /// Its position.
    pub seq: Seq,
    /// The chain value up to it.
    pub chain: Chain,
}

/// A place where something of a person was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CertifiedStore {
    /// Which.
    pub store: String,
    /// How it went, and how that was checked.
    pub result: String,
}
