//! What the acts want of each projection, for the workers that make it so.

use acts::{Job, Jobs, Scope, Stage, State};
use projector::{Wanted, WantedCandidate};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::act_log::ActLog;

/// What is wanted of one projection, as far as the journal is known; none before it was read.
///
/// Whoever keeps the projection needs no journal to go on: what was wanted last stays wanted while
/// the journal is away.
pub fn wanted(
    acts: &ActLog,
    projection: &'static str,
    stop: CancellationToken,
) -> watch::Receiver<Option<Wanted>> {
    let (tell, told) = watch::channel(None);
    let acts = acts.clone();
    tokio::spawn(async move {
        let mut states = acts.watch();
        let telling = async {
            // The first time there may be a journal that has nothing in it yet.
            while acts.current().await.is_err() {
                tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            }
            loop {
                let now = Some(of(&states.borrow_and_update(), projection));
                tell.send_if_modified(|before| {
                    let differs = *before != now;
                    *before = now;
                    differs
                });
                if states.changed().await.is_err() {
                    return;
                }
            }
        };
        stop.run_until_cancelled(Box::pin(telling)).await;
    });
    told
}

fn of(state: &State, projection: &str) -> Wanted {
    let jobs: &Jobs = &state.jobs;
    let active = jobs.active(projection);
    let ended = jobs.all().into_iter().filter(|job| {
        job.plan.projection == projection && active.is_none_or(|active| active.id != job.id)
    });
    let ended = ended.map(|job| job.id.to_string()).collect();
    Wanted { candidate: active.map(candidate), ended }
}

fn candidate(job: &Job) -> WantedCandidate {
    WantedCandidate {
        job: job.id.to_string(),
        scope: match &job.plan.scope {
            Scope::Whole => projector::Scope::Whole,
            Scope::Tenant { tenant } => projector::Scope::Tenant(tenant.clone()),
            Scope::Person { tenant, person } => {
                projector::Scope::Person { tenant: tenant.clone(), person: person.0 }
            }
        },
        paused: job.stage == Stage::Paused,
        max_rate: None,
    }
}
