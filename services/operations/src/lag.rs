//! Which tenants are behind in which read model, and by how much.

use std::collections::BTreeMap;

use eventlog::{Log, ReadError, Selection, Since};
use events::{Seq, Tenant};
use futures_util::{StreamExt as _, pin_mut};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// So many events are counted at most; whoever asks is told when there are more.
const MAX_COUNTED: u64 = 500_000;

/// How far behind a tenant is in a read model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct TenantLag {
    /// Whose events wait.
    pub(crate) tenant: Tenant,
    /// For which read model.
    pub(crate) projection: String,
    /// How many events.
    pub(crate) lag_events: u64,
    /// How long the oldest of them has waited.
    pub(crate) lag_seconds: f64,
    /// The position of the oldest of them.
    pub(crate) next: u64,
    /// How many events wait since they, or one before them that shares a key, could not be applied.
    pub(crate) parked_events: u64,
    /// Why: `behind`, `parked`, `paused: REASON`.
    pub(crate) why: String,
}

/// Which tenants are behind, the worst first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Lag {
    /// Where the log ends.
    pub(crate) position: u64,
    /// Up to where events were counted; before the log's end if there are too many.
    pub(crate) counted_to: u64,
    /// The tenants and read models in which something waits.
    pub(crate) tenants: Vec<TenantLag>,
}

/// How far a read model is, and what holds it up.
#[derive(Clone, Debug)]
pub(crate) struct Follower {
    pub(crate) projection: String,
    pub(crate) position: Seq,
    /// Why it stands still, if it does.
    pub(crate) halted: Option<String>,
    /// How many events of each tenant are parked.
    pub(crate) parked: BTreeMap<Tenant, u64>,
}

/// Events that wait: how many, the first, and when that happened.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    events: u64,
    next: Seq,
    since: Timestamp,
}

/// Counts what waits between each of these read models and the log's end: of all tenants, or of one.
pub(crate) async fn lag(
    log: &Log,
    followers: &[Follower],
    of: Option<&Tenant>,
    top: usize,
    now: Timestamp,
) -> Result<Lag, ReadError> {
    let end = log.end().await?;
    let slowest = followers.iter().map(|follower| follower.position).min().unwrap_or(end);
    let mut waiting: Vec<BTreeMap<Tenant, Waiting>> = vec![BTreeMap::new(); followers.len()];
    let mut counted_to = slowest;
    if slowest < end {
        let tenant = of.cloned();
        let since = Since::Seq(slowest.next());
        let selection = Selection { tenant, since, ..Selection::default() };
        let entries = log.select(selection);
        pin_mut!(entries);
        while let Some(entry) = entries.next().await {
            let entry = entry?;
            if entry.seq > end || entry.seq.0 - slowest.0 > MAX_COUNTED {
                break;
            }
            counted_to = entry.seq;
            let Some(tenant) = entry.subject().split('.').nth(1).and_then(|it| it.parse().ok())
            else {
                continue;
            };
            let since = entry.time().unwrap_or(now);
            let behind = followers.iter().zip(&mut waiting);
            for (_, waiting) in behind.filter(|(follower, _)| follower.position < entry.seq) {
                let tenant: &Tenant = &tenant;
                match waiting.get_mut(tenant) {
                    Some(known) => known.events += 1,
                    None => {
                        let first = Waiting { events: 1, next: entry.seq, since };
                        waiting.insert(tenant.clone(), first);
                    }
                }
            }
        }
    }
    let mut tenants: Vec<TenantLag> = followers
        .iter()
        .zip(&waiting)
        .flat_map(|(follower, waiting)| told(follower, waiting, now))
        .filter(|lag| of.is_none_or(|tenant| lag.tenant == *tenant))
        .collect();
    let worst_first = |one: &TenantLag, other: &TenantLag| {
        let keys = |lag: &TenantLag| (lag.lag_events, lag.parked_events);
        keys(other).cmp(&keys(one)).then_with(|| one.tenant.cmp(&other.tenant))
    };
    tenants.sort_by(worst_first);
    tenants.truncate(top);
    Ok(Lag { position: end.0, counted_to: counted_to.0, tenants })
}

fn told(
    follower: &Follower,
    waiting: &BTreeMap<Tenant, Waiting>,
    now: Timestamp,
) -> Vec<TenantLag> {
    let mut tenants: Vec<&Tenant> = waiting.keys().chain(follower.parked.keys()).collect();
    tenants.sort_unstable();
    tenants.dedup();
    let one = |tenant: &Tenant| {
        let waits = waiting.get(tenant);
        let parked_events = follower.parked.get(tenant).copied().unwrap_or_default();
        let seconds = |since: Timestamp| now.duration_since(since).as_secs_f64().max(0.0);
        TenantLag {
            tenant: tenant.clone(),
            projection: follower.projection.clone(),
            lag_events: waits.map_or(0, |waits| waits.events),
            lag_seconds: waits.map_or(0.0, |waits| seconds(waits.since)),
            next: waits.map_or(0, |waits| waits.next.0),
            parked_events,
            why: match (&follower.halted, waits) {
                (Some(why), Some(_)) => format!("paused: {why}"),
                (None, Some(_)) if parked_events > 0 => "behind, and parked".to_owned(),
                (None, Some(_)) => "behind".to_owned(),
                (_, None) => "parked".to_owned(),
            },
        }
    };
    tenants.into_iter().map(one).collect()
}
