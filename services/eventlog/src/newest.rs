//! The newest events of a tenant.

use events::{Entity, Seq, Tenant};

use crate::backwards;
use crate::entry::Entry;
use crate::error::ReadError;
use crate::log::Log;

impl Log {
    /// The newest `limit` events of a tenant about one kind of thing, or about any, or the newest of those
    /// before a position, in the order of the log; and whether there are others before them. A replica that
    /// is behind may answer.
    pub async fn newest(
        &self,
        tenant: &Tenant,
        entity: Option<Entity>,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<(Vec<Entry>, bool), ReadError> {
        let entity = entity.map_or("*", Entity::as_str);
        let pattern = self.name.stored(&format!("prov.{tenant}.{entity}.*.*"));
        let before = before.map(|before| before.0);
        backwards::newest(&self.main, &self.name, &pattern, before, limit).await
    }
}
