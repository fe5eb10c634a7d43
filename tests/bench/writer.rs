//! A writer beside the gateway: it appends in batches what would take hours as requests.

use eventlog::{Log, LogOptions, Sealed, clock, ids, seal};
use events::{Actor, Envelope, Event, EventId, Position, Tenant};

pub(crate) struct Writer {
    log: Log,
    tenant: Tenant,
    position: Position,
}

impl Writer {
    /// Begins where the log ends now.
    pub(crate) async fn open(nats_url: &str, tenant: &str) -> anyhow::Result<Self> {
        let log = Log::open(nats_url, LogOptions::default()).await?;
        let position = match log.last().await? {
            Some(last) => last.position()?,
            None => Position::START,
        };
        Ok(Self { log, tenant: tenant.parse()?, position })
    }

    /// Appends these events, a thousand at a time. Nobody else may write meanwhile.
    pub(crate) async fn write(
        &mut self,
        events: impl IntoIterator<Item = Event>,
    ) -> anyhow::Result<()> {
        let mut events = events.into_iter();
        loop {
            let batch: Vec<Event> = events.by_ref().take(Log::MAX_BATCH).collect();
            if batch.is_empty() {
                return Ok(());
            }
            let (sealed, end) = self.seal(batch);
            self.log.append(self.position, &sealed).await?;
            self.position = end;
        }
    }

    fn seal(&self, batch: Vec<Event>) -> (Vec<Sealed>, Position) {
        let mut position = self.position;
        let last = batch.len() - 1;
        let sealed = batch.into_iter().enumerate().map(|(index, event)| {
            let (sealed, recorded) = seal(position, index == last, self.envelope(), event)
                .expect("an event of this release");
            position = recorded.position();
            sealed
        });
        (sealed.collect(), position)
    }

    fn envelope(&self) -> Envelope {
        Envelope {
            id: EventId(ids::uuid_v7()),
            tenant: self.tenant.clone(),
            time: clock::now(),
            actor: Actor::operator(),
            request: None,
            trace_parent: None,
        }
    }

    /// The last event that was written.
    pub(crate) fn end(&self) -> events::Seq {
        self.position.seq
    }
}
