//! A command: who gives it, and the intent that it means on a given roster.

use std::panic::{AssertUnwindSafe, catch_unwind};

use events::{Actor, Event, Kind, Position, Tenant};
use roster::{Intent, Refusal, Roster};
use tokio::sync::oneshot;

use crate::outage::Outage;

/// Who gives a command; goes into the headers of the events that come of it.
#[derive(Clone, Debug)]
pub struct Provenance {
    /// Whose roster the command is about.
    pub tenant: Tenant,
    /// Who gave it.
    pub actor: Actor,
    /// The id of the request that brought it.
    pub request: Option<String>,
    /// The W3C trace context of that request.
    pub trace_parent: Option<String>,
}

/// What a command led to. All of it is durable.
#[derive(Clone, Debug)]
pub struct Committed {
    /// The roster just after this command, before any that was decided after it.
    pub roster: Roster,
    /// A position of the log at which all that the answer rests on is durable.
    pub position: Position,
    /// The events that were written; a command whose end was true already writes none.
    pub facts: Vec<Kind>,
}

/// A command whose intent and errors have types that the commit loop need not know.
pub(crate) trait Command: Send {
    fn provenance(&self) -> &Provenance;

    /// The events that make the intent true on `roster`; none if it is true, or refused.
    fn decide(&mut self, roster: &Roster) -> Vec<Event>;

    /// Tells the caller: the roster that the command led to and a durable position, or why there is
    /// none.
    fn answer(self: Box<Self>, outcome: Result<(Roster, Position), Outage>);
}

/// A command of a caller who waits for the answer.
pub(crate) struct Request<I, E> {
    provenance: Provenance,
    intent: I,
    /// What came of the last decision.
    decided: Option<Result<Vec<Kind>, E>>,
    caller: oneshot::Sender<Result<Committed, E>>,
}

impl<I, E> Request<I, E> {
    pub(crate) fn new(
        provenance: Provenance,
        intent: I,
    ) -> (Self, oneshot::Receiver<Result<Committed, E>>) {
        let (caller, answer) = oneshot::channel();
        (Self { provenance, intent, decided: None, caller }, answer)
    }
}

impl<I, E> Command for Request<I, E>
where
    I: Fn(&Roster) -> Result<Intent, E> + Send,
    E: From<Refusal> + From<Outage> + Send,
{
    fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    fn decide(&mut self, roster: &Roster) -> Vec<Event> {
        let decide = || {
            let intent = (self.intent)(roster)?;
            Ok(roster::decide(roster, &self.provenance.tenant, &intent)?)
        };
        // A command that panics is a bug, and must not end the service of all other callers. It
        // has only read the roster, so nothing is left half done.
        let decided = catch_unwind(AssertUnwindSafe(decide));
        let decided = decided.unwrap_or_else(|_| Err(Outage::Fault.into()));
        let (facts, events) = match decided {
            Ok(events) => (Ok(events.iter().filter_map(Event::kind).collect()), events),
            Err(refused) => (Err(refused), Vec::new()),
        };
        self.decided = Some(facts);
        events
    }

    fn answer(self: Box<Self>, outcome: Result<(Roster, Position), Outage>) {
        let answer = match (outcome, self.decided) {
            (Ok((roster, position)), Some(Ok(facts))) => Ok(Committed { roster, position, facts }),
            (Ok(_), Some(Err(refused))) => Err(refused),
            (Ok(_), None) => Err(Outage::Stopping.into()),
            (Err(outage), _) => Err(outage.into()),
        };
        // A caller who has hung up wants no answer; what was written stays written.
        drop(self.caller.send(answer));
    }
}
