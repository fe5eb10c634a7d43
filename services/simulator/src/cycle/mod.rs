//! Provisioning cycles: the initial one, which looks at everything, and those that follow.

mod groups;
mod members;
mod object_sync;
mod people;
mod plan;
pub(crate) mod sync_state;

use std::time::Instant;

use futures_util::{Stream, StreamExt, stream};

pub(crate) use self::object_sync::Action;
use self::object_sync::ObjectSync;
use self::sync_state::SyncState;
use crate::client::{Client, ClientError, ResourceType};
use crate::dialect::Dialect;
use crate::directory::{Directory, ObjectId};
use crate::mapping::{DISPLAY_NAME, Mapping, Matching, Path, USER_NAME};
use crate::options::Options;
use crate::outcome::{CycleOutcome, Progress, Stage};

/// One provisioning job of Entra: a directory, a target, and what is remembered between cycles.
#[derive(Debug)]
pub struct Job {
    /// The customer's directory. Change it, and the next cycle carries the change over.
    pub directory: Directory,
    pub(crate) client: Client,
    pub(crate) mapping: Mapping,
    pub(crate) state: SyncState,
    dialect: Dialect,
    matching: Vec<Path>,
    in_flight: usize,
    probes: fastrand::Rng,
}

/// Why a job cannot work with its target at all.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message says what its variant means")]
pub enum ProbeError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("{endpoint} finds something that cannot exist; is the filter applied?")]
    Ghost { endpoint: &'static str },
}

impl Job {
    pub(crate) fn new(client: Client, directory: Directory, options: &Options) -> Self {
        Self {
            directory,
            client,
            mapping: options.mapping,
            state: SyncState::default(),
            dialect: options.dialect,
            matching: options.matching().into_iter().map(Matching::path).collect(),
            in_flight: options.in_flight.max(1),
            // Not the seed itself, from which the directory may have drawn its own ids.
            probes: fastrand::Rng::with_seed(!options.seed),
        }
    }

    /// The client that the job speaks through.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The SCIM id of the resource that a person became.
    pub fn user_resource(&self, person: ObjectId) -> Option<&str> {
        self.state.users.get(&person).map(|anchor| anchor.resource.as_str())
    }

    /// Test Connection, which opens every cycle too: asks for a user and a group who cannot exist.
    pub async fn test_connection(&mut self) -> Result<(), ProbeError> {
        let user_by = self.matching.first().copied().unwrap_or(USER_NAME);
        for (resource_type, path, endpoint) in [
            (ResourceType::User, user_by, "/Users"),
            (ResourceType::Group, DISPLAY_NAME, "/Groups"),
        ] {
            let nobody = ObjectId::draw(&mut self.probes).to_string();
            if self.client.find(resource_type, path, &nobody).await?.is_some() {
                return Err(ProbeError::Ghost { endpoint });
            }
        }
        Ok(())
    }

    /// One cycle. The first looks at everything in scope, the others at what changed since.
    pub async fn cycle(
        &mut self,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<CycleOutcome, ProbeError> {
        let started = Instant::now();
        let mut outcome = CycleOutcome::default();
        self.test_connection().await?;
        self.people(&mut outcome, progress).await?;
        if self.mapping.has_groups() {
            self.groups(&mut outcome, progress).await?;
            self.members(&mut outcome, progress).await?;
        }
        self.state.watermark.clone_from(&self.directory);
        self.state.escrow = outcome.failures.iter().map(|failure| failure.object).collect();
        outcome.milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(outcome)
    }

    /// "Restart provisioning": forgets the watermark and all ids, so that everything is matched anew.
    pub fn restart(&mut self) {
        self.state = SyncState::default();
    }

    fn object_sync(&self, resource_type: ResourceType, matching: Vec<Path>) -> ObjectSync<'_> {
        ObjectSync { client: &self.client, dialect: self.dialect, resource_type, matching }
    }
}

/// Runs turns with so many in flight, and says how far they are.
async fn gather<T>(
    turns: impl ExactSizeIterator<Item = impl Future<Output = T>>,
    in_flight: usize,
    stage: Stage,
    progress: &(dyn Fn(Progress) + Sync),
) -> Vec<T> {
    let total = turns.len() as u64;
    let turns = stream::iter(turns).buffer_unordered(in_flight);
    let mut turns = std::pin::pin!(turns);
    let mut ended = Vec::with_capacity(turns.size_hint().0);
    while let Some(turn) = turns.next().await {
        ended.push(turn);
        progress(Progress { stage, done: ended.len() as u64, total });
    }
    ended
}
