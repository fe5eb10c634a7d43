//! A load generator: so many requests, as fast as so many in flight allow or at a fixed rate.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use http::StatusCode;
use serde_json::json;
use tokio::time::{MissedTickBehavior, interval};

use crate::client::{Client, ClientError, ResourceType, id_of};
use crate::dialect::{Before, Change, Dialect};
use crate::directory::generate;
use crate::mapping::{Attribute, DISPLAY_NAME, Mapping, new_user};

/// What is asked of the server.
#[derive(Clone, Debug)]
pub enum Work {
    /// Create so many people.
    Creates {
        /// How many.
        people: usize,
    },
    /// Give so many new display names to people in turn.
    Patches {
        /// Whom.
        resources: Vec<String>,
        /// How many.
        number: usize,
    },
    /// Read people by id in turn.
    Gets {
        /// Whom.
        resources: Vec<String>,
        /// How many.
        number: usize,
    },
}

/// How fast it is asked.
#[derive(Clone, Copy, Debug)]
pub enum Pace {
    /// The next request starts when one of so many ends.
    InFlight(usize),
    /// Requests start at this rate, however long the others take.
    PerSecond(u32),
}

/// How it went.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// From the first request to the last answer.
    pub took: Duration,
    /// Each request, in the order of the answers.
    pub done: Vec<Done>,
}

/// A request that was answered well.
#[derive(Clone, Debug)]
pub struct Done {
    /// The SCIM id of the resource.
    pub resource: String,
    /// From the request to its answer.
    pub latency: Duration,
    /// When the answer came.
    pub answered_at: Instant,
}

impl Run {
    /// The latency that `share` (0 to 1) of the requests did not exceed.
    pub fn percentile(&self, share: f64) -> Duration {
        let mut latencies: Vec<_> = self.done.iter().map(|done| done.latency).collect();
        latencies.sort_unstable();
        nearest_rank(&latencies, share)
    }

    /// Requests a second.
    pub fn rate(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "nobody sends 2^52 requests")]
        let requests = self.done.len() as f64;
        requests / self.took.as_secs_f64().max(f64::EPSILON)
    }
}

/// The nearest-rank percentile of sorted latencies.
fn nearest_rank(sorted: &[Duration], share: f64) -> Duration {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank among a handful of requests"
    )]
    let rank = (sorted.len() as f64 * share.clamp(0.0, 1.0)).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

/// Does the work through a client, which [`Simulation::connect`](crate::Simulation::connect) gives.
/// The first answer that is not the right one ends it.
pub async fn load(client: &Client, work: &Work, pace: Pace, seed: u64) -> Result<Run, ClientError> {
    let requests = requests(work, seed);
    let started = Instant::now();
    let mut run = Run::default();
    let mut keep = |done: Result<Done, ClientError>| done.map(|done| run.done.push(done));
    match pace {
        Pace::InFlight(in_flight) => {
            let mut answers = stream::iter(requests)
                .map(|request| say(client, request))
                .buffer_unordered(in_flight.max(1));
            while let Some(answer) = answers.next().await {
                keep(answer)?;
            }
        }
        Pace::PerSecond(rate) => {
            let mut ticks = interval(Duration::from_secs(1) / rate.max(1));
            ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
            let mut answers = stream::FuturesUnordered::new();
            let mut requests = requests.into_iter().peekable();
            while requests.peek().is_some() || !answers.is_empty() {
                tokio::select! {
                    _ = ticks.tick(), if requests.peek().is_some() => {
                        answers.extend(requests.next().map(|request| say(client, request)));
                    }
                    Some(answer) = answers.next() => keep(answer)?,
                }
            }
        }
    }
    run.took = started.elapsed();
    Ok(run)
}

/// One request, worked out beforehand so that the work itself costs little.
enum Prepared {
    Create { body: serde_json::Value },
    Patch { resource: String, body: serde_json::Value },
    Get { resource: String },
}

fn requests(work: &Work, seed: u64) -> Vec<Prepared> {
    let in_turn = |resources: &[String], number: usize| -> Vec<String> {
        resources.iter().cycle().take(number).cloned().collect()
    };
    match work {
        Work::Creates { people } => generate(*people, 0, seed)
            .people
            .values()
            .map(|person| Prepared::Create { body: new_user(&Mapping::Workplace.person(person)) })
            .collect(),
        Work::Patches { resources, number } => in_turn(resources, *number)
            .into_iter()
            .enumerate()
            .map(|(turn, resource)| {
                let value = json!(format!("Renamed {seed}.{turn}"));
                let attribute = Attribute { path: DISPLAY_NAME, value };
                let change = Change { attribute, was: Before::Different };
                Prepared::Patch { resource, body: Dialect::Flagged.patch(&[change]) }
            })
            .collect(),
        Work::Gets { resources, number } => in_turn(resources, *number)
            .into_iter()
            .map(|resource| Prepared::Get { resource })
            .collect(),
    }
}

async fn say(client: &Client, request: Prepared) -> Result<Done, ClientError> {
    let started = Instant::now();
    let resource = match request {
        Prepared::Create { body } => {
            let answer = client.post(ResourceType::User, &body).await?;
            match (answer.status, id_of(&answer.body)) {
                (StatusCode::CREATED, Some(id)) => id.to_owned(),
                _ => return Err(answer.refused(http::Method::POST, "/Users")),
            }
        }
        Prepared::Patch { resource, body } => {
            let answer = client.patch(ResourceType::User, &resource, &body).await?;
            if !answer.status.is_success() {
                return Err(answer.refused(http::Method::PATCH, "/Users"));
            }
            resource
        }
        Prepared::Get { resource } => {
            client.get(ResourceType::User, &resource).await?;
            resource
        }
    };
    let answered_at = Instant::now();
    Ok(Done { resource, latency: answered_at - started, answered_at })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_latencies_that_really_were() {
        let sorted: Vec<_> = (1..=100).map(Duration::from_millis).collect();
        assert_eq!(nearest_rank(&sorted, 0.5), Duration::from_millis(50));
        assert_eq!(nearest_rank(&sorted, 0.99), Duration::from_millis(99));
        assert_eq!(nearest_rank(&sorted, 1.0), Duration::from_millis(100));
        assert_eq!(nearest_rank(&[], 0.5), Duration::ZERO);
    }
}
