//! How many events there are.

use async_nats::jetstream::consumer::DeliverPolicy;
use events::Tenant;
use tokio::time::Instant;

use crate::connection::{Connection, Purpose};
use crate::ephemeral_consumer::{EphemeralConsumer, FetchSize};
use crate::error::{ReadError, unavailable};
use crate::log::Log;

impl Log {
    /// How many events of a tenant the log holds.
    pub async fn count_of(&self, tenant: &Tenant) -> Result<u64, ReadError> {
        let connection = Connection::open(&self.server, Purpose::Reading, Instant::now()).await;
        let connection = connection.map_err(unavailable)?;
        let filter = self.name.stored(&format!("prov.{tenant}.>"));
        let (from, size) = (DeliverPolicy::All, FetchSize::SMALL);
        let made =
            EphemeralConsumer::create(&connection, &self.name, Some(filter), from, size).await;
        Ok(made.map_err(unavailable)?.pending)
    }
}
