//! The write engine as a state machine: it takes commands, what the log says and the answers of
//! appends, and tells what to append and whom to answer. It does no I/O and knows no clock.
//!
//! While one batch is on its way to the disk, the next is decided, on the roster that the first
//! leads to. Nobody is answered before all that the answer rests on is durable. If a batch
//! is refused, all that was decided since is decided again.

mod outcomes;

use std::time::Duration;

use events::{Recorded, Seq, Tenant};
use roster::Roster;
use tokio::time::Instant;

use crate::batch_policy::BatchPolicy;
use crate::command::Decidable;
use crate::contention::Contention;
use crate::drafts::{Draft, Drafts};
use crate::outage::Outage;
use crate::queue::{FairQueue, Full};
use crate::step::{Answer, Setup, Step};

/// How many decisions wait for the disk at most.
const MAX_DRAFTS: usize = eventlog::Log::MAX_BATCH;

/// How many bytes of events an append holds at most, unless one decision needs more. What one tenant
/// stores is what others wait behind, so that it is no more than a disk takes in a few milliseconds.
const BATCH_BYTES: usize = 1 << 20;

/// How many bytes of events may wait for the disk before no more are decided ahead.
const DRAFT_BYTES: usize = 2 * BATCH_BYTES;

/// How long it may take to decide what is then appended or answered together. Whoever was decided
/// first waits for the last, so that many decisions that take long go in several parts; as much again
/// is decided ahead.
const BATCH_COST: Duration = Duration::from_millis(10);

/// How long to wait for the events of another writer after a conflict.
const CATCH_UP_TIMEOUT: Duration = Duration::from_secs(5);

/// For how long appends may meet nothing but conflicts before callers are told to try again.
const CONTENTION_TIMEOUT: Duration = Duration::from_secs(5);

pub(crate) struct Engine {
    setup: Setup,
    /// All that is durable.
    durable: Roster,
    queue: FairQueue<Waiting>,
    drafts: Drafts,
    under_way: Option<UnderWay>,
    catching_up: Option<CatchingUp>,
    /// Part of a foreign batch whose end has not come yet.
    incomplete: Vec<Recorded>,
    policy: BatchPolicy,
    contention: Contention,
    /// How many commands to expect at about the same time: those that were answered last, and those
    /// that waited behind them.
    expected: usize,
    linger_until: Option<Instant>,
    health: Result<(), Outage>,
    closed: bool,
    last_decided: Option<Tenant>,
    answers: Vec<Answer>,
}

/// A command that waits for its decision.
struct Waiting {
    command: Box<dyn Decidable>,
    /// Whether it was decided before, on a roster that was discarded since a batch was refused.
    tried: bool,
    confirmed: bool,
}

/// What was asked of the log for the first drafts.
#[derive(Clone, Copy, Debug)]
struct UnderWay {
    drafts: usize,
    events: usize,
}

/// What the log is known to hold and this replica has not seen.
#[derive(Clone, Copy, Debug)]
struct CatchingUp {
    /// Where it goes to, at least.
    to: Seq,
    until: Instant,
}

impl Engine {
    pub(crate) fn new(durable: Roster, setup: Setup) -> Self {
        Self {
            queue: FairQueue::new(setup.bounds),
            setup,
            durable,
            drafts: Drafts::default(),
            under_way: None,
            catching_up: None,
            incomplete: Vec::new(),
            policy: BatchPolicy::default(),
            contention: Contention::default(),
            expected: 0,
            linger_until: None,
            health: Ok(()),
            closed: false,
            last_decided: None,
            answers: Vec::new(),
        }
    }

    /// All that is durable.
    pub(crate) fn roster(&self) -> &Roster {
        &self.durable
    }

    /// Whether the log can be written to, as far as is known.
    pub(crate) fn health(&self) -> Result<(), Outage> {
        self.health
    }

    /// Whether the events of others may be heard now. Those of an append that is under way would
    /// be taken for somebody else's.
    pub(crate) fn may_observe(&self) -> bool {
        self.under_way.is_none()
    }

    /// How many bytes of events are decided and not durable.
    #[cfg(test)]
    pub(crate) fn draft_bytes(&self) -> usize {
        self.drafts.bytes()
    }

    /// Those who are to be told now, after the roster was published.
    pub(crate) fn take_answers(&mut self) -> Vec<Answer> {
        std::mem::take(&mut self.answers)
    }

    /// Takes in one more command.
    pub(crate) fn submit(&mut self, command: Box<dyn Decidable>) {
        let (tenant, bytes) = (command.provenance().tenant.clone(), command.bytes());
        let waiting = Waiting { command, tried: false, confirmed: !self.setup.confirm };
        if let Err((Waiting { command, .. }, full)) = self.queue.push(&tenant, bytes, waiting) {
            let outage = match full {
                Full::Tenant => Outage::TenantBusy,
                Full::Total => Outage::Busy,
            };
            self.answers.push(Answer { command, outcome: Err(outage) });
        }
    }

    /// No more commands will come; those that wait are still carried out.
    pub(crate) fn close(&mut self) {
        self.closed = true;
    }

    /// Whether no more commands will come.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// What to do next.
    pub(crate) fn next(&mut self, now: Instant) -> Step {
        if let Some(outage) = self.over()
            && self.under_way.is_none()
        {
            self.reject_all(outage);
        }
        if self.may_decide() {
            return Step::Decide;
        }
        if self.under_way.is_some() {
            return Step::Wait(None);
        }
        if let Some(CatchingUp { until, .. }) = self.catching_up {
            if now < until {
                return Step::Wait(Some(until));
            }
            self.catching_up = None;
            self.fail(Outage::LogAway);
            return self.next(now);
        }
        if self.drafts.is_empty() {
            return if self.closed { Step::Stop } else { Step::Wait(None) };
        }
        match self.lingers(now) {
            Some(until) => Step::Wait(Some(until)),
            None => self.append(now),
        }
    }

    /// Whether one more is to be decided before anything else is done.
    fn may_decide(&self) -> bool {
        // While a batch is under way, others are decided ahead; before one is made, as many as may
        // go into it.
        let most = match (self.under_way, self.catching_up) {
            (_, Some(_)) => 0,
            (Some(_), None) => MAX_DRAFTS,
            (None, None) => self.contention.most(),
        };
        let most_cost = if self.under_way.is_some() { 2 * BATCH_COST } else { BATCH_COST };
        !self.queue.is_empty()
            && self.drafts.len() < most
            && self.drafts.bytes() < DRAFT_BYTES
            && self.drafts.cost() < most_cost
    }

    /// Until when a batch waits for more. Those who were answered together come back about together,
    /// as clients do who send one request after the other.
    fn lingers(&mut self, now: Instant) -> Option<Instant> {
        let expected = self.expected.min(self.contention.most());
        let full = self.drafts.len() >= expected
            || self.drafts.bytes() >= DRAFT_BYTES
            || self.drafts.cost() >= BATCH_COST;
        // Who needs a batch anyway takes all others along, for next to nothing.
        let together = self.drafts.need_a_batch() || self.policy.favour_batch(expected);
        if full || self.closed || !together {
            return None;
        }
        let until = *self.linger_until.get_or_insert_with(|| now + self.policy.linger());
        (now < until).then_some(until)
    }

    /// Makes a batch of the first drafts, or answers them if they rest on nothing new.
    fn append(&mut self, now: Instant) -> Step {
        self.linger_until = None;
        let most = self.contention.most();
        let together =
            self.drafts.need_a_batch() || self.policy.choose_batch(self.drafts.events(most));
        let most = if together { most } else { 1 };
        let (drafts, batch) = self.drafts.next_batch(self.durable.position(), most, BATCH_BYTES);
        let events = batch.as_ref().map_or(0, |batch| batch.sealed.len());
        if let Some(batch) = batch {
            self.under_way = Some(UnderWay { drafts, events });
            return Step::Append(batch);
        }
        if self.drafts.unconfirmed(drafts) {
            self.under_way = Some(UnderWay { drafts, events });
            return Step::Confirm;
        }
        self.contention.won();
        self.answer(drafts);
        self.next(now)
    }

    /// Decides the next command, after all that were decided before.
    pub(crate) fn decide(&mut self) {
        let Some((tenant, Waiting { command, confirmed, .. }, _)) = self.queue.pop() else {
            return;
        };
        let roster = self.drafts.roster().unwrap_or(&self.durable);
        let Setup { source, accepts, .. } = &self.setup;
        let draft = Draft::on(roster, command, confirmed, *source, accepts);
        self.drafts.push(draft);
        self.last_decided = Some(tenant);
    }

    /// Charges the last decision to its tenant.
    pub(crate) fn charge(&mut self, cost: Duration) {
        if let Some(tenant) = self.last_decided.take() {
            self.drafts.note_cost(cost);
            self.queue.charge(&tenant, cost);
        }
    }
}
