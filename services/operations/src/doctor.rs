//! The doctor: whether the servers, their settings and what is kept in them are as they should be.
//!
//! Each check looks at one thing, and says what it found and, where that is not well, what to do. Facts
//! are gathered first, each group by one question; a group whose question fails says so, and the
//! others are told all the same.

mod by_hand;
mod check;
mod credentials;
mod feed;
mod history;
mod postgres;
mod read_models;
mod server;
mod streams;
mod surroundings;
mod work;

use acts::State;
use eventlog::{Log, clock};
use jiff::Timestamp;
use projector::{Database, ReadModel};
use schemars::JsonSchema;
use serde::Serialize;

pub use check::{Check, Verdict};
pub use surroundings::{Monitor, Surroundings};

/// What the doctor found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Diagnosis {
    /// When it looked.
    pub at: Timestamp,
    /// The worst of all verdicts.
    pub verdict: Verdict,
    /// Every check, by groups.
    pub checks: Vec<Check>,
}

/// What the doctor looks at.
#[derive(Clone, Copy, Debug)]
pub struct Patient<'p> {
    /// The log.
    pub log: &'p Log,
    /// Where the read models are.
    pub database: &'p Database,
    /// What follows from the journal.
    pub state: &'p State,
    /// The projections of this program.
    pub projections: &'static [ReadModel],
    /// What only the program knows.
    pub surroundings: &'p Surroundings,
}

impl Diagnosis {
    /// Looks at everything.
    pub async fn of(patient: Patient<'_>) -> Self {
        let Patient { log, database, state, projections, surroundings } = patient;
        let now = clock::now();
        let mut checks = Vec::new();
        let seen = log.examine().await;
        checks.extend(server::checks(&seen, &surroundings.sync().await, surroundings.private_nats));
        checks.extend(streams::checks(&seen, surroundings));
        checks.push(streams::consumers(log).await);
        checks.extend(history::checks(log, projections, database, now).await);
        match postgres::look(database).await {
            Ok(facts) => checks.extend(postgres::checks(&facts, surroundings.private_postgres)),
            Err(error) => checks.push(Check::unreachable("postgres.reachable", &error)),
        }
        checks.extend(read_models::checks(log, database, projections, now).await);
        checks.extend(by_hand::checks(database, projections).await);
        checks.extend(feed::checks(log, database, now).await);
        checks.extend(work::checks(database, projections, state, now).await);
        checks.extend(credentials::checks(database, surroundings, now).await);
        let verdict = checks.iter().map(|check| check.verdict).max().unwrap_or(Verdict::Ok);
        Self { at: now, verdict, checks }
    }
}
