//! How every test ends.

use kit::service::Service;
use kit::tables::{connect, reached, tables};
use rollcall::projections::NAMES;
use simulator::Simulation;

use crate::deployment::{Deployment, variable};
use crate::history::summary;
use crate::linearizability::faults;
use crate::load::{Load, logins};
use crate::log_model::LogModel;
use crate::writer::Writer;

/// Ends the load and proves that nobody was told anything false.
pub(crate) async fn final_checks(deployment: &Deployment, mut load: Load, story: &str) {
    let simulations = load.end().await;
    read_everything(deployment, &load).await;
    let calls = load.history.calls();
    eprintln!("{story}: {}", summary(&calls));
    let listed = format!("events list --tenant {} --reveal", load.tenant.slug);
    let listed = deployment.verb(&listed).await;
    let faults = faults(&calls, &LogModel::of(&listed.ended(0).lines()));
    assert!(faults.is_empty(), "{story}: {} faults:\n{}", faults.len(), faults.join("\n"));
    let end = deployment.caught_up().await;
    equal_a_fresh_replay(deployment, end).await;
    for simulation in &simulations {
        reads_no_difference(simulation).await;
    }
    eprintln!("{story}: {end} events, all answers true");
}

/// A last look at everything, through every gateway.
async fn read_everything(deployment: &Deployment, load: &Load) {
    for (number, gateway) in deployment.gateways.iter().enumerate() {
        gateway.ready().await;
        let (tenant, url) = (load.tenant.clone(), vec![gateway.url.clone()]);
        let mut reader = Writer::new(1000 + number, tenant, url, load.history.clone());
        let crowd = load.stage.crowd.lock().expect("nobody panics with it").clone();
        for user in load.stage.users.iter().chain(&crowd) {
            reader.look_at_user(user).await;
        }
        for group in &load.stage.groups {
            reader.look_at_group(group).await;
        }
        for login in logins() {
            reader.find(&login).await;
        }
    }
}

async fn equal_a_fresh_replay(deployment: &Deployment, end: u64) {
    let [live, again] = &deployment.databases;
    let environment =
        vec![variable("NATS_URL", &deployment.nats_url), variable("DATABASE_URL", again)];
    let start = |projection| Service::start(&format!("project {projection}"), environment.clone());
    let _replays = NAMES.map(start);
    let (live, again) = (connect(live).await, connect(again).await);
    for projection in NAMES {
        reached(&again, projection, end).await;
        let (live, again) = (tables(&live, projection).await, tables(&again, projection).await);
        assert_eq!(live.keys().collect::<Vec<_>>(), again.keys().collect::<Vec<_>>());
        for (table, rows) in &live {
            assert_eq!(rows, &again[table], "{projection}.{table} differs from its replay");
        }
    }
}

async fn reads_no_difference(simulation: &Simulation) {
    let differences = simulation.compare().await.expect("everything can be read back");
    assert!(differences.is_empty(), "the simulator reads {differences:?}");
}
