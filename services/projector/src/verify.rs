//! Verifying a live read model: its rows against the digests that were kept as they were written, and
//! against a fresh fold of the log.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::ClientWrapper;
use eventlog::{Log, sentence};
use events::{Seq, Tenant};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

use crate::compare::{Extent, compare};
use crate::comparison::Comparison;
use crate::database::{Database, WaitError, quoted};
use crate::digests::{HandMade, hand_made};
use crate::error::ProjectorError;
use crate::meeting::{MeetError, begin_at_one_position};
use crate::read_model::ReadModel;
use crate::schema;
use crate::scope::Scope;
use crate::scratch::{drop_scratch, is_taken, take_scratch};
use crate::slot::scratch_schema;
use crate::slots::slots;
use crate::status::{Phase, StatusHandle};
use crate::structure::altered;

/// How long the live slot and the fresh one are given to be at one position.
const MEET_TIMEOUT: Duration = Duration::from_secs(30);

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The last event that was in both read models.
    pub position: Seq,
    /// The slot whose rows were looked at.
    pub slot: Option<Uuid>,
    /// What of its tables is not as it was made, in words.
    pub altered: Vec<String>,
    /// Where live rows are not those that the projection wrote.
    pub hand_made: Vec<HandMade>,
    /// How the live rows (here) differ from those of a fresh fold (there).
    pub comparison: Comparison,
    /// The tenants of whom events wait in the live slot, because one of them could not be applied.
    pub parked: Vec<String>,
}

impl Verified {
    /// Whether the rows are what they should be.
    pub fn is_sound(&self) -> bool {
        self.altered.is_empty() && self.hand_made.is_empty() && self.comparison.is_none()
    }
}

/// Why a live read model cannot be verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// Nothing is live.
    #[error("there is no live slot")]
    NoLive,
    /// Rows of other rules are no evidence of a fault.
    #[error(
        "other rules than this release's made the live slot; verify with the release that made it, \
         or compare it with a candidate: rollcall replay plan {0}"
    )]
    OtherRules(&'static str),
    /// It is not read yet.
    #[error("the live slot is being built")]
    Building,
    /// Another verification of the projection is under way.
    #[error("{0} is being verified already; wait for that to end")]
    Busy(&'static str),
    /// The fold does not get on.
    #[error("a fresh fold of the log does not get on: {0}")]
    Fold(String),
    /// The two slots do not meet.
    #[error(transparent)]
    Meet(#[from] MeetError),
    /// The database does not answer as it should.
    #[error(transparent)]
    Database(#[from] WaitError),
}

impl From<tokio_postgres::Error> for VerifyError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error.into())
    }
}

impl ReadModel {
    /// Whether a verification is under way, by whichever process.
    pub async fn is_being_verified(self, database: &Database) -> Result<bool, WaitError> {
        is_taken(database, self.name).await
    }

    /// Verifies the live slot: all of it, or one tenant's rows; of people who differ, so many are
    /// told. `status` shows how far the fold is that it is held against.
    pub async fn verify(
        self,
        log: &Log,
        database: &Database,
        tenant: Option<&Tenant>,
        told: usize,
        status: Arc<StatusHandle>,
    ) -> Result<Verified, VerifyError> {
        let live = slots(database.pool(), self.name).await?.live.ok_or(VerifyError::NoLive)?;
        if live.made_by != self.made_by() {
            return Err(VerifyError::OtherRules(self.name));
        }
        if live.building() {
            return Err(VerifyError::Building);
        }
        let taken = take_scratch(database, self.name).await?;
        let owner = taken.ok_or(VerifyError::Busy(self.name))?;
        let scope = tenant.map_or(Scope::Whole, |tenant| Scope::Tenant(tenant.clone()));
        let stop = CancellationToken::new();
        let fold = Fold {
            task: tokio::spawn(self.fill_scratch(
                log.clone(),
                database.clone(),
                scope,
                Arc::clone(&status),
                stop.clone(),
            )),
            stop: stop.drop_guard(),
        };
        let found = async {
            reaches(&status, live.position).await?;
            let scratch = scratch_schema(self.name);
            let (client, position) =
                begin_at_one_position(database, self.name, &scratch, MEET_TIMEOUT).await?;
            let tenant = tenant.map(Tenant::as_str);
            let altered = altered(&*client, self.name).await?;
            let hand_made = hand_made(&*client, self.name, tenant).await?;
            let parked = parked_tenants(&client, self.name).await?;
            let extent = Extent { tenant, person: None, told };
            let compared = compare(&*client, &self.people, self.name, &scratch, extent).await;
            let comparison = match compared {
                Ok(comparison) => comparison,
                // Tables that lack what rows are compared by are told themselves.
                Err(error) if !altered.is_empty() && error.code().is_some() => {
                    Comparison::default()
                }
                Err(error) => return Err(error.into()),
            };
            let (position, slot) = (position.seq, live.slot_id);
            Ok(Verified { position, slot, altered, hand_made, comparison, parked })
        };
        let found: Result<Verified, VerifyError> = found.await;
        fold.ends().await;
        drop_scratch(&owner, self.name).await?;
        found
    }
}

/// The task that fills the scratch slot; it stops when nobody waits for it any more.
struct Fold {
    task: JoinHandle<Result<(), ProjectorError>>,
    stop: DropGuard,
}

impl Fold {
    async fn ends(self) {
        drop(self.stop);
        if let Ok(Err(error)) = self.task.await {
            tracing::debug!(error = sentence(&error), "the fold of a verification ended");
        }
    }
}

/// Waits until the fold is as far as the live slot was.
async fn reaches(status: &StatusHandle, position: Seq) -> Result<(), VerifyError> {
    let mut changes = status.watch();
    let begun = |phase: &Phase| !matches!(phase, Phase::Starting | Phase::StandingBy);
    let reached = changes.wait_for(|now| {
        (begun(&now.phase) && now.position >= position) || ended(&now.phase).is_some()
    });
    let reached = reached.await.map_err(|_| VerifyError::Fold("it is gone".to_owned()))?;
    match ended(&reached.phase) {
        Some(why) => Err(VerifyError::Fold(why)),
        None => Ok(()),
    }
}

/// Why a fold gets no further, if it does not.
fn ended(phase: &Phase) -> Option<String> {
    match phase {
        Phase::Stuck(why) | Phase::Foreign(why) => Some(why.clone()),
        Phase::Stopped => Some("it has ended".to_owned()),
        Phase::Starting
        | Phase::StandingBy
        | Phase::Working
        | Phase::Building { .. }
        | Phase::Paused(_)
        | Phase::Held
        | Phase::Idle
        | Phase::Waiting(_) => None,
    }
}

/// Of whom events are parked in a slot; nobody, in one that knows no parking.
async fn parked_tenants(
    client: &ClientWrapper,
    slot: &str,
) -> Result<Vec<String>, tokio_postgres::Error> {
    if !schema::exists(&**client, slot, "parked").await? {
        return Ok(vec![]);
    }
    let question = format!("SELECT DISTINCT tenant FROM {}.parked ORDER BY tenant", quoted(slot));
    client.query(&question, &[]).await?.iter().map(|row| row.try_get(0)).collect()
}
