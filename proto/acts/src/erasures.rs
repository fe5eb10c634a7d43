//! Erasures, as follows from the acts.

use std::collections::BTreeMap;

use events::{Chain, Digest, EmployeeId, Seq, Tenant};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::act::Act;
use crate::by::By;
use crate::record::Acted;

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

/// How far an erasure is.
#[derive(Clone, Debug, PartialEq)]
pub enum ErasureStage {
    /// Nothing was done.
    Planned,
    /// It was started, and nobody has said how it ended.
    Running,
    /// It has to be run again.
    Incomplete {
        /// The step that failed.
        step: String,
        /// Why.
        why: String,
    },
    /// All is gone.
    Completed(Box<Certificate>),
}

/// An erasure, planned or more.
#[derive(Clone, Debug, PartialEq)]
pub struct Erasure {
    /// What it is to do.
    pub plan: ErasurePlan,
    /// Who planned it.
    pub by: By,
    /// When.
    pub at: Timestamp,
    /// How far it is.
    pub stage: ErasureStage,
    /// Since when.
    pub since: Timestamp,
}

/// The erasures that there are and were.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Erasures(BTreeMap<String, Erasure>);

impl Erasures {
    pub(crate) fn apply(&mut self, acted: &Acted) {
        if let Act::ErasurePlanned(plan) = &acted.act {
            let erasure = Erasure {
                plan: plan.clone(),
                by: acted.by.clone(),
                at: acted.at,
                stage: ErasureStage::Planned,
                since: acted.at,
            };
            self.0.insert(plan.erasure.clone(), erasure);
        } else if let Act::ErasureStarted(body) = &acted.act {
            self.enter(&body.erasure, ErasureStage::Running, acted.at);
        } else if let Act::ErasureIncomplete(body) = &acted.act {
            let ErasureIncomplete { erasure, step, why } = body.clone();
            self.enter(&erasure, ErasureStage::Incomplete { step, why }, acted.at);
        } else if let Act::ErasureCompleted(body) = &acted.act {
            self.enter(&body.erasure, ErasureStage::Completed(body.clone()), acted.at);
        }
    }

    fn enter(&mut self, erasure: &str, stage: ErasureStage, at: Timestamp) {
        if let Some(known) = self.0.get_mut(erasure) {
            known.stage = stage;
            known.since = at;
        }
    }

    /// One of them.
    pub fn get(&self, erasure: &str) -> Option<&Erasure> {
        self.0.get(erasure)
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Erasure> {
        self.0.values()
    }

    /// Those that were begun and are not complete: somebody has to run them again.
    pub fn incomplete(&self) -> impl Iterator<Item = &Erasure> {
        self.iter().filter(|erasure| match erasure.stage {
            ErasureStage::Planned | ErasureStage::Completed(_) => false,
            ErasureStage::Running | ErasureStage::Incomplete { .. } => true,
        })
    }
}
