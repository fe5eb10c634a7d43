//! Whose the things are that a path of `/ops/v1` names by an id alone, so that the journal tells each act to the
//! administrators of the tenant that it is about.

use std::collections::BTreeMap;

use eventlog::{Log, ReadError, Selection};
use events::{Entity, Tenant};
use uuid::Uuid;

use crate::audit::position_in_slot;

/// The tenant of the subscriber, or of the parked event, that the parts of a path name; none, if they name neither.
pub(super) async fn tenant_of(
    log: &Log,
    about: &BTreeMap<String, String>,
) -> Result<Option<Tenant>, ReadError> {
    let subscriber = about.get("subscriber").and_then(|id| Uuid::try_parse(id).ok());
    let parked = about.get("id").and_then(|id| position_in_slot(id));
    let entry = match (subscriber, parked) {
        (Some(id), _) => {
            let entity = Some(Entity::Subscriber);
            log.last_of(&Selection { entity, id: Some(id), ..Selection::default() }).await?
        }
        (None, Some(position)) => log.get(position).await?,
        (None, None) => None,
    };
    // prov.TENANT.ENTITY.ID.FACT
    Ok(entry.and_then(|entry| entry.subject().split('.').nth(1)?.parse().ok()))
}
