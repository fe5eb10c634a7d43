//! A round of decisions: what they lead to, before any of it is durable.

use std::collections::VecDeque;

use chassis::fresh;
use chassis::log::{Sealed, seal};
use events::{AlertId, Envelope, Event, EventId};
use jiff::Timestamp;
use roster::{Loss, Roster, alarm, evolve};

use crate::errand::{Errand, Signature};

/// What a round of decisions led to: events to append, and the roster once they have happened.
pub(crate) struct Round {
    pub(crate) roster: Roster,
    pub(crate) sealed: Vec<Sealed>,
    /// Their ids, by which they are found again when an answer is lost.
    pub(crate) ids: Vec<EventId>,
    pub(crate) served: VecDeque<Served>,
    now: Timestamp,
}

/// Somebody whose errand was decided, and the roster just after it, before anybody else's.
pub(crate) struct Served {
    pub(crate) errand: Box<dyn Errand>,
    pub(crate) roster: Roster,
}

impl Served {
    /// Lets them look at what came of their errand.
    pub(crate) fn look(&mut self) {
        self.errand.look(&self.roster);
    }
}

/// A place in a round to which it can go back.
pub(crate) struct Mark {
    roster: Roster,
    sealed: usize,
}

impl Round {
    pub(crate) fn new(roster: Roster, now: Timestamp) -> Self {
        Self { roster, sealed: Vec::new(), ids: Vec::new(), served: VecDeque::new(), now }
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark { roster: self.roster.clone(), sealed: self.sealed.len() }
    }

    /// What was recorded since then.
    pub(crate) fn since(&self, mark: &Mark) -> &[Sealed] {
        &self.sealed[mark.sealed..]
    }

    /// What was recorded since then has not happened.
    pub(crate) fn back_to(&mut self, mark: Mark) {
        self.roster = mark.roster;
        self.sealed.truncate(mark.sealed);
        self.ids.truncate(mark.sealed);
    }

    /// Lets the events of the decision that was taken at `before` happen, and with them what the
    /// guard says about it.
    pub(crate) fn record(&mut self, before: &Mark, signature: &Signature, events: Vec<Event>) {
        let losses: Vec<Loss> = events.iter().filter_map(Loss::by).collect();
        for event in events {
            self.take_in(signature, event);
        }
        if losses.is_empty() {
            return;
        }
        let new_id = || AlertId(fresh::uuid_v7());
        let Mark { roster: before, .. } = before;
        let alarm = alarm(before, &self.roster, &signature.tenant, &losses, self.now, new_id);
        for event in alarm {
            self.take_in(signature, event);
        }
    }

    fn take_in(&mut self, signature: &Signature, event: Event) {
        let envelope = Envelope {
            id: EventId(fresh::uuid_v7()),
            tenant: signature.tenant.clone(),
            time: self.now,
            actor: signature.actor.clone(),
            request: signature.request.clone(),
            trace_parent: signature.trace_parent.clone(),
        };
        let id = envelope.id;
        let (sealed, recorded) = seal(self.roster.position(), true, envelope, event)
            .expect("decide makes known events only");
        evolve(&mut self.roster, &recorded);
        self.sealed.push(sealed);
        self.ids.push(id);
    }
}
