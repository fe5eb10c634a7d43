//! Which subscribers are a tenant's: what is known of how far they are is kept by their ids alone.

use std::collections::BTreeSet;
use std::pin::pin;

use eventlog::{Log, Selection};
use events::{Entity, Event, SubscriberId, Tenant};
use futures_util::StreamExt as _;
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

/// Those of these subscribers and replays that are the caller's own tenant's, if they are confined to one.
pub(super) async fn theirs<C: Asks>(
    ops: &Operations,
    caller: &Confined<C>,
    mut ids: Vec<Uuid>,
) -> Result<Vec<Uuid>, OpsError> {
    if let Some(tenant) = caller.own() {
        let known = ids_of(ops.log(), tenant).await?;
        ids.retain(|id| known.contains(id));
    }
    Ok(ids)
}

/// The ids of all subscribers that a tenant has or had, and of their replays.
async fn ids_of(log: &Log, tenant: &Tenant) -> Result<BTreeSet<Uuid>, OpsError> {
    let all = Selection {
        tenant: Some(tenant.clone()),
        entity: Some(Entity::Subscriber),
        ..Selection::default()
    };
    let mut ids = BTreeSet::new();
    let mut entries = pin!(log.select(all));
    while let Some(entry) = entries.next().await {
        let entry = entry?;
        let of = entry.subject().split('.').rev().nth(1);
        ids.extend(of.and_then(|id| id.parse::<Uuid>().ok()));
        if let Ok(Event::SubscriberReplayStarted(started)) = entry.read().map(|read| read.event) {
            ids.insert(started.replay_id.0);
        }
    }
    Ok(ids)
}
