//! A whole simulation: connect, provision, live, provision again, compare.

use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;

use crate::api::Api;
use crate::booking::{BookingSystem, bookings};
use crate::churn::Churn;
use crate::client::transport::Transport;
use crate::client::{Client, ClientError};
use crate::compare::{self, Baseline, Difference};
use crate::cycle::{Job, ProbeError};
use crate::directory::BadDirectory;
use crate::options::Options;
use crate::outcome::{Outcome, Progress, Stage};

/// Why a simulation could not be carried through.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message says what its variant means")]
pub enum SimulatorError {
    #[error(transparent)]
    Directory(#[from] BadDirectory),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("the test connection failed")]
    Probe(#[from] ProbeError),
    #[error("the import refused {refused} of {all} bookings; the first because: {why}")]
    Bookings { refused: usize, all: usize, why: String },
}

/// Runs a simulation from beginning to end.
pub async fn run(
    options: Options,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Outcome, SimulatorError> {
    let started = Instant::now();
    let mut simulation = Simulation::connect(&options).await?;
    let mut outcome = Outcome::default();
    outcome.cycles.push(simulation.job.cycle(progress).await?);
    outcome.bookings = simulation.book(&options, progress).await?;
    let mut churn = Churn::new(&simulation.job.directory, Timestamp::UNIX_EPOCH, options.seed);
    for _ in 0..options.cycles {
        for (what, times) in churn.advance(&mut simulation.job.directory) {
            *outcome.happenings.entry(what).or_default() += times;
        }
        outcome.cycles.push(simulation.job.cycle(progress).await?);
    }
    outcome.milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    if options.compare {
        progress(Progress { stage: Stage::Compare, done: 0, total: 1 });
        outcome.differences = simulation.compare().await?;
        outcome.compared = true;
        progress(Progress { stage: Stage::Compare, done: 1, total: 1 });
    }
    outcome.people = simulation.job.directory.people.len();
    outcome.groups = simulation.job.directory.groups.len();
    (outcome.requests, outcome.retries, outcome.lost_answers) = simulation.transport.counts();
    Ok(outcome)
}

/// A simulation in the hands of somebody who says what happens next.
#[derive(Debug)]
pub struct Simulation {
    /// The provisioning job.
    pub job: Job,
    transport: Arc<Transport>,
    api: Option<Api>,
    baseline: Baseline,
}

impl Simulation {
    /// Connects to the target, and takes note of who lives there already.
    pub async fn connect(options: &Options) -> Result<Self, SimulatorError> {
        let directory = options.directory.load()?;
        let (retry_timeout, lost, seed) =
            (options.retry_timeout, options.lost_answers, options.seed);
        let transport =
            Arc::new(Transport::new(retry_timeout, lost, seed, options.trust.as_deref()));
        let target = &options.target;
        let client =
            Client::new(&target.scim_base_url, target.auth.clone(), Arc::clone(&transport))?;
        let api = match &target.api {
            Some(target) => Some(Api::new(target, Arc::clone(&transport))?),
            None => None,
        };
        let mut job = Job::new(client, directory, options);
        job.test_connection().await?;
        let baseline = if options.compare {
            Baseline::of(&job.client, api.as_ref()).await?
        } else {
            Baseline::default()
        };
        Ok(Self { job, transport, api, baseline })
    }

    /// Every difference between the directory and the target; there must be none.
    pub async fn compare(&self) -> Result<Vec<Difference>, SimulatorError> {
        Ok(compare::compare(&self.job, self.api.as_ref(), &self.baseline).await?)
    }

    /// Makes bookings for everybody who is here: half one by one, half in an import.
    async fn book(
        &self,
        options: &Options,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<u64, SimulatorError> {
        let Some(wanted) = &options.bookings else { return Ok(0) };
        let system = BookingSystem::over(&wanted.api, Arc::clone(&self.transport))?;
        let directory = &self.job.directory;
        let all =
            bookings(directory, options.mapping, wanted.per_person, Timestamp::now(), options.seed);
        let total = all.len() as u64;
        let (one_by_one, in_one) = all.split_at(all.len() / 2);
        system.record(one_by_one, options.in_flight).await?;
        progress(Progress { stage: Stage::Bookings, done: one_by_one.len() as u64, total });
        let refused = system.import(in_one).await?;
        progress(Progress { stage: Stage::Bookings, done: total, total });
        match refused.first() {
            None => Ok(total),
            Some(why) => Err(SimulatorError::Bookings {
                refused: refused.len(),
                all: in_one.len(),
                why: why.clone(),
            }),
        }
    }
}
