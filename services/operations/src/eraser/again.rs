//! Erasing people again: in a log that was made of a backup from before their erasure, while nobody
//! can open it.

use access::CommandError;
use eventlog::{Access, Log};
use events::{EmployeeId, Standing, Tenant};
use roster::{Intent, Roster};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use writer::{Command, Provenance, StartError, Writer};

use super::Incomplete;
use super::steps::{all_gone, delete, fence};

/// Somebody who was erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasedPerson {
    /// Whose they were.
    pub tenant: Tenant,
    /// Who.
    pub employee: EmployeeId,
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

/// Why somebody is still in the log.
#[derive(Debug, thiserror::Error)]
pub enum EraseAgainError {
    /// There is no roster by which to decide.
    #[error("read the roster out of the restored log")]
    Roster(#[from] StartError),
    /// One of them could not be erased.
    #[error("employee {} of {} is not erased again ({step}): {why}", .person.employee, .person.tenant)]
    Person {
        /// Who.
        person: ErasedPerson,
        /// The step that failed.
        step: &'static str,
        /// Why.
        why: String,
    },
}

/// Erases these people in `log`, on which nobody else works. Who was Active when the log ended leaves
/// first. Done twice, it is done once.
pub async fn erase_again(
    log: &Log,
    people: &[ErasedPerson],
) -> Result<ErasedAgain, EraseAgainError> {
    let (progress, stop) = (watch::Sender::default(), CancellationToken::new());
    let writer = Writer::start(log.clone(), None, false, &progress, stop.clone()).await?;
    let mut done = ErasedAgain::default();
    let mut failed = Ok(());
    for person in people {
        match erase_one(log, &writer, person).await {
            Ok(Some(events)) => {
                done.people += 1;
                done.events += events;
            }
            Ok(None) => done.unknown += 1,
            Err(Incomplete { step, why }) => {
                failed = Err(EraseAgainError::Person { person: person.clone(), step, why });
                break;
            }
        }
    }
    stop.cancel();
    // What it has appended is durable, whatever becomes of it.
    let _ = writer.ended().await;
    failed.map(|()| done)
}

/// How many events went; none, if the log knows nothing of the person.
async fn erase_one(
    log: &Log,
    writer: &Writer,
    person: &ErasedPerson,
) -> Result<Option<u64>, Incomplete> {
    let ErasedPerson { tenant, employee } = person;
    let provenance = Provenance {
        tenant: tenant.clone(),
        access: writer::Access::Operator,
        request: None,
        trace_parent: None,
    };
    match known(&writer.roster(), person) {
        Known::Nobody => return Ok(None),
        Known::Active(resource) => {
            let leaves = move |_: &Roster| Ok::<_, CommandError>(Intent::NoUser { resource });
            let left = writer.execute(Command::new(provenance.clone(), leaves)).await;
            left.map_err(|error| Incomplete { step: "leave", why: error.to_string() })?;
            if let Known::Active(_) = known(&writer.roster(), person) {
                let why = "the mass-change guard holds them Active; restore without --erasures, and \
                           decide about the alert before anybody else is let in";
                return Err(Incomplete { step: "leave", why: why.to_owned() });
            }
        }
        Known::Former => {}
    }
    let positions = fence(writer, log, *employee, &provenance).await?.positions();
    delete(log, &positions, None, &Access::default()).await?;
    all_gone(log, &positions).await?;
    Ok(Some(positions.len() as u64))
}

/// What a roster knows of somebody.
enum Known {
    Nobody,
    Active(events::ResourceId),
    /// They left, or were erased.
    Former,
}

fn known(roster: &Roster, ErasedPerson { tenant, employee }: &ErasedPerson) -> Known {
    let Some(tenant) = roster.tenant(tenant) else { return Known::Nobody };
    match tenant.people().by_employee(*employee) {
        Some(person) => match tenant.standing(person) {
            Standing::Active => Known::Active(person.resource),
            Standing::Former => Known::Former,
        },
        None if tenant.is_erased(*employee) => Known::Former,
        None => Known::Nobody,
    }
}
