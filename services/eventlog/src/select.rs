//! Reading a part of the log: one tenant's, one person's, one kind of fact.

use std::time::Duration;

use async_nats::jetstream::consumer::DeliverPolicy;
use events::{Entity, Seq, Tenant};
use futures_util::{Stream, stream};
use jiff::Timestamp;
use tokio::time::Instant;
use uuid::Uuid;

use crate::Cause;
use crate::connection::Connection;
use crate::deliveries::{Deliveries, Request};
use crate::follow::ELECTION;
use crate::read::unavailable;
use crate::{Entry, Log, ReadError};

/// How long a reader of what is there waits for the next event. Far more than a server takes.
const SILENCE: Duration = Duration::from_secs(15);

/// Which events to read. The default is all that there are.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    pub tenant: Option<Tenant>,
    pub entity: Option<Entity>,
    /// What the events are about, such as a person.
    pub id: Option<Uuid>,
    /// The last word of a kind, such as `deactivated`.
    pub fact: Option<String>,
    pub since: Since,
    /// Whether to go on with events that are yet to come.
    pub live: bool,
}

/// From where to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Since {
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
        let reading = Reading {
            log: self.clone(),
            since: selection.since,
            selection,
            connection: None,
            deliveries: None,
            left: 0,
            failing: None,
        };
        stream::unfold(Some(reading), async |reading| {
            let mut reading = reading?;
            let next = reading.next().await.transpose()?;
            let reading = next.is_ok().then_some(reading);
            Some((next, reading))
        })
    }
}

struct Reading {
    log: Log,
    selection: Selection,
    since: Since,
    /// Its own: see [`crate::connection`].
    connection: Option<Connection>,
    deliveries: Option<Deliveries>,
    /// How many of the events that were there at the beginning are still to come.
    left: u64,
    /// Since when a live reader gets nothing.
    failing: Option<Instant>,
}

impl Reading {
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
        self.deliveries = None;
        let since = *self.failing.get_or_insert_with(|| {
            let error = &*cause as &dyn std::error::Error;
            tracing::warn!(error, "cannot read the log; trying until it works");
            Instant::now()
        });
        if since.elapsed() > ELECTION
            && let Err(error @ ReadError::Broken(_)) = self.log.end().await
        {
            return Err(error);
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
        Ok(())
    }

    async fn attempt(&mut self) -> Result<Option<Entry>, ReadError> {
        let deliveries = match &mut self.deliveries {
            Some(deliveries) => deliveries,
            None => {
                let filter = self.selection.filter()?;
                let from = self.since.policy().map_err(unavailable)?;
                let connection = match &self.connection {
                    Some(connection) => connection,
                    None => {
                        let opened = self.log.connect().await.map_err(unavailable)?;
                        self.connection.insert(opened)
                    }
                };
                let opened = Deliveries::open(connection, &filter, from, Request::LARGE).await;
                let opened = opened.map_err(unavailable)?;
                self.left = opened.waiting;
                self.deliveries.insert(opened)
            }
        };
        if self.left == 0 && !self.selection.live {
            return Ok(None);
        }
        let entry = if self.selection.live {
            deliveries.next().await
        } else {
            // The server has said that there are some: messages that it counts may be lost.
            let next = tokio::time::timeout(SILENCE, deliveries.next()).await;
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
    fn filter(&self) -> Result<String, ReadError> {
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
