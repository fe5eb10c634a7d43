//! Commands that wait for their decision, by tenant: whose decisions cost much waits behind its own.
//!
//! Start-time fair queueing. Each tenant has a virtual time, which its decisions advance by what
//! they were measured to cost; whoever is furthest behind is served next. A tenant that comes anew
//! starts where the others are, so that nobody saves up turns. Within a tenant, first come is first
//! served.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use events::Tenant;

/// How much may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct QueueBounds {
    /// Of one tenant.
    pub(crate) tenant: Load,
    /// Of all together.
    pub(crate) total: Load,
}

/// Commands, and what they hold in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) commands: usize,
    pub(crate) bytes: usize,
}

impl Default for QueueBounds {
    fn default() -> Self {
        Self {
            tenant: Load { commands: 4096, bytes: 16 << 20 },
            total: Load { commands: 32_768, bytes: 128 << 20 },
        }
    }
}

impl Load {
    fn add(&mut self, bytes: usize) {
        self.commands += 1;
        self.bytes += bytes;
    }

    fn remove(&mut self, bytes: usize) {
        self.commands -= 1;
        self.bytes -= bytes;
    }

    /// Whether as many bytes more are within `bounds`. One command alone always is, however large:
    /// its size is the business of whoever took it in.
    fn has_room(self, bytes: usize, bounds: Self) -> bool {
        let room = self.commands < bounds.commands && self.bytes + bytes <= bounds.bytes;
        room || self.commands == 0
    }
}

/// Why a command may not wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// The tenant has too many already.
    Tenant,
    /// All together have.
    Total,
}

/// What costs nothing measurable still counts as a turn.
const LEAST_COST: Duration = Duration::from_micros(1);

pub(crate) struct FairQueue<T> {
    bounds: QueueBounds,
    lanes: HashMap<Tenant, Lane<T>>,
    /// Tenants with something to decide, whoever is furthest behind first.
    ready: BTreeSet<(Duration, u64, Tenant)>,
    /// Tenants with nothing to decide that are ahead of the others.
    ahead: BTreeSet<(Duration, Tenant)>,
    /// The virtual time of whoever was served last.
    now: Duration,
    /// Counts arrivals, so that of two with the same virtual time the earlier one is served.
    arrivals: u64,
    load: Load,
}

struct Lane<T> {
    /// With what each holds in memory.
    waiting: VecDeque<(T, usize)>,
    load: Load,
    time: Duration,
    arrival: u64,
}

impl<T> Lane<T> {
    fn new(time: Duration) -> Self {
        Self { waiting: VecDeque::new(), load: Load::default(), time, arrival: 0 }
    }
}

impl<T> FairQueue<T> {
    pub(crate) fn new(bounds: QueueBounds) -> Self {
        Self {
            bounds,
            lanes: HashMap::new(),
            ready: BTreeSet::new(),
            ahead: BTreeSet::new(),
            now: Duration::ZERO,
            arrivals: 0,
            load: Load::default(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.load.commands == 0
    }

    /// Takes one in at the end of its tenant's lane; gives it back when there is no room.
    pub(crate) fn push(&mut self, tenant: &Tenant, bytes: usize, item: T) -> Result<(), (T, Full)> {
        let waiting = self.lanes.get(tenant).map_or_else(Load::default, |lane| lane.load);
        if !waiting.has_room(bytes, self.bounds.tenant) {
            return Err((item, Full::Tenant));
        }
        if !self.load.has_room(bytes, self.bounds.total) {
            return Err((item, Full::Total));
        }
        self.lane_with_room(tenant, bytes).waiting.push_back((item, bytes));
        Ok(())
    }

    /// Puts one back at the head of its tenant's lane. It was here before, so there is room.
    pub(crate) fn put_back(&mut self, tenant: &Tenant, bytes: usize, item: T) {
        self.lane_with_room(tenant, bytes).waiting.push_front((item, bytes));
    }

    /// The lane of a tenant, which is about to get one more.
    fn lane_with_room(&mut self, tenant: &Tenant, bytes: usize) -> &mut Lane<T> {
        self.load.add(bytes);
        let now = self.now;
        let lane = self.lanes.entry(tenant.clone()).or_insert_with(|| Lane::new(now));
        if lane.waiting.is_empty() {
            self.ahead.remove(&(lane.time, tenant.clone()));
            lane.time = lane.time.max(now);
            self.arrivals += 1;
            lane.arrival = self.arrivals;
            self.ready.insert((lane.time, lane.arrival, tenant.clone()));
        }
        lane.load.add(bytes);
        lane
    }

    /// Whatever is to be decided next, and what it holds in memory. [`charge`](Self::charge) the
    /// tenant for it afterwards.
    pub(crate) fn pop(&mut self) -> Option<(Tenant, T, usize)> {
        let (time, _, tenant) = self.ready.pop_first()?;
        self.now = time;
        let lane = self.lanes.get_mut(&tenant)?;
        let (item, bytes) = lane.waiting.pop_front()?;
        lane.load.remove(bytes);
        self.load.remove(bytes);
        lane.time += LEAST_COST;
        self.arrivals += 1;
        lane.arrival = self.arrivals;
        self.file(&tenant);
        Some((tenant, item, bytes))
    }

    /// Charges a tenant for its last decision. Commands that came during the decision have to be in the
    /// queue by now: virtual times are kept only while two tenants wait.
    pub(crate) fn charge(&mut self, tenant: &Tenant, cost: Duration) {
        let Some(lane) = self.lanes.get_mut(tenant) else { return };
        self.ready.remove(&(lane.time, lane.arrival, tenant.clone()));
        self.ahead.remove(&(lane.time, tenant.clone()));
        lane.time += cost.saturating_sub(LEAST_COST);
        self.file(tenant);
        self.forget();
    }

    /// Enters a tenant where it belongs.
    fn file(&mut self, tenant: &Tenant) {
        let Some(lane) = self.lanes.get(tenant) else { return };
        if lane.waiting.is_empty() {
            self.ahead.insert((lane.time, tenant.clone()));
        } else {
            self.ready.insert((lane.time, lane.arrival, tenant.clone()));
        }
    }

    /// Forgets tenants that have nothing to decide and owe the others nothing.
    fn forget(&mut self) {
        while let Some((time, tenant)) = self.ahead.first()
            && (*time <= self.now || self.ready.is_empty())
        {
            self.now = self.now.max(*time);
            self.lanes.remove(tenant);
            self.ahead.pop_first();
        }
    }

    /// Takes out all that `which` is true for, in the order of their lanes.
    pub(crate) fn remove_where(&mut self, which: impl Fn(&T) -> bool) -> Vec<T> {
        let mut removed = Vec::new();
        let tenants: Vec<Tenant> = self.ready.iter().map(|(.., tenant)| tenant.clone()).collect();
        for tenant in tenants {
            let Some(lane) = self.lanes.get_mut(&tenant) else { continue };
            let waiting = std::mem::take(&mut lane.waiting).into_iter();
            let (out, left): (Vec<_>, Vec<_>) = waiting.partition(|(item, _)| which(item));
            lane.waiting = left.into();
            self.ready.remove(&(lane.time, lane.arrival, tenant.clone()));
            for (item, bytes) in out {
                lane.load.remove(bytes);
                self.load.remove(bytes);
                removed.push(item);
            }
            self.file(&tenant);
        }
        self.forget();
        removed
    }
}
