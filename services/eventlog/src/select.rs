//! Reading a part of the log: one tenant's, one person's, one kind of fact.

use std::time::Duration;

use async_nats::jetstream::consumer::DeliverPolicy;
use events::{Entity, Seq, Tenant};
use futures_util::{Stream, stream};
use jiff::Timestamp;
use tokio::time::Instant;
use uuid::Uuid;

use crate::connection::Connection;
use crate::entry::Entry;
use crate::ephemeral_consumer::{EphemeralConsumer, FetchSize};
use crate::error::{Cause, ReadError, unavailable};
use crate::log::{ELECTION_TIMEOUT, Log};

/// How long a reader of what is there waits for the next event. Far more than a server takes.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(15);

/// Which events to read. The default is all that there are.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Whose events.
    pub tenant: Option<Tenant>,
    /// What kind of thing they are about.
    pub entity: Option<Entity>,
    /// What the events are about, such as a person.
    pub id: Option<Uuid>,
    /// The last token of the subject, such as `deactivated`.
    pub fact: Option<String>,
    /// Where to begin.
    pub since: Since,
    /// Whether to go on with events that are yet to come.
    pub live: bool,
}

/// From where to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Since {
    /// From the first event.
    #[default]
    Start,
    /// This event and later ones.
    Seq(Seq),
    /// Events that the log took at this time or later.
    Time(Timestamp),
}

impl Log {
    /// The events of a selection, in order. Unless it is live, the stream ends with the events
    /// that were there when it began, and an outage is an error.
    ///
    /// There are holes between the events, so their chain is not checked;
    /// [`Entry::read`] still checks each against its digest.
    pub fn select(
        &self,
        selection: Selection,
    ) -> impl Stream<Item = Result<Entry, ReadError>> + Send + use<> {
        let reader = Reader {
            log: self.clone(),
            since: selection.since,
            selection,
            connection: None,
            consumer: None,
            left: 0,
            failing: None,
        };
        stream::unfold(Some(reader), async |reader| {
            let mut reader = reader?;
            let next = reader.next().await.transpose()?;
            let reader = next.is_ok().then_some(reader);
            Some((next, reader))
        })
    }
}

struct Reader {
    log: Log,
    selection: Selection,
    since: Since,
    /// Its own: see [`crate::connection`].
    connection: Option<Connection>,
    consumer: Option<EphemeralConsumer>,
    /// How many of the events that were there at the beginning are still to come.
    left: u64,
    /// Since when a live reader gets nothing.
    failing: Option<Instant>,
}

impl Reader {
    async fn next(&mut self) -> Result<Option<Entry>, ReadError> {
        loop {
            match self.attempt().await {
                Err(ReadError::Unavailable(cause)) if self.selection.live => {
                    self.wait(cause).await?;
                }
                outcome => {
                    self.failing = None;
                    return outcome;
                }
            }
        }
    }

    /// Waits out an outage. A stream that is gone does not come back by itself.
    async fn wait(&mut self, cause: Cause) -> Result<(), ReadError> {
        self.consumer = None;
        let since = *self.failing.get_or_insert_with(|| {
            let error = &*cause as &dyn std::error::Error;
            tracing::warn!(error, "cannot read the log; trying until it works");
            Instant::now()
        });
        if since.elapsed() > ELECTION_TIMEOUT
            && let Err(error @ ReadError::Broken(_)) = self.log.end().await
        {
            return Err(error);
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
        Ok(())
    }

    async fn attempt(&mut self) -> Result<Option<Entry>, ReadError> {
        let consumer = match &mut self.consumer {
            Some(consumer) => consumer,
            None => {
                let filter = self.selection.filter()?;
                let from = self.since.policy().map_err(unavailable)?;
                let connection = match &self.connection {
                    Some(connection) => connection,
                    None => {
                        let opened = self.log.connect_reader().await.map_err(unavailable)?;
                        self.connection.insert(opened)
                    }
                };
                let stream = &self.log.name;
                let filter = Some(stream.stored(&filter));
                let size = FetchSize::LARGE;
                let made = EphemeralConsumer::create(connection, stream, filter, from, size).await;
                let consumer = made.map_err(unavailable)?;
                self.left = consumer.pending;
                self.consumer.insert(consumer)
            }
        };
        if self.left == 0 && !self.selection.live {
            return Ok(None);
        }
        let entry = if self.selection.live {
            consumer.next().await
        } else {
            // The server has said that there are some: messages that it counts may be lost.
            let next = tokio::time::timeout(DELIVERY_TIMEOUT, consumer.next()).await;
            let silent =
                |_| unavailable(format!("{} events that it counts do not come", self.left));
            next.map_err(silent)?
        };
        let entry = entry.map_err(unavailable)?;
        self.left = self.left.saturating_sub(1);
        self.since = Since::Seq(entry.seq.next());
        Ok(Some(entry))
    }
}

impl Selection {
    /// The subjects that are meant: `prov.<tenant>.<entity>.<id>.<fact>`.
    pub(crate) fn filter(&self) -> Result<String, ReadError> {
        let any = || "*".to_owned();
        let tenant = self.tenant.as_ref().map_or_else(any, ToString::to_string);
        let entity = self.entity.map_or("*", Entity::as_str);
        let id = self.id.as_ref().map_or_else(any, ToString::to_string);
        let fact = self.fact.as_deref().unwrap_or("*");
        let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        if self.fact.is_some() && (fact.is_empty() || !fact.bytes().all(plain)) {
            return Err(ReadError::BadSelection(fact.to_owned()));
        }
        Ok(format!("prov.{tenant}.{entity}.{id}.{fact}"))
    }
}

impl Since {
    fn policy(self) -> Result<DeliverPolicy, async_nats::Error> {
        Ok(match self {
            Self::Start => DeliverPolicy::All,
            Self::Seq(seq) => DeliverPolicy::ByStartSequence { start_sequence: seq.0.max(1) },
            Self::Time(time) => DeliverPolicy::ByStartTime {
                start_time: async_nats::datetime::from_nanos(time.as_nanosecond())?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_is_a_subject_with_holes() {
        let all = Selection::default();
        assert_eq!(all.filter().unwrap(), "prov.*.*.*.*");
        let some = Selection {
            tenant: Some("acme".parse().unwrap()),
            entity: Some(Entity::User),
            fact: Some("team-assigned".to_owned()),
            ..all
        };
        assert_eq!(some.filter().unwrap(), "prov.acme.user.*.team-assigned");
    }

    #[test]
    fn a_fact_cannot_smuggle_in_a_wildcard() {
        for fact in ["", ">", "*", "a.b", "a b", "Ä"] {
            let selection = Selection { fact: Some(fact.to_owned()), ..Selection::default() };
            assert!(selection.filter().is_err(), "{fact:?} was taken for a fact");
        }
    }
}
