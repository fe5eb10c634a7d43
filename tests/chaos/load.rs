//! The load during faults: writers who compete, and a simulated Entra at each gateway.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use kit::wait::until;
use simulator::{Churn, Options, Simulation, Source};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::deployment::{Deployment, Tenant};
use crate::history::History;
use crate::writer::Writer;

const WRITERS: usize = 6;
/// Few logins for many writers.
const LOGINS: usize = 6;
/// So many acknowledged writes show that all is well again.
pub(crate) const ENOUGH: usize = 30;
const USERS: usize = 6;
const GROUPS: usize = 2;
/// How long an outage may last for a simulated Entra: longer than a fault does.
const OUTAGE_LIMIT: Duration = Duration::from_mins(2);

pub(crate) struct Load {
    pub(crate) history: Arc<History>,
    pub(crate) tenant: Tenant,
    pub(crate) stage: Arc<Stage>,
    writers: Vec<JoinHandle<()>>,
    simulations: Vec<JoinHandle<Simulation>>,
    stop: CancellationToken,
}

/// Whom the writers write about.
pub(crate) struct Stage {
    /// Users and groups who stay.
    pub(crate) users: Vec<String>,
    pub(crate) groups: Vec<String>,
    /// Users who come and go, and compete for logins.
    pub(crate) crowd: Mutex<Vec<String>>,
}

impl Load {
    pub(crate) async fn on(deployment: &Deployment) -> Self {
        let history = Arc::new(History::new());
        let stop = CancellationToken::new();
        let tenant = deployment.tenant("chaos").await;
        let urls: Vec<String> =
            deployment.gateways.iter().map(|gateway| gateway.url.clone()).collect();
        let writer = |number| Writer::new(number, tenant.clone(), urls.clone(), history.clone());
        let stage = Arc::new(Stage::set(&mut writer(0)).await);
        let mut simulations = Vec::new();
        for gateway in 0..urls.len() {
            let tenant = deployment.tenant(&format!("entra-{gateway}")).await;
            let options = Options {
                directory: Source::Generated { people: 25, groups: 4, seed: gateway as u64 },
                seed: gateway as u64,
                in_flight: 3,
                lost_answers: 0.02,
                retry_timeout: OUTAGE_LIMIT,
                ..Options::new(deployment.target(&tenant, gateway))
            };
            let simulation = Simulation::connect(&options).await.expect("the tenant lets it in");
            let (runtime, stop) = (Handle::current(), stop.clone());
            // On a thread of its own: its future may not move between threads.
            simulations.push(tokio::task::spawn_blocking(move || {
                runtime.block_on(provision(simulation, gateway as u64, stop))
            }));
        }
        let writers = (1..=WRITERS)
            .map(|number| tokio::spawn(write(writer(number), Arc::clone(&stage), stop.clone())))
            .collect();
        Self { history, tenant, stage, writers, simulations, stop }
    }

    /// Waits until some more writes have been acknowledged; says how long that took.
    pub(crate) async fn goes_on(&self) -> Duration {
        let asked = Instant::now();
        let before = self.history.acknowledged();
        until("writes go on", async || self.history.acknowledged() >= before + ENOUGH).await;
        asked.elapsed()
    }

    /// Waits until the writers have been told to come again, more than once.
    pub(crate) async fn is_put_off(&self) {
        let enough = self.history.put_off() + 2 * WRITERS + 1;
        until("the writers are put off", async || self.history.put_off() >= enough).await;
    }

    /// Ends it: writers finish what they are at, simulated Entras their cycle and one more.
    pub(crate) async fn end(&mut self) -> Vec<Simulation> {
        self.stop.cancel();
        for writer in self.writers.drain(..) {
            writer.await.expect("a writer does not panic");
        }
        let mut simulations = Vec::new();
        for simulation in self.simulations.drain(..) {
            simulations.push(simulation.await.expect("a simulation does not panic"));
        }
        simulations
    }
}

impl Stage {
    async fn set(writer: &mut Writer) -> Self {
        let (mut users, mut groups) = (Vec::new(), Vec::new());
        for number in 0..USERS {
            let user = writer.create(&format!("resident-{number}@chaos.example")).await;
            users.push(user.expect("nothing is broken yet"));
        }
        for number in 0..GROUPS {
            let group = writer.form(&format!("Group {number}")).await;
            groups.push(group.expect("nothing is broken yet"));
        }
        Self { users, groups, crowd: Mutex::default() }
    }

    fn somebody(&self, dice: &mut fastrand::Rng) -> Option<String> {
        dice.choice(self.crowd.lock().expect("nobody panics with it").iter()).cloned()
    }
}

/// Every login for which the crowd competes.
pub(crate) fn logins() -> impl Iterator<Item = String> {
    (0..LOGINS).map(|number| format!("login-{number}@chaos.example"))
}

async fn write(mut writer: Writer, stage: Arc<Stage>, stop: CancellationToken) {
    let logins: Vec<String> = logins().collect();
    while !stop.is_cancelled() {
        let login = writer.dice.choice(&logins).expect("there are some").clone();
        let user = writer.dice.choice(&stage.users).expect("there are some").clone();
        let group = writer.dice.choice(&stage.groups).expect("there are some").clone();
        let somebody = stage.somebody(&mut writer.dice);
        match (writer.dice.u8(..11), somebody) {
            (0 | 1, _) | (2..=4, None) => {
                let made = writer.create(&login).await;
                stage.crowd.lock().expect("nobody panics with it").extend(made);
            }
            (2, Some(somebody)) => writer.take_login(&somebody, &login).await,
            (3, Some(somebody)) => {
                writer.delete(&somebody).await;
                stage.crowd.lock().expect("nobody panics with it").retain(|id| *id != somebody);
            }
            (4, Some(somebody)) => writer.look_at_user(&somebody).await,
            (5, _) => writer.find(&login).await,
            (6, _) => writer.rename(&user).await,
            (7, _) => writer.look_at_user(&user).await,
            (8, _) => writer.add(&group, &user).await,
            (9, _) => writer.remove(&group, &user).await,
            _ => writer.look_at_group(&group).await,
        }
        let pause = Duration::from_millis(writer.dice.u64(..20));
        tokio::time::sleep(pause).await;
    }
}

/// Lets a company live, and provisions it again and again.
async fn provision(mut simulation: Simulation, seed: u64, stop: CancellationToken) -> Simulation {
    let mut churn = Churn::new(&simulation.job.directory, Timestamp::UNIX_EPOCH, seed);
    loop {
        let last = stop.is_cancelled();
        let cycle = simulation.job.cycle(&|_| {}).await.expect("a cycle comes to its end");
        if last {
            assert!(cycle.failures.is_empty(), "Entra could not: {:?}", cycle.failures);
            return simulation;
        }
        churn.advance(&mut simulation.job.directory);
    }
}
