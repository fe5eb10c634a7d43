//! Decisions that are not durable yet, each taken on the roster that the one before leads to.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use eventlog::{Sealed, seal};
use events::{AlertId, Envelope, Event, EventId, Position};
use jiff::Timestamp;
use roster::{Occasion, Roster, evolve};
use uuid::Uuid;

use crate::command::Decidable;
use crate::outage::Outage;
use crate::provenance::Provenance;

/// Where the time and new ids come from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    pub(crate) now: fn() -> Timestamp,
    pub(crate) new_id: fn() -> Uuid,
}

/// Whether the log accepts events of this number and size as one batch.
pub(crate) type Accepts = Box<dyn Fn(&[Sealed]) -> bool + Send>;

/// Events to append together.
#[derive(Debug)]
pub(crate) struct AppendBatch {
    /// Where the log must end.
    pub(crate) after: Position,
    pub(crate) sealed: Vec<Sealed>,
    /// By which they are found again when an answer is lost.
    pub(crate) first: EventId,
}

/// A command that was decided, and what comes of it once that is durable.
pub(crate) struct Draft {
    pub(crate) command: Box<dyn Decidable>,
    /// The roster that the command led to, without those that were decided after it.
    pub(crate) roster: Roster,
    /// Whether this replica is known to have seen all that was acknowledged before the command came.
    pub(crate) confirmed: bool,
    sealed: Vec<Sealed>,
    bytes: usize,
    /// How long its decision took.
    cost: Duration,
    first: Option<EventId>,
}

impl Draft {
    /// Decides a command on a roster. A command that panics, or whose events the log cannot take,
    /// leaves the roster as it was: the others must not notice.
    pub(crate) fn on(
        roster: &Roster,
        mut command: Box<dyn Decidable>,
        confirmed: bool,
        source: Source,
        accepts: &Accepts,
    ) -> Self {
        // Only the command itself is touched, and it is answered with the fault.
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let outcome = Outcome::from(roster, source);
            let events = command.decide(roster, outcome.occasion());
            outcome.record(command.provenance(), events)
        }));
        let outcome = outcome.map_err(|_| Outage::Fault).and_then(|outcome| {
            if !accepts(&outcome.sealed) {
                return Err(Outage::TooLarge);
            }
            let bytes = outcome.sealed.iter().map(size).sum();
            command.may_store(bytes)?;
            Ok((outcome, bytes))
        });
        let (Outcome { after: roster, sealed, first, .. }, bytes) = match outcome {
            Ok(decided) => decided,
            Err(outage) => {
                command.fail(outage);
                (Outcome::from(roster, source), 0)
            }
        };
        Self { command, roster, confirmed, sealed, bytes, cost: Duration::ZERO, first }
    }
}

/// The bytes of an event as the log counts them.
fn size(event: &Sealed) -> usize {
    let headers = event.headers.iter().map(|(name, value)| name.len() + value.len() + 4);
    headers.sum::<usize>() + event.body.len()
}

/// All drafts, in the order of their decisions.
#[derive(Default)]
pub(crate) struct Drafts {
    drafts: VecDeque<Draft>,
    bytes: usize,
    cost: Duration,
}

impl Drafts {
    pub(crate) fn is_empty(&self) -> bool {
        self.drafts.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.drafts.len()
    }

    /// The bytes of all their events.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// How long all their decisions took.
    pub(crate) fn cost(&self) -> Duration {
        self.cost
    }

    /// Takes note of how long the last decision took.
    pub(crate) fn note_cost(&mut self, cost: Duration) {
        if let Some(last) = self.drafts.back_mut() {
            last.cost += cost;
            self.cost += cost;
        }
    }

    pub(crate) fn push(&mut self, draft: Draft) {
        self.bytes += draft.bytes;
        self.cost += draft.cost;
        self.drafts.push_back(draft);
    }

    /// How many events the first so many have together.
    pub(crate) fn events(&self, first: usize) -> usize {
        self.drafts.iter().take(first).map(|draft| draft.sealed.len()).sum()
    }

    /// Whether one of them needs a batch for itself.
    pub(crate) fn need_a_batch(&self) -> bool {
        self.drafts.iter().any(|draft| draft.sealed.len() > 1)
    }

    /// The roster on which the next is decided, if that is not the durable one.
    pub(crate) fn roster(&self) -> Option<&Roster> {
        self.drafts.back().map(|last| &last.roster)
    }

    /// How many of the first may be answered together, and the events that must be durable before,
    /// if there are any: at most so many events and bytes together, but all of one decision in any
    /// case.
    pub(crate) fn next_batch(
        &mut self,
        after: Position,
        most: usize,
        most_bytes: usize,
    ) -> (usize, Option<AppendBatch>) {
        let (mut events, mut bytes) = (0, 0);
        let fits = |draft: &&mut Draft| {
            let more = draft.sealed.len();
            let both = events + more <= most && bytes + draft.bytes <= most_bytes;
            let fits = events == 0 || more == 0 || both;
            events += more;
            bytes += draft.bytes;
            fits
        };
        let (mut count, mut sealed, mut first) = (0, Vec::new(), None);
        for draft in self.drafts.iter_mut().take_while(fits) {
            count += 1;
            first = first.or(draft.first);
            sealed.append(&mut draft.sealed);
        }
        (count, first.map(|first| AppendBatch { after, sealed, first }))
    }

    /// Whether one of the first so many still has to be confirmed.
    pub(crate) fn unconfirmed(&self, count: usize) -> bool {
        self.drafts.iter().take(count).any(|draft| !draft.confirmed)
    }

    /// Takes note that the first so many are to be decided again on a roster that confirms them.
    pub(crate) fn confirm(&mut self, count: usize) {
        self.drafts.iter_mut().take(count).for_each(|draft| draft.confirmed = true);
    }

    /// The first so many.
    pub(crate) fn take(&mut self, count: usize) -> Vec<Draft> {
        let taken: Vec<Draft> = self.drafts.drain(..count).collect();
        self.bytes -= taken.iter().map(|draft| draft.bytes).sum::<usize>();
        self.cost -= taken.iter().map(|draft| draft.cost).sum::<Duration>();
        taken
    }

    /// All of them, to be decided again or turned away.
    pub(crate) fn take_all(&mut self) -> Vec<Draft> {
        self.take(self.drafts.len())
    }
}

/// What events would lead to.
struct Outcome {
    after: Roster,
    sealed: Vec<Sealed>,
    first: Option<EventId>,
    source: Source,
    now: Timestamp,
}

impl Outcome {
    fn from(before: &Roster, source: Source) -> Self {
        let now = (source.now)();
        Self { after: before.clone(), sealed: Vec::new(), first: None, source, now }
    }

    fn occasion(&self) -> Occasion {
        Occasion { now: self.now, alert: AlertId((self.source.new_id)()) }
    }

    /// Lets the events of a decision happen.
    fn record(mut self, provenance: &Provenance, events: Vec<Event>) -> Self {
        for event in events {
            self.take_in(provenance, event);
        }
        self
    }

    fn take_in(&mut self, provenance: &Provenance, event: Event) {
        let envelope = Envelope {
            id: EventId((self.source.new_id)()),
            tenant: provenance.tenant.clone(),
            time: self.now,
            actor: provenance.actor(),
            request: provenance.request.clone(),
            trace_parent: provenance.trace_parent.clone(),
        };
        self.first.get_or_insert(envelope.id);
        let (sealed, recorded) = seal(self.after.position(), true, envelope, event)
            .expect("decide makes known events only");
        evolve(&mut self.after, &recorded);
        self.sealed.push(sealed);
    }
}
