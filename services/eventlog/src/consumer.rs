//! Durable consumers: how an application reads one tenant's events, made by an operator.
//!
//! An application that subscribed to the subjects would also see what gateways publish and the
//! stream refuses. A consumer delivers what is in the stream, in its order, and keeps the
//! application's position.

mod config;
mod consumer_types;

use async_nats::jetstream::consumer::Info;
use async_nats::jetstream::context::ConsumerInfoErrorKind;
use events::Tenant;
use futures_util::TryStreamExt;

use crate::error::unavailable;
use crate::log::Log;
use config::{config_of, described};

pub use consumer_types::{BadConsumerName, Consumer, ConsumerError, ConsumerName, NewConsumer};

impl Log {
    /// Makes a durable consumer for an application of one tenant.
    pub async fn create_consumer(&self, new: &NewConsumer) -> Result<Consumer, ConsumerError> {
        let end = self.end().await?;
        if new.after > end {
            return Err(ConsumerError::Beyond { after: new.after, end });
        }
        let jetstream = &self.main.jetstream;
        // Looked up first: to make an equal one again succeeds, and does not start it over.
        if self.consumer(&new.name).await?.is_some() {
            return Err(ConsumerError::Exists(new.name.clone()));
        }
        match jetstream
            .create_consumer_strict_on_stream(config_of(&self.name, new), self.name.as_str())
            .await
        {
            Ok(consumer) => Ok(described(&self.name, consumer.cached_info())),
            Err(error) => Err(ConsumerError::Refused(error.into())),
        }
    }

    /// All durable consumers, and whatever else delivers events to a subject.
    pub async fn consumers(&self) -> Result<Vec<Consumer>, ConsumerError> {
        let stream =
            self.main.jetstream.get_stream(self.name.as_str()).await.map_err(unavailable)?;
        let all: Vec<Info> = stream.consumers().try_collect().await.map_err(unavailable)?;
        let is_durable = |info: &&Info| {
            info.config.durable_name.is_some() || info.config.deliver_subject.is_some()
        };
        let mut consumers: Vec<Consumer> =
            all.iter().filter(is_durable).map(|info| described(&self.name, info)).collect();
        consumers.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(consumers)
    }

    /// Deletes a consumer of this tenant, and with it how far the application has read.
    pub async fn delete_consumer(
        &self,
        name: &ConsumerName,
        tenant: &Tenant,
    ) -> Result<(), ConsumerError> {
        let found = self.consumer(name).await?;
        let found = found.ok_or_else(|| ConsumerError::Unknown(name.clone()))?;
        if found.tenant.as_ref() != Some(tenant) {
            let (name, tenant) = (name.clone(), tenant.clone());
            let subjects = found.subjects.join(", ");
            return Err(ConsumerError::OfAnother { name, tenant, subjects });
        }
        let asked =
            self.main.jetstream.delete_consumer_from_stream(&name.0, self.name.as_str()).await;
        asked.map(|_| ()).map_err(|error| ConsumerError::Refused(error.into()))
    }

    async fn consumer(&self, name: &ConsumerName) -> Result<Option<Consumer>, ConsumerError> {
        let asked = self.stream.consumer_info(&name.0).await;
        match asked {
            Ok(info) => Ok(Some(described(&self.name, &info))),
            Err(error) => match error.kind() {
                ConsumerInfoErrorKind::NotFound => Ok(None),
                ConsumerInfoErrorKind::InvalidName
                | ConsumerInfoErrorKind::Offline
                | ConsumerInfoErrorKind::StreamNotFound
                | ConsumerInfoErrorKind::Request
                | ConsumerInfoErrorKind::JetStream(_)
                | ConsumerInfoErrorKind::TimedOut
                | ConsumerInfoErrorKind::NoResponders => Err(ConsumerError::Refused(error.into())),
            },
        }
    }
}
