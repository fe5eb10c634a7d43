//! Erasures, as follows from the acts.

use std::collections::BTreeMap;

use events::Seq;
use jiff::Timestamp;

use crate::act::Act;
use crate::by::By;
use crate::erasure::{Certificate, ErasureCarriedOver, ErasureIncomplete, ErasurePlan};
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
    /// All is gone, since a restore did it again.
    CarriedOver(Box<ErasureCarriedOver>),
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
        } else if let Act::ErasureCarriedOver(body) = &acted.act {
            self.carry_over(body, acted.at);
        }
    }

    fn enter(&mut self, erasure: &str, stage: ErasureStage, at: Timestamp) {
        if let Some(known) = self.0.get_mut(erasure) {
            known.stage = stage;
            known.since = at;
        }
    }

    /// The journal of the backup need not know of it.
    fn carry_over(&mut self, body: &ErasureCarriedOver, at: Timestamp) {
        let ErasureCarriedOver { erasure, tenant, employee_id, events, .. } = body.clone();
        let known = self.0.entry(erasure.clone()).or_insert_with(|| Erasure {
            plan: ErasurePlan {
                erasure,
                tenant,
                employee_id,
                events,
                last: Seq(0),
                expires_at: at,
            },
            by: body.planned_by.clone(),
            at: body.planned_at,
            stage: ErasureStage::Planned,
            since: at,
        });
        known.stage = ErasureStage::CarriedOver(Box::new(body.clone()));
        known.since = at;
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
            ErasureStage::Planned | ErasureStage::Completed(_) | ErasureStage::CarriedOver(_) => {
                false
            }
            ErasureStage::Running | ErasureStage::Incomplete { .. } => true,
        })
    }
}
