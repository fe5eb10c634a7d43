//! A command: who gives it, and the intent that it means on a given roster.

use std::sync::Arc;

use events::{Event, EventKind, Position};
use roster::{Intent, Occasion, Refusal, Roster};
use tokio::sync::oneshot;

use crate::budget::StorageBudget;
use crate::outage::Outage;
use crate::provenance::{Denied, Provenance};

/// Something that shall become true: the intent is asked of the roster on which the command is
/// decided, and asked again should another writer get in first.
#[derive(Debug)]
pub struct Command<I> {
    provenance: Provenance,
    intent: I,
    bytes: usize,
    budget: Option<Arc<StorageBudget>>,
}

impl<I> Command<I> {
    /// A command that holds next to no memory.
    pub fn new(provenance: Provenance, intent: I) -> Self {
        Self { provenance, intent, bytes: 0, budget: None }
    }

    /// The same, of which is known how much memory it holds while it waits.
    #[must_use]
    pub fn holding(self, bytes: usize) -> Self {
        Self { bytes, ..self }
    }

    /// The same, as one of several that together may store so much.
    #[must_use]
    pub fn within(self, budget: &Arc<StorageBudget>) -> Self {
        Self { budget: Some(Arc::clone(budget)), ..self }
    }
}

/// What a command led to. All of it is durable.
#[derive(Clone, Debug)]
pub struct Committed {
    /// The roster just after this command, before any that was decided after it.
    pub roster: Roster,
    /// A position of the log at which all that the answer rests on is durable.
    pub position: Position,
    /// The kinds of the events that were written; a command that asked for nothing new writes none.
    pub kinds: Vec<EventKind>,
}

/// A command whose intent and errors have types that the engine need not know.
pub(crate) trait Decidable: Send {
    fn provenance(&self) -> &Provenance;

    /// What it holds in memory while it waits.
    fn bytes(&self) -> usize;

    /// The events that make the intent true on `roster`; none if it is true, or refused.
    fn decide(&mut self, roster: &Roster, occasion: Occasion) -> Vec<Event>;

    /// Whether as many bytes as the decision made may be stored.
    fn may_store(&mut self, bytes: usize) -> Result<(), Outage>;

    /// Takes the decision back: nothing will be written.
    fn fail(&mut self, outage: Outage);

    /// Tells the caller: the roster that the command led to and a durable position, or why there is
    /// none.
    fn answer(self: Box<Self>, outcome: Result<(Roster, Position), Outage>);
}

/// A command of a caller who waits for the answer.
pub(crate) struct PendingCommand<I, E> {
    command: Command<I>,
    /// What came of the last decision.
    decided: Option<Result<Vec<EventKind>, E>>,
    /// What the last decision took of the budget.
    stored: usize,
    caller: oneshot::Sender<Result<Committed, E>>,
}

impl<I, E> PendingCommand<I, E> {
    pub(crate) fn new(command: Command<I>) -> (Self, oneshot::Receiver<Result<Committed, E>>) {
        let (caller, answer) = oneshot::channel();
        (Self { command, decided: None, stored: 0, caller }, answer)
    }

    /// Gives back what the last decision took of the budget.
    fn release(&mut self) {
        if let Some(budget) = &self.command.budget {
            budget.release(self.stored);
        }
        self.stored = 0;
    }
}

impl<I, E> Decidable for PendingCommand<I, E>
where
    I: Fn(&Roster) -> Result<Intent, E> + Send,
    E: From<Refusal> + From<Outage> + From<Denied> + Send,
{
    fn provenance(&self) -> &Provenance {
        &self.command.provenance
    }

    fn bytes(&self) -> usize {
        self.command.bytes
    }

    fn decide(&mut self, roster: &Roster, occasion: Occasion) -> Vec<Event> {
        self.release();
        let decide = || {
            self.command.provenance.check(roster)?;
            let intent = (self.command.intent)(roster)?;
            Ok(roster::decide(roster, &self.command.provenance.tenant, &intent, occasion)?)
        };
        let (kinds, events) = match decide() {
            Ok(events) => (Ok(events.iter().filter_map(Event::kind).collect()), events),
            Err(refused) => (Err(refused), Vec::new()),
        };
        self.decided = Some(kinds);
        events
    }

    fn may_store(&mut self, bytes: usize) -> Result<(), Outage> {
        if let Some(budget) = &self.command.budget {
            budget.take(bytes)?;
            self.stored = bytes;
        }
        Ok(())
    }

    fn fail(&mut self, outage: Outage) {
        self.release();
        self.decided = Some(Err(outage.into()));
    }

    fn answer(self: Box<Self>, outcome: Result<(Roster, Position), Outage>) {
        let answer = match (outcome, self.decided) {
            (Ok((roster, position)), Some(Ok(kinds))) => Ok(Committed { roster, position, kinds }),
            (Ok(_), Some(Err(refused))) => Err(refused),
            (Ok(_), None) => Err(Outage::Stopping.into()),
            (Err(outage), _) => Err(outage.into()),
        };
        // A caller who has hung up wants no answer; what was written stays written.
        drop(self.caller.send(answer));
    }
}
