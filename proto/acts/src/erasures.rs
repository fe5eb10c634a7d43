//! Erasures, as follows from the acts.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::act::Act;
use crate::by::By;
use crate::erasure::{Certificate, ErasureIncomplete, ErasurePlan};
use crate::record::Acted;

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
