//! Erasing people again: in a log that was made of a backup from before their erasure, while nobody
//! can open it.

use std::collections::BTreeSet;

use access::CommandError;
use acts::{Act, By, Certificate, ErasedBy, ErasureCarriedOver, ErasureStage};
use eventlog::{Access, Journal, Log, LogError};
use events::{EmployeeId, ResourceId, Standing, Tenant};
use jiff::Timestamp;
use roster::{Intent, Roster};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use writer::{Command, Provenance, StartError, Writer};

use super::Incomplete;
use super::steps::{all_gone, delete, fence};
use crate::act_log::{ActError, ActLog};

/// An erasure that was begun in the log that was lost, as the list told it.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedErasure {
    /// What it is called.
    pub erasure: String,
    /// Whose the person was.
    pub tenant: Tenant,
    /// Who it was.
    pub employee: EmployeeId,
    /// Who planned it.
    pub planned_by: By,
    /// When.
    pub planned_at: Timestamp,
    /// What showed it, if it was complete.
    pub certificate: Option<Certificate>,
}

/// What came of erasing people again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ErasedAgain {
    /// So many are gone.
    pub people: u64,
    /// With so many events.
    pub events: u64,
    /// Of so many the log knows nothing.
    pub unknown: u64,
}

/// Why somebody is still in the log, or why nothing would tell that they are not.
#[derive(Debug, thiserror::Error)]
pub enum EraseAgainError {
    /// There is no roster by which to decide.
    #[error("read the roster out of the restored log")]
    Roster(#[from] StartError),
    /// There is no journal to write it down in.
    #[error("open the restored journal")]
    Journal(#[from] LogError),
    /// It cannot be written down.
    #[error("write into the restored journal who was erased again")]
    Act(#[from] ActError),
    /// One of them could not be erased.
    #[error("employee {} of {} is not erased again ({step}): {why}", .erasure.employee, .erasure.tenant)]
    Person {
        /// Which erasure.
        erasure: Box<ListedErasure>,
        /// The step that failed.
        step: &'static str,
        /// Why.
        why: String,
    },
}

/// Does these erasures again in `log`, on which nobody else works, and writes them into its journal.
/// Who was Active when the log ended leaves first. Whom the mass-change guard holds, and whose departure
/// was reversed, is erased all the same: the directory said that they left, and it was decided before
/// that they go. Done twice, it is done once.
pub async fn erase_again(
    log: &Log,
    erasures: &[ListedErasure],
) -> Result<ErasedAgain, EraseAgainError> {
    if erasures.is_empty() {
        return Ok(ErasedAgain::default());
    }
    let acts = ActLog::open(Journal::open(log).await?).await?;
    let (progress, stop) = (watch::Sender::default(), CancellationToken::new());
    let writer = Writer::start(log.clone(), None, false, &progress, stop.clone()).await?;
    let done = erase_all(log, &acts, &writer, erasures).await;
    stop.cancel();
    // What it has appended is durable, whatever becomes of it.
    let _ = writer.ended().await;
    done
}

async fn erase_all(
    log: &Log,
    acts: &ActLog,
    writer: &Writer,
    erasures: &[ListedErasure],
) -> Result<ErasedAgain, EraseAgainError> {
    let mut done = ErasedAgain::default();
    let mut people = BTreeSet::new();
    for erasure in erasures {
        let gone = erase_one(log, writer, erasure).await.map_err(|Incomplete { step, why }| {
            let erasure = Box::new(erasure.clone());
            EraseAgainError::Person { erasure, step, why }
        })?;
        carry_over(acts, erasure, &gone).await?;
        // Of one person several erasures may have been begun.
        if people.insert((&erasure.tenant, erasure.employee)) {
            if gone.by.is_empty() {
                done.unknown += 1;
            } else {
                done.people += 1;
                done.events += gone.events;
            }
        }
    }
    Ok(done)
}

/// What went of somebody; nothing, if the log knows nothing of them.
#[derive(Debug, Default)]
struct Gone {
    by: Vec<ErasedBy>,
    events: u64,
}

/// Writes an erasure down, unless the backup was made after it: then it is in the journal as it was.
async fn carry_over(acts: &ActLog, listed: &ListedErasure, gone: &Gone) -> Result<(), ActError> {
    let ListedErasure { erasure, tenant, employee, planned_by, planned_at, certificate } =
        listed.clone();
    let body = ErasureCarriedOver {
        erasure,
        tenant,
        employee_id: employee,
        planned_by,
        planned_at,
        erased_by: gone.by.clone(),
        events: gone.events,
        certificate,
    };
    let decide = |state: &acts::State| {
        let stage = state.erasures.get(&body.erasure).map(|known| &known.stage);
        Ok::<_, ActError>(match stage {
            Some(ErasureStage::Completed(_) | ErasureStage::CarriedOver(_)) => None,
            Some(
                ErasureStage::Planned | ErasureStage::Running | ErasureStage::Incomplete { .. },
            )
            | None => Some(Act::ErasureCarriedOver(Box::new(body.clone()))),
        })
    };
    acts.act(&By::Root, decide).await.map(|_| ())
}

async fn erase_one(
    log: &Log,
    writer: &Writer,
    erasure: &ListedErasure,
) -> Result<Gone, Incomplete> {
    let ListedErasure { tenant, employee, .. } = erasure;
    let provenance = Provenance {
        tenant: tenant.clone(),
        access: writer::Access::Operator,
        request: None,
        trace_parent: None,
    };
    // Somebody may have several resources, and each ends by itself.
    while let Known::Active(resource) = known(&writer.roster(), tenant, *employee) {
        let leaves = move |_: &Roster| Ok::<_, CommandError>(Intent::NoUser { resource });
        let left = writer.execute(Command::new(provenance.clone(), leaves)).await;
        left.map_err(|error| Incomplete { step: "leave", why: error.to_string() })?;
    }
    if let Known::Nobody = known(&writer.roster(), tenant, *employee) {
        return Ok(Gone::default());
    }
    let named = fence(writer, log, *employee, &provenance, true).await?;
    let positions = named.positions();
    delete(log, &positions, None, &Access::default()).await?;
    all_gone(log, &positions).await?;
    Ok(Gone { by: named.by(), events: positions.len() as u64 })
}

/// What a roster knows of somebody.
enum Known {
    Nobody,
    /// With a resource that has not ended.
    Active(ResourceId),
    /// They left by what the directory says, or were erased.
    Former,
}

fn known(roster: &Roster, tenant: &Tenant, employee: EmployeeId) -> Known {
    let Some(tenant) = roster.tenant(tenant) else { return Known::Nobody };
    let Some(person) = tenant.people().by_employee(employee) else {
        return if tenant.is_erased(employee) { Known::Former } else { Known::Nobody };
    };
    // Of whom the guard alone has Active there may be no resource that could end.
    let of_the_guard = tenant.guard().standing_override(employee).is_some();
    match tenant.standing(person) {
        Standing::Active if !of_the_guard => Known::Active(person.resource),
        Standing::Active | Standing::Former => Known::Former,
    }
}
