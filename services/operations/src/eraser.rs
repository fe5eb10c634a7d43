//! Erasing a person, step by step: each step finds what is left to be done, so that whoever is
//! stopped in the middle begins anew and comes to the same end.

mod again;
mod requests;
mod steps;
mod tables;

use std::path::PathBuf;
use std::sync::Arc;

use access::WriteAccess;
use acts::{Act, Certificate, ErasureIncomplete, ErasureStage};
use tokio::sync::Mutex;
use writer::Provenance;

use crate::act_log::ActError;
use crate::operations::Operations;

pub use again::{EraseAgainError, ErasedAgain, ListedErasure, erase_again};
pub(crate) use tables::{PersonRows, rows_of_person};

/// What an erasure needs beside what all operations do: a writer, and the right to delete.
#[derive(Clone, Debug)]
pub struct Eraser(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    access: WriteAccess,
    snapshot: Option<PathBuf>,
    nats: DeletingUser,
    /// One erasure at a time, in this process.
    running: Mutex<()>,
}

/// As whom events are deleted.
#[derive(Clone, Debug, Default)]
pub struct DeletingUser {
    /// Where NATS is, with the user and the password who may delete; without one, the log is asked
    /// as it was opened.
    pub url: Option<String>,
    /// What else it takes to get in.
    pub access: eventlog::Access,
}

/// Why an erasure is not complete.
#[derive(Debug)]
struct Incomplete {
    step: &'static str,
    why: String,
}

impl Eraser {
    /// An eraser that decides with this writer, whose roster is saved at `snapshot`.
    pub fn new(access: WriteAccess, snapshot: Option<PathBuf>, nats: DeletingUser) -> Self {
        Self(Arc::new(Parts { access, snapshot, nats, running: Mutex::new(()) }))
    }

    pub(crate) fn access(&self) -> &WriteAccess {
        &self.0.access
    }

    /// Carries out an erasure that was started, and notes how that ended.
    pub(crate) async fn run(
        &self,
        ops: &Operations,
        erasure: &acts::Erasure,
        by: &acts::By,
        provenance: &Provenance,
    ) -> Result<(), ActError> {
        let _one_at_a_time = self.0.running.lock().await;
        let known = ops.acts().current().await?;
        let stage = known.erasures.get(&erasure.plan.erasure).map(|known| &known.stage);
        if matches!(stage, Some(ErasureStage::Completed(_) | ErasureStage::CarriedOver(_))) {
            return Ok(());
        }
        let act = match steps::run(self, ops, erasure, by, provenance).await {
            Ok(certificate) => completed(certificate),
            Err(Incomplete { step, why }) => {
                tracing::warn!(
                    erasure = erasure.plan.erasure,
                    step,
                    why,
                    "an erasure is incomplete; run it again"
                );
                let (erasure, step) = (erasure.plan.erasure.clone(), step.to_owned());
                Act::ErasureIncomplete(ErasureIncomplete { erasure, step, why })
            }
        };
        ops.acts().note(by, act).await
    }
}

fn completed(certificate: Certificate) -> Act {
    tracing::info!(
        erasure = certificate.erasure,
        events = certificate.events,
        "a person was erased"
    );
    Act::ErasureCompleted(Box::new(certificate))
}
