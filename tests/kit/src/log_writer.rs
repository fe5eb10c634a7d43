//! A writer that appends to the log without the rules of the roster.

use eventlog::{AppendError, Entry, Log, Sealed, clock, ids, seal};
use events::{
    Actor, Envelope, Event, EventId, OwnTeam, Position, Recorded, RemovedTeam, TeamId, Tenant,
    header,
};
use futures_util::{Stream, StreamExt};

use crate::wait::DEADLINE;

/// Appends events of its own making, and keeps what it appended.
#[derive(Debug)]
pub struct Writer {
    /// Where it writes.
    pub log: Log,
    /// The position of its last event.
    pub position: Position,
    /// All events that it has appended.
    pub said: Vec<Recorded>,
}

impl Writer {
    /// A writer to an empty log.
    pub fn new(log: Log) -> Self {
        Self { log, position: Position::START, said: Vec::new() }
    }

    /// Writes a decision of `count` events.
    pub async fn write(&mut self, count: usize) {
        self.try_write(count).await.expect("append to the log");
    }

    /// Writes a decision of `count` events, which may fail.
    pub async fn try_write(&mut self, count: usize) -> Result<(), AppendError> {
        let (batch, recorded) = decision(self.position, count);
        self.log.append(self.position, &batch).await?;
        self.accepted(recorded);
        Ok(())
    }

    /// Writes one decision of these events of a tenant.
    pub async fn say(&mut self, tenant: &str, events: impl IntoIterator<Item = Event>) {
        let events: Vec<Event> = events.into_iter().collect();
        let (mut position, last) = (self.position, events.len());
        let (batch, recorded): (Vec<_>, Vec<_>) = (1..)
            .zip(events)
            .map(|(number, event)| {
                let sealed = seal(position, number == last, envelope(tenant), event);
                let (sealed, recorded) = sealed.expect("is known");
                position = recorded.position();
                (sealed, recorded)
            })
            .unzip();
        self.log.append(self.position, &batch).await.expect("append to the log");
        self.accepted(recorded);
    }

    /// Remembers events that were appended by other means.
    pub fn accepted(&mut self, recorded: Vec<Recorded>) {
        self.position = recorded.last().expect("a decision has events").position();
        self.said.extend(recorded);
    }
}

/// A decision of `count` events that follows `after`. Every third is one that a tally passes over.
pub fn decision(after: Position, count: usize) -> (Vec<Sealed>, Vec<Recorded>) {
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

/// Makes of a sealed event, which follows `after`, one of another type, such as a later release would
/// write. Where the log is then.
pub fn retype(sealed: &mut Sealed, after: Position, kind: &str) -> Position {
    for (name, value) in &mut sealed.headers {
        if *name == header::TYPE {
            kind.clone_into(value);
        }
    }
    sealed.close(after).1
}

/// An envelope of now, by an operator.
pub fn envelope(tenant: &str) -> Envelope {
    Envelope {
        id: EventId(ids::uuid_v7()),
        tenant: tenant.parse::<Tenant>().expect("a slug"),
        time: clock::now(),
        actor: Actor::operator(),
        request: None,
        trace_parent: None,
    }
}

/// A team of its own id.
pub fn team_created() -> Event {
    Event::TeamCreated(OwnTeam { team_id: TeamId(ids::uuid_v7()), name: "Core".to_owned() })
}

fn team_deleted() -> Event {
    Event::TeamDeleted(RemovedTeam { team_id: TeamId(ids::uuid_v7()) })
}

/// Reads `count` events, each of which must come in time.
pub async fn take(
    entries: &mut (impl Stream<Item = Result<Entry, eventlog::ReadError>> + Unpin),
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
pub async fn failure(
    entries: &mut (impl Stream<Item = Result<Entry, eventlog::ReadError>> + Unpin),
) -> eventlog::ReadError {
    let error = async {
        loop {
            if let Err(error) = entries.next().await.expect("a reader says why it ends") {
                return error;
            }
        }
    };
    tokio::time::timeout(DEADLINE, error).await.expect("the reader notices in time")
}
