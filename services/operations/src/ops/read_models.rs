//! `/ops/v1/read-models`: how up to date the read models are for one tenant. Nothing in it is about others: how
//! much waits is counted of the tenant's own events.

use std::collections::BTreeMap;
use std::time::Duration;

use acts::Role;
use axum::extract::State;
use deadpool_postgres::Pool;
use eventlog::clock;
use events::{Seq, Tenant};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use projector::parked::{self, ParkedEvent, Which};
use projector::{SlotPeek, Slots};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::known_tenant::check_known;
use super::{Answer, Answered, Caller, Confined, OpsError};
use crate::caller::tenant;
use crate::lag::{self, Follower, TenantLag};
use crate::operations::Operations;
use crate::ops::extract::Query;
use crate::status::MAX_PARKED;
use crate::status_types::State as Doing;

/// Of whom; an administrator's own, if it is not said.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    tenant: Option<String>,
}

/// How up to date the read models are for a tenant.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReadModelList {
    tenant: String,
    /// When this was so.
    at: Timestamp,
    /// Whether each has seen all of the tenant's events, and none waits.
    current: bool,
    read_models: Vec<ReadModelItem>,
}

impl Answer for ReadModelList {
    const SCHEMA: &'static str = "rollcall.read-models.v1";
}

/// How up to date a read model is for a tenant.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReadModelItem {
    projection: String,
    /// What its live slot does.
    state: Doing,
    /// How many of the tenant's events are not in it.
    lag_events: u64,
    /// For how many seconds the oldest of these has waited.
    lag_seconds: f64,
    /// How many of them wait since they, or one before them that shares a key, could not be applied.
    parked_events: u64,
    /// Since when the oldest of these waits.
    parked_since: Option<Timestamp>,
    /// From when the newest event happened, whoever's it is, until it was in the read model, in milliseconds; null
    /// while something of the tenant waits, or if it is not known.
    visible_after_ms: Option<u64>,
    /// How long ago whoever keeps it was heard of; null if nobody is.
    heard_seconds_ago: Option<f64>,
    /// Whether another one is being built beside it.
    building_another: bool,
}

pub(crate) async fn list(
    State(ops): State<Operations>,
    caller: Confined<Caller>,
    Query(Asked { tenant: named }): Query<Asked>,
) -> Result<Answered<ReadModelList>, OpsError> {
    caller.may(Role::OpsRead)?;
    let named = caller.about(named.as_deref().map(tenant).transpose()?)?;
    let Some(tenant) = named else {
        return Err(web::Problem::malformed("say of which tenant (tenant)").into());
    };
    check_known(ops.log(), &tenant).await?;
    // The slots first: the log's end, read later, is never behind them.
    let mut asked = Vec::new();
    for model in ops.projections() {
        asked.push(look(ops.database().pool(), model.name, &tenant));
    }
    let found = try_join_all(asked).await?;
    let now = clock::now();
    let followers: Vec<_> =
        found.iter().map(|(name, slots, parked)| follower(name, slots, parked)).collect();
    let lag = lag::lag(ops.log(), &followers, Some(&tenant), followers.len(), now).await?;
    let of = |name: &str| lag.tenants.iter().find(|lag| lag.projection == name);
    let read_models: Vec<_> =
        found.iter().map(|(name, slots, parked)| item(name, slots, parked, of(name))).collect();
    let is_current = |item: &ReadModelItem| item.state == Doing::Current && item.parked_events == 0;
    Ok(Answered(ReadModelList {
        tenant: tenant.to_string(),
        at: now,
        current: read_models.iter().all(is_current),
        read_models,
    }))
}

/// What there is of a read model, and of the tenant what is parked there.
async fn look(
    pool: &Pool,
    name: &'static str,
    tenant: &Tenant,
) -> Result<(&'static str, Slots, Vec<ParkedEvent>), OpsError> {
    let which = Which { tenant: Some(tenant.clone()), ..Which::default() };
    let slots = projector::slots(pool, name).await?;
    Ok((name, slots, parked::list(pool, name, &which, MAX_PARKED).await?))
}

fn follower(name: &str, slots: &Slots, parked: &[ParkedEvent]) -> Follower {
    let waits = |event: &ParkedEvent| (event.tenant.clone(), 1 + event.behind);
    let mut by_tenant = BTreeMap::<Tenant, u64>::new();
    for (tenant, events) in parked.iter().map(waits) {
        *by_tenant.entry(tenant).or_default() += events;
    }
    Follower {
        projection: name.to_owned(),
        position: slots.live.as_ref().map_or(Seq(0), |live| live.position),
        halted: None,
        parked: by_tenant,
    }
}

fn item(
    name: &str,
    slots: &Slots,
    parked: &[ParkedEvent],
    lag: Option<&TenantLag>,
) -> ReadModelItem {
    let lag_events = lag.map_or(0, |lag| lag.lag_events);
    let live = slots.live.as_ref();
    let state = match live {
        None => Doing::Missing,
        Some(live) if live.halted.is_some() => Doing::Paused,
        Some(live) if live.building() => Doing::Building,
        Some(_) if lag_events > 0 => Doing::CatchingUp,
        Some(_) => Doing::Current,
    };
    ReadModelItem {
        projection: name.to_owned(),
        state,
        lag_events,
        lag_seconds: lag.map_or(0.0, |lag| lag.lag_seconds),
        parked_events: lag.map_or(0, |lag| lag.parked_events),
        parked_since: parked.iter().map(|one| one.failed_at).min(),
        visible_after_ms: live.filter(|_| state == Doing::Current).and_then(visible_after),
        heard_seconds_ago: live.and_then(|live| live.lease_age).as_ref().map(Duration::as_secs_f64),
        building_another: slots.candidate.is_some(),
    }
}

/// From when the last event in a slot happened until it was there. The clocks of writers and of Postgres may be
/// a little apart.
fn visible_after(live: &SlotPeek) -> Option<u64> {
    let took = live.moved_at?.duration_since(live.event_at?).as_millis();
    Some(u64::try_from(took).unwrap_or_default())
}
