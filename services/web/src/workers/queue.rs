//! What waits, one queue a tenant. The tenants take turns.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use events::Tenant;

use super::{Stop, WorkError};

/// Work that waits or runs.
pub(super) struct Job {
    stop: Stop,
    /// Does a part of it, and tells whether that was the last.
    turn: Box<dyn FnMut(&Stop) -> bool + Send>,
}

/// Which job it is.
#[derive(Clone, Debug)]
pub(super) struct Ticket {
    tenant: Tenant,
    number: u64,
}

/// All that waits. Nothing is done here, so that a lock around it is held for moments only.
#[derive(Debug)]
pub(super) struct Queue {
    tenants: HashMap<Tenant, Lane>,
    /// The tenants whose jobs wait, the next one first; each is in here once.
    turns: VecDeque<Tenant>,
    waiting: usize,
    numbers: u64,
    stopping: bool,
    most_of_a_tenant: usize,
    most: usize,
    /// Jobs of one tenant that may run at a time: where there are several threads, one is left.
    at_a_time: usize,
}

/// What one tenant has.
#[derive(Default)]
struct Lane {
    waiting: VecDeque<(u64, Job)>,
    running: usize,
}

impl std::fmt::Debug for Lane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lane")
            .field("waiting", &self.waiting.len())
            .field("running", &self.running)
            .finish()
    }
}

impl Job {
    pub(super) fn new(stop: Stop, turn: impl FnMut(&Stop) -> bool + Send + 'static) -> Self {
        Self { stop, turn: Box::new(turn) }
    }

    /// Does a part of the work, and tells whether it is over: done, or not wanted any more.
    pub(super) fn take_turn(&mut self, length: Duration) -> bool {
        if self.stop.is_given_up() {
            return true;
        }
        self.stop.begin_turn(length);
        let over = (self.turn)(&self.stop);
        self.stop.end_turn();
        over
    }
}

impl Queue {
    pub(super) fn new(most_of_a_tenant: usize, most: usize, threads: usize) -> Self {
        Self {
            tenants: HashMap::new(),
            turns: VecDeque::new(),
            waiting: 0,
            numbers: 0,
            stopping: false,
            most_of_a_tenant,
            most,
            at_a_time: threads.saturating_sub(1).max(1),
        }
    }

    /// Puts a job behind the others of its tenant, or refuses it when too much waits.
    pub(super) fn enter(
        &mut self,
        tenant: &Tenant,
        job: Job,
        bounded: bool,
    ) -> Result<Ticket, WorkError> {
        if self.stopping {
            return Err(WorkError::Stopping);
        }
        let its = self.tenants.get(tenant).map_or(0, |lane| lane.waiting.len());
        if bounded && (self.waiting >= self.most || its >= self.most_of_a_tenant) {
            return Err(WorkError::Busy);
        }
        self.numbers += 1;
        let ticket = Ticket { tenant: tenant.clone(), number: self.numbers };
        self.tenants.entry(tenant.clone()).or_default().waiting.push_back((self.numbers, job));
        self.waiting += 1;
        if its == 0 {
            self.turns.push_back(tenant.clone());
        }
        Ok(ticket)
    }

    /// The next job, of the tenant whose turn it is. Whoever gets it says so when it
    /// [leaves](Self::leave).
    pub(super) fn next(&mut self) -> Option<(Ticket, Job)> {
        let may = |tenant: &Tenant| {
            self.tenants.get(tenant).is_some_and(|lane| lane.running < self.at_a_time)
        };
        let index = self.turns.iter().position(may)?;
        let tenant = self.turns.remove(index)?;
        let lane = self.tenants.get_mut(&tenant)?;
        let (number, job) = lane.waiting.pop_front()?;
        lane.running += 1;
        self.waiting -= 1;
        if !lane.waiting.is_empty() {
            self.turns.push_back(tenant.clone());
        }
        Some((Ticket { tenant, number }, job))
    }

    /// A job has had its turn. What is left of it is the next of its tenant, which thus has only as
    /// many begun as may run at a time.
    pub(super) fn leave(&mut self, ticket: Ticket, rest: Option<Job>) {
        let Some(lane) = self.tenants.get_mut(&ticket.tenant) else { return };
        lane.running -= 1;
        if let Some(job) = rest {
            if lane.waiting.is_empty() {
                self.turns.push_back(ticket.tenant);
            }
            lane.waiting.push_front((ticket.number, job));
            self.waiting += 1;
        } else if lane.running == 0 && lane.waiting.is_empty() {
            self.tenants.remove(&ticket.tenant);
        }
    }

    /// Takes a job out again, if it waits.
    pub(super) fn withdraw(&mut self, ticket: &Ticket) -> Option<Job> {
        let lane = self.tenants.get_mut(&ticket.tenant)?;
        let index = lane.waiting.iter().position(|(number, _)| *number == ticket.number)?;
        let (_, job) = lane.waiting.remove(index)?;
        self.waiting -= 1;
        if lane.waiting.is_empty() {
            self.turns.retain(|tenant| *tenant != ticket.tenant);
            if lane.running == 0 {
                self.tenants.remove(&ticket.tenant);
            }
        }
        Some(job)
    }

    /// Takes no more.
    pub(super) fn stop(&mut self) {
        self.stopping = true;
    }

    /// Whether all is done and nothing more will come. What runs may come back for another turn.
    pub(super) fn is_over(&self) -> bool {
        self.stopping && self.tenants.is_empty()
    }
}
