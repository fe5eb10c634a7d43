//! The rules, told as stories (given, when, then) and as laws.

mod access;
mod administrators;
mod bookings;
mod costs;
mod courses;
mod erasures;
mod extensions;
mod groups;
mod guard;
mod laws;
mod leavers;
mod model;
mod multiple_resources;
mod people;
mod receipts;
mod returns;
mod seen_bookings;
mod subscribers;
mod teams;
mod words;
mod world;

use events::{
    Actor, AlertId, Chain, Digest, Envelope, Event, EventId, EventKind, Position, Recorded, Seq,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{Intent, Occasion, Refusal, Roster, TenantRoster, decide, evolve};
use words::tenant;

/// What happened before.
#[derive(Clone, Debug, Default)]
struct History {
    roster: Roster,
    log: Vec<Recorded>,
    /// What has passed besides a second for each event.
    late: SignedDuration,
}

/// A tenant for whom all this came true.
#[track_caller]
fn given(intents: impl IntoIterator<Item = Intent>) -> History {
    let mut history = History::default();
    history.tell(&Intent::NewTenant { tenant: words::TENANT }).expect("a new tenant");
    for intent in intents {
        let told = history.tell(&intent);
        assert!(told.is_ok(), "{intent:?} was refused: {told:?}");
    }
    history
}

impl History {
    /// Decides, and takes in what follows.
    fn tell(&mut self, intent: &Intent) -> Result<Vec<Event>, Refusal> {
        let events = decide(&self.roster, &tenant(), intent, self.occasion())?;
        self.take_in(&events);
        Ok(events)
    }

    /// The time of the event that comes next, and the number of the alert.
    fn occasion(&self) -> Occasion {
        let raised =
            self.roster.tenant(&tenant()).map_or(0, |tenant| tenant.guard().alerts().count());
        let now = time_of(self.roster.position().seq.next()) + self.late;
        Occasion { now, alert: alert_id(1 + raised as u128) }
    }

    fn take_in(&mut self, events: &[Event]) {
        for event in events {
            let mut recorded = recorded(self.roster.position(), event.clone());
            recorded.envelope.time += self.late;
            evolve(&mut self.roster, &recorded);
            self.log.push(recorded);
        }
    }

    fn when(mut self, intent: &Intent) -> Outcome {
        let told = self.tell(intent);
        Outcome { after: self, told }
    }

    fn tenant(&self) -> &TenantRoster {
        self.roster.tenant(&tenant()).expect("the tenant of all tests")
    }
}

/// The id of the alert with this number.
const fn alert_id(number: u128) -> AlertId {
    AlertId(Uuid::from_u128(0xa1e0 + number))
}

/// What an intent led to.
#[derive(Debug)]
struct Outcome {
    after: History,
    told: Result<Vec<Event>, Refusal>,
}

impl Outcome {
    #[track_caller]
    fn then(self, kinds: impl AsRef<[EventKind]>) -> Self {
        let events = self.told.as_ref().expect("no refusal");
        let happened: Vec<EventKind> = events.iter().filter_map(Event::kind).collect();
        assert_eq!(happened, kinds.as_ref(), "{events:#?}");
        self
    }

    #[track_caller]
    fn then_nothing(self) -> Self {
        self.then([])
    }

    #[track_caller]
    fn refused(self, refusal: &Refusal) -> Self {
        assert_eq!(self.told.as_ref(), Err(refusal));
        self
    }

    /// Looks at the tenant afterwards.
    #[track_caller]
    fn so(self, look: impl FnOnce(&TenantRoster)) -> History {
        look(self.after.tenant());
        self.after
    }
}

fn time_of(seq: Seq) -> Timestamp {
    Timestamp::from_second(i64::try_from(seq.0).unwrap()).unwrap()
}

/// An event as the log would hold it: each a second after the one before.
fn recorded(after: Position, event: Event) -> Recorded {
    let seq = after.seq.next();
    let time = time_of(seq);
    let digest = Digest::of(&event.body().expect("a known event"));
    Recorded {
        seq,
        envelope: Envelope {
            id: EventId(Uuid::from_u128(seq.0.into())),
            tenant: tenant(),
            time,
            actor: Actor::operator(),
            request: None,
            trace_parent: None,
        },
        event,
        digest,
        chain: after.chain.then(digest),
        commit: true,
    }
}

#[test]
fn an_event_of_a_later_release_moves_the_position_and_nothing_else() {
    let mut history = given([]);
    let before = history.roster.clone();
    let unknown = Recorded {
        seq: Seq(99),
        chain: Chain([9; 32]),
        event: Event::Unknown { name: "user.cloned".to_owned() },
        ..history.log[0].clone()
    };
    evolve(&mut history.roster, &unknown);
    assert_eq!(history.roster.position(), unknown.position());
    assert_eq!(history.roster.tenant(&tenant()), before.tenant(&tenant()));
}
