//! Which subscribers are a tenant's: what is known of how far they are is kept by their ids alone.

use std::collections::BTreeSet;
use std::pin::pin;

use eventlog::{Log, ReadError, Selection};
use events::{Entity, Event, SubscriberId, Tenant};
use futures_util::StreamExt as _;
use futures_util::future::try_join_all;
use uuid::Uuid;

use super::OpsError;
use super::confined::{Asks, Confined};
use crate::operations::Operations;

/// Refuses a subscriber that is not the caller's own tenant's, if they are confined to one, as one that there is not.
pub(super) async fn is_of<C: Asks>(
    ops: &Operations,
    caller: &Confined<C>,
    subscriber: &SubscriberId,
) -> Result<(), OpsError> {
    if theirs(ops, caller, vec![subscriber.0]).await?.is_empty() {
        let why = format!("the tenant has no subscriber {subscriber}, and never had one");
        return Err(OpsError::not_found(why));
    }
    Ok(())
}

/// Those of these subscribers and replays that are the caller's own tenant's, if they are confined to one. Subscribers
/// are looked up: to read events takes a connection and a consumer, and a hundred times as long.
pub(super) async fn theirs<C: Asks>(
    ops: &Operations,
    caller: &Confined<C>,
    ids: Vec<Uuid>,
) -> Result<Vec<Uuid>, OpsError> {
    let Some(tenant) = caller.own() else { return Ok(ids) };
    let mut looked_up = Vec::new();
    for id in &ids {
        looked_up.push(is_subscriber(ops.log(), tenant, *id));
    }
    let known = try_join_all(looked_up).await?;
    let (subscribers, others): (Vec<_>, Vec<_>) =
        ids.into_iter().zip(known).partition(|(_, is_known)| *is_known);
    let mut theirs: Vec<Uuid> = subscribers.into_iter().map(|(id, _)| id).collect();
    if !others.is_empty() {
        let replays = replays_of(ops.log(), tenant).await?;
        theirs.extend(others.into_iter().map(|(id, _)| id).filter(|id| replays.contains(id)));
    }
    Ok(theirs)
}

/// Whether a tenant has or had a subscriber with this id.
async fn is_subscriber(log: &Log, tenant: &Tenant, id: Uuid) -> Result<bool, ReadError> {
    let about = Selection { id: Some(id), ..of_subscribers(tenant) };
    Ok(log.last_of(&about).await?.is_some())
}

/// The ids of all replays of a tenant's subscribers.
async fn replays_of(log: &Log, tenant: &Tenant) -> Result<BTreeSet<Uuid>, OpsError> {
    let started = Selection { fact: Some("replay-started".to_owned()), ..of_subscribers(tenant) };
    let mut ids = BTreeSet::new();
    let mut entries = pin!(log.select(started));
    while let Some(entry) = entries.next().await {
        if let Ok(Event::SubscriberReplayStarted(started)) = entry?.read().map(|read| read.event) {
            ids.insert(started.replay_id.0);
        }
    }
    Ok(ids)
}

fn of_subscribers(tenant: &Tenant) -> Selection {
    let (tenant, entity) = (Some(tenant.clone()), Some(Entity::Subscriber));
    Selection { tenant, entity, ..Selection::default() }
}
