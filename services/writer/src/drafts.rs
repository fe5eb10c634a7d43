//! Decisions that are not durable yet, each taken on the roster that the one before leads to.

use std::collections::VecDeque;

use chassis::fresh;
use chassis::log::{Sealed, seal};
use events::{AlertId, Envelope, Event, EventId, Position};
use jiff::Timestamp;
use roster::{Loss, Roster, alarm, evolve};

use crate::appender::Batch;
use crate::command::{Command, Provenance};

/// A command that was decided, and what comes of it once that is durable.
pub(crate) struct Draft {
    pub(crate) command: Box<dyn Command>,
    /// Just after it, before anybody else's.
    pub(crate) roster: Roster,
    pub(crate) sealed: Vec<Sealed>,
    first: Option<EventId>,
}

impl Draft {
    /// Decides on a roster.
    pub(crate) fn on(roster: &Roster, mut command: Box<dyn Command>) -> Self {
        let events = command.decide(roster);
        let mut course = Course::from(roster);
        course.record(command.provenance(), events);
        let Course { after: roster, sealed, first, .. } = course;
        Self { command, roster, sealed, first }
    }
}

/// All who were decided, in their order.
#[derive(Default)]
pub(crate) struct Drafts(VecDeque<Draft>);

impl Drafts {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn push(&mut self, decision: Draft) {
        self.0.push_back(decision);
    }

    /// Whether one of them needs a batch for itself.
    pub(crate) fn need_a_batch(&self) -> bool {
        self.0.iter().any(|decision| decision.sealed.len() > 1)
    }

    /// The roster on which the next is decided, if that is not the durable one.
    pub(crate) fn roster(&self) -> Option<&Roster> {
        self.0.back().map(|last| &last.roster)
    }

    /// How many of the first may be answered together, and the events that must be durable before,
    /// if there are any: `most` together, but all of one decision in any case.
    pub(crate) fn next_batch(&mut self, after: Position, most: usize) -> (usize, Option<Batch>) {
        let mut events = 0;
        let fits = |decision: &&mut Draft| {
            let more = decision.sealed.len();
            let fits = events == 0 || more == 0 || events + more <= most;
            events += more;
            fits
        };
        let (mut count, mut sealed, mut first) = (0, Vec::new(), None);
        for decision in self.0.iter_mut().take_while(fits) {
            count += 1;
            first = first.or(decision.first);
            sealed.append(&mut decision.sealed);
        }
        (count, first.map(|first| Batch { after, sealed, first }))
    }

    /// The first so many.
    pub(crate) fn take(&mut self, count: usize) -> impl Iterator<Item = Draft> {
        self.0.drain(..count)
    }

    /// All commands, to be decided again or turned away.
    pub(crate) fn commands(&mut self) -> impl Iterator<Item = Box<dyn Command>> + use<> {
        std::mem::take(&mut self.0).into_iter().map(|decision| decision.command)
    }
}

/// What events would lead to.
struct Course<'a> {
    before: &'a Roster,
    after: Roster,
    sealed: Vec<Sealed>,
    first: Option<EventId>,
    now: Timestamp,
}

impl<'a> Course<'a> {
    fn from(before: &'a Roster) -> Self {
        let now = fresh::now();
        Self { before, after: before.clone(), sealed: Vec::new(), first: None, now }
    }

    /// Lets the events of a decision happen, and with them what the guard says about it.
    fn record(&mut self, provenance: &Provenance, events: Vec<Event>) {
        let losses: Vec<Loss> = events.iter().filter_map(Loss::by).collect();
        for event in events {
            self.take_in(provenance, event);
        }
        if losses.is_empty() {
            return;
        }
        let new_id = || AlertId(fresh::uuid_v7());
        let alarm = alarm(self.before, &self.after, &provenance.tenant, &losses, self.now, new_id);
        for event in alarm {
            self.take_in(provenance, event);
        }
    }

    fn take_in(&mut self, provenance: &Provenance, event: Event) {
        let envelope = Envelope {
            id: EventId(fresh::uuid_v7()),
            tenant: provenance.tenant.clone(),
            time: self.now,
            actor: provenance.actor.clone(),
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

#[cfg(test)]
mod tests {
    use events::{Actor, Tenant, TenantId};
    use proptest::prelude::*;
    use roster::{Intent, Refusal};

    use super::*;
    use crate::command::Request;
    use crate::outage::Outage;

    #[derive(Debug)]
    struct TurnedAway;

    impl From<Refusal> for TurnedAway {
        fn from(_: Refusal) -> Self {
            Self
        }
    }

    impl From<Outage> for TurnedAway {
        fn from(_: Outage) -> Self {
            Self
        }
    }

    /// Somebody who wants a tenant to exist: an event the first time, none after that.
    fn command(slug: &str) -> Box<dyn Command> {
        let provenance = Provenance {
            tenant: slug.parse::<Tenant>().expect("a slug"),
            actor: Actor::operator(),
            request: None,
            trace_parent: None,
        };
        let intent = |_: &Roster| {
            Ok::<_, TurnedAway>(Intent::NewTenant { tenant: TenantId(fresh::uuid_v7()) })
        };
        Box::new(Request::new(provenance, intent).0)
    }

    fn decided(slugs: &[String]) -> Drafts {
        let mut decided = Drafts::default();
        for slug in slugs {
            let roster = decided.roster().cloned().unwrap_or_default();
            decided.push(Draft::on(&roster, command(slug)));
        }
        decided
    }

    proptest! {
        #[test]
        fn each_page_follows_the_one_before_and_holds_no_more_than_asked_for(
            slugs in prop::collection::vec("[a-e]{2}", 0..30),
            most in 1_usize..5,
        ) {
            let mut decided = decided(&slugs);
            let end = decided.roster().map(Roster::position).unwrap_or_default();
            let mut at = Position::START;
            while !decided.is_empty() {
                let (count, batch) = decided.next_batch(at, most);
                prop_assert!(count > 0, "nobody is ever served");
                let last = decided.take(count).last().expect("somebody was served");
                if let Some(batch) = batch {
                    prop_assert_eq!(batch.after, at);
                    prop_assert!((1..=most).contains(&batch.sealed.len()));
                    prop_assert_eq!(at.seq.0 + batch.sealed.len() as u64, last.roster.position().seq.0);
                } else {
                    prop_assert_eq!(at, last.roster.position(), "events were left out");
                }
                at = last.roster.position();
            }
            prop_assert_eq!(at, end);
        }
    }
}
