//! What a caller brings to the clerk: a wish, and what they want to see once it is true.

use std::panic::{AssertUnwindSafe, catch_unwind};

use events::{Actor, Event, Kind, Position, Tenant};
use roster::{Intent, Refusal, Roster};
use tokio::sync::oneshot;

use crate::outage::Outage;

/// Whose errand it is; goes into the headers of the events that come of it.
#[derive(Clone, Debug)]
pub(crate) struct Signature {
    pub(crate) tenant: Tenant,
    pub(crate) actor: Actor,
    pub(crate) request: Option<String>,
    pub(crate) trace_parent: Option<String>,
}

/// A wish come true: the view of it, and the position in the log that holds it.
#[derive(Debug)]
pub(crate) struct Done<T> {
    pub(crate) view: T,
    pub(crate) position: Position,
    /// The events that were written; a wish that was true already writes none.
    pub(crate) facts: Vec<Kind>,
}

/// An errand at the desk, whatever its types.
pub(crate) trait Errand: Send {
    fn signature(&self) -> &Signature;
    /// The events that make the wish true on `roster`; none if it is true, or refused.
    fn decide(&mut self, roster: &Roster) -> Vec<Event>;
    /// Takes the caller's view of the roster on which those events have happened.
    fn look(&mut self, roster: &Roster);
    /// Tells the caller, once all that the answer rests on is durable, or cannot be.
    fn answer(self: Box<Self>, outcome: Result<Position, Outage>);
}

pub(crate) struct Wish<W, V, T, E> {
    signature: Signature,
    wish: W,
    view: V,
    facts: Vec<Kind>,
    outcome: Option<Result<T, E>>,
    caller: oneshot::Sender<Result<Done<T>, E>>,
}

impl<W, V, T, E> Wish<W, V, T, E> {
    pub(crate) fn new(
        signature: Signature,
        wish: W,
        view: V,
    ) -> (Self, oneshot::Receiver<Result<Done<T>, E>>) {
        let (caller, answer) = oneshot::channel();
        (Self { signature, wish, view, facts: Vec::new(), outcome: None, caller }, answer)
    }
}

impl<W, V, T, E> Errand for Wish<W, V, T, E>
where
    W: Fn(&Roster) -> Result<Intent, E> + Send,
    V: Fn(&Roster) -> T + Send,
    T: Send,
    E: From<Refusal> + From<Outage> + Send,
{
    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn decide(&mut self, roster: &Roster) -> Vec<Event> {
        let decided = || {
            let intent = (self.wish)(roster)?;
            Ok(roster::decide(roster, &self.signature.tenant, &intent)?)
        };
        // A wish that makes us panic is a bug, and must not end the service of everybody else. It
        // has only looked at the roster, so nothing is left half done.
        let decided = catch_unwind(AssertUnwindSafe(decided));
        match decided.unwrap_or_else(|_| Err(Outage::Fault.into())) {
            Ok(events) => {
                self.facts = events.iter().filter_map(Event::kind).collect();
                self.outcome = None;
                events
            }
            Err(refused) => {
                self.outcome = Some(Err(refused));
                Vec::new()
            }
        }
    }

    fn look(&mut self, roster: &Roster) {
        if self.outcome.is_none() {
            self.outcome = Some(Ok((self.view)(roster)));
        }
    }

    fn answer(self: Box<Self>, outcome: Result<Position, Outage>) {
        let answer = match (outcome, self.outcome) {
            (Ok(position), Some(Ok(view))) => Ok(Done { view, position, facts: self.facts }),
            (Ok(_), Some(Err(refused))) => Err(refused),
            (Ok(_), None) => Err(Outage::Stopping.into()),
            (Err(outage), _) => Err(outage.into()),
        };
        // A caller who has hung up wants no answer; what was written stays written.
        drop(self.caller.send(answer));
    }
}
