//! Somebody who writes to the log.

use chassis::{AppendError, Entry, Log, Sealed, fresh, seal};
use events::{
    Actor, Envelope, Event, EventId, OwnTeam, Position, Recorded, RemovedTeam, TeamId, Tenant,
};
use futures_util::{Stream, StreamExt};

use crate::machines::DEADLINE;

/// Decides all by itself, and remembers what it said.
pub(crate) struct Writer {
    pub log: Log,
    pub position: Position,
    pub said: Vec<Recorded>,
}

impl Writer {
    pub(crate) fn new(log: Log) -> Self {
        Self { log, position: Position::START, said: Vec::new() }
    }

    /// Writes a decision of `count` events.
    pub(crate) async fn write(&mut self, count: usize) {
        self.try_write(count).await.expect("append to the log");
    }

    pub(crate) async fn try_write(&mut self, count: usize) -> Result<(), AppendError> {
        let (batch, recorded) = decision(self.position, count);
        self.log.append(self.position, &batch).await?;
        self.accepted(recorded);
        Ok(())
    }

    pub(crate) fn accepted(&mut self, recorded: Vec<Recorded>) {
        self.position = recorded.last().expect("a decision has events").position();
        self.said.extend(recorded);
    }
}

/// A decision of `count` events that follows `after`. Every third is one that a tally passes over.
pub(crate) fn decision(after: Position, count: usize) -> (Vec<Sealed>, Vec<Recorded>) {
    let mut position = after;
    (1..=count)
        .map(|number| {
            let event = if number % 3 == 0 { team_deleted() } else { team_created() };
            let (sealed, recorded) =
                seal(position, number == count, envelope("acme"), event).expect("is known");
            position = recorded.position();
            (sealed, recorded)
        })
        .unzip()
}

pub(crate) fn envelope(tenant: &str) -> Envelope {
    Envelope {
        id: EventId(fresh::uuid_v7()),
        tenant: tenant.parse::<Tenant>().expect("a slug"),
        time: fresh::now(),
        actor: Actor::operator(),
        request: None,
        trace_parent: None,
    }
}

pub(crate) fn team_created() -> Event {
    Event::TeamCreated(OwnTeam { team_id: TeamId(fresh::uuid_v7()), name: "Core".to_owned() })
}

fn team_deleted() -> Event {
    Event::TeamDeleted(RemovedTeam { team_id: TeamId(fresh::uuid_v7()) })
}

/// Reads `count` events, each of which must come in time.
pub(crate) async fn take(
    entries: &mut (impl Stream<Item = Result<Entry, chassis::ReadError>> + Unpin),
    count: usize,
) -> Vec<Recorded> {
    let mut events = Vec::new();
    while events.len() < count {
        let next = tokio::time::timeout(DEADLINE, entries.next()).await;
        let entry = next.expect("events come in time").expect("the log goes on").expect("is sound");
        events.push(entry.read().expect("can be read"));
    }
    events
}

/// The first error of a reader, which must come in time.
pub(crate) async fn failure(
    entries: &mut (impl Stream<Item = Result<Entry, chassis::ReadError>> + Unpin),
) -> chassis::ReadError {
    let error = async {
        loop {
            if let Err(error) = entries.next().await.expect("a reader says why it ends") {
                return error;
            }
        }
    };
    tokio::time::timeout(DEADLINE, error).await.expect("the reader notices in time")
}
