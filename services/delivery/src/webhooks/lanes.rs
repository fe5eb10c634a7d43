//! What one subscriber may be sent next, so that each person's events keep their order.
//!
//! All events of one person, team, booking or alert are a lane. Of a lane one event is under way
//! at a time. A lane that goes well holds its events; one whose event failed is *behind*: it waits
//! by itself, and of its events only the positions are held. What changes of that is told, so that it can
//! be kept elsewhere; whoever starts again from what was kept sends some events twice and loses none.

mod changes;
mod lane;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use jiff::Timestamp;

pub(super) use changes::{Changes, Kept};
pub(crate) use lane::Lane;
pub(super) use lane::{Limits, Retry, Taken};

/// The lanes of one subscriber.
#[derive(Debug)]
pub(super) struct Lanes<T> {
    limits: Limits,
    queues: HashMap<Lane, Queue<T>>,
    /// Lanes that go well and have something to send. Some may have nothing any more.
    ready: VecDeque<Lane>,
    /// Lanes that are behind and have nothing under way.
    due: BTreeSet<(Timestamp, Lane)>,
    /// Up to here all has been taken in.
    read: u64,
    /// What was taken in, goes well and is not delivered.
    held: BTreeSet<u64>,
    behind: usize,
    in_flight: usize,
    in_flight_behind: usize,
    changed_lanes: HashSet<Lane>,
    changed_positions: BTreeMap<u64, Lane>,
}

#[derive(Debug)]
struct Queue<T> {
    events: BTreeMap<u64, Option<T>>,
    in_flight: Option<u64>,
    behind: Option<Retry>,
}

impl<T> Lanes<T> {
    /// Begins behind a position of the feed.
    pub(super) fn starting_after(limits: Limits, position: u64) -> Self {
        Self {
            limits,
            queues: HashMap::new(),
            ready: VecDeque::new(),
            due: BTreeSet::new(),
            read: position,
            held: BTreeSet::new(),
            behind: 0,
            in_flight: 0,
            in_flight_behind: 0,
            changed_lanes: HashSet::new(),
            changed_positions: BTreeMap::new(),
        }
    }

    /// Whether another event may be taken in.
    pub(super) fn has_room(&self) -> bool {
        self.held.len() < self.limits.held && self.behind < self.limits.behind
    }

    /// Up to which position all has been taken in.
    pub(super) fn read(&self) -> u64 {
        self.read
    }

    /// Up to which position all is delivered, or kept in a lane that is behind.
    pub(super) fn settled(&self) -> u64 {
        self.held.first().map_or(self.read, |first| first - 1)
    }

    /// How many events are under way.
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// How many events of lanes that go well are not delivered.
    pub(super) fn held(&self) -> usize {
        self.held.len()
    }

    /// How many events wait in lanes that are behind.
    #[cfg(test)]
    pub(super) fn behind(&self) -> usize {
        self.behind
    }

    /// Whether nothing waits and nothing is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.queues.is_empty()
    }

    /// How a lane is behind, if it is.
    pub(super) fn retry(&self, lane: &Lane) -> Option<Retry> {
        self.queues.get(lane).and_then(|queue| queue.behind)
    }

    /// All up to `position` is not for this subscriber, as far as it was not taken in.
    pub(super) fn pass_to(&mut self, position: u64) {
        self.read = self.read.max(position);
    }

    /// Takes in the next event.
    pub(super) fn take_in(&mut self, position: u64, lane: Lane, event: T) {
        if position <= self.read {
            return;
        }
        self.read = position;
        let queue = self.queues.entry(lane.clone()).or_insert_with(Queue::new);
        if queue.behind.is_some() {
            // It may have been kept before a restart.
            if queue.events.insert(position, None).is_none() {
                self.behind += 1;
                self.changed_positions.insert(position, lane);
            }
        } else {
            self.held.insert(position);
            queue.events.insert(position, Some(event));
            if queue.in_flight.is_none() && queue.events.len() == 1 {
                self.ready.push_back(lane);
            }
        }
    }

    /// Takes in an event once more that had been given up, before what waits in its lane.
    pub(super) fn resend(&mut self, position: u64, lane: &Lane, now: Timestamp) {
        let queue = self.queues.entry(lane.clone()).or_insert_with(Queue::new);
        if queue.events.insert(position, None).is_some() {
            return;
        }
        self.behind += 1;
        self.changed_positions.insert(position, lane.clone());
        if queue.in_flight.is_none()
            && let Some(retry) = queue.behind
        {
            self.due.remove(&(retry.next_at, lane.clone()));
        }
        self.fall_behind(lane, Retry::at(now));
    }

    /// The next event that may be sent. Lanes that are behind take up half of what may be under way, so
    /// that those which always fail do not hold back the others.
    pub(super) fn next(&mut self, now: Timestamp) -> Option<Taken<T>>
    where
        T: Clone,
    {
        if self.in_flight >= self.limits.in_flight {
            return None;
        }
        let late = self.due.first().filter(|(at, _)| *at <= now && self.has_room_for_retry());
        let late = late.map(|(_, lane)| lane.clone());
        late.or_else(|| self.pop_ready()).and_then(|lane| self.begin(&lane))
    }

    /// The one event by which a receiver is tried that was away: whichever waits for longest.
    pub(super) fn next_probe(&mut self) -> Option<Taken<T>>
    where
        T: Clone,
    {
        let late = self.due.first().map(|(_, lane)| lane.clone());
        late.or_else(|| self.pop_ready()).and_then(|lane| self.begin(&lane))
    }

    /// When the next lane that is behind may be tried.
    pub(super) fn due_at(&self) -> Option<Timestamp> {
        self.due.first().map(|(at, _)| *at).filter(|_| self.has_room_for_retry())
    }

    /// An event has arrived, is given up, or is no more; its lane goes on.
    pub(super) fn finished(&mut self, lane: &Lane, position: u64, now: Timestamp) {
        let Some(queue) = self.land(lane, position) else { return };
        queue.events.remove(&position);
        let (is_empty, is_behind) = (queue.events.is_empty(), queue.behind.is_some());
        if is_empty {
            self.queues.remove(lane);
        }
        if is_behind {
            self.behind -= 1;
            self.changed_positions.insert(position, lane.clone());
            self.changed_lanes.insert(lane.clone());
            if !is_empty {
                self.wait(lane, Retry::at(now));
            }
        } else {
            self.held.remove(&position);
            if !is_empty {
                self.ready.push_back(lane.clone());
            }
        }
    }

    /// An event was not accepted: its lane is behind, and tried again as `retry` says.
    pub(super) fn failed(&mut self, lane: &Lane, position: u64, retry: Retry) {
        if self.land(lane, position).is_some() {
            self.fall_behind(lane, retry);
        }
    }

    /// A try said nothing of the event, which stays next in its lane.
    pub(super) fn put_back(&mut self, lane: &Lane, position: u64) {
        let Some(queue) = self.land(lane, position) else { return };
        match queue.behind {
            Some(retry) => self.wait(lane, retry),
            None => self.ready.push_front(lane.clone()),
        }
    }

    /// The receiver is back: all that is behind is tried at once.
    pub(super) fn hurry(&mut self, now: Timestamp) {
        let late: Vec<_> = std::mem::take(&mut self.due).into_iter().collect();
        for (at, lane) in late {
            if let Some(retry) = self.retry(&lane) {
                self.wait(&lane, Retry { next_at: at.min(now), ..retry });
            }
        }
    }

    fn has_room_for_retry(&self) -> bool {
        self.in_flight < self.limits.in_flight
            && self.in_flight_behind < (self.limits.in_flight / 2).max(1)
    }

    fn pop_ready(&mut self) -> Option<Lane> {
        loop {
            let lane = self.ready.pop_front()?;
            let has_next = |queue: &Queue<T>| queue.behind.is_none() && queue.in_flight.is_none();
            if self.queues.get(&lane).is_some_and(has_next) {
                return Some(lane);
            }
        }
    }

    fn begin(&mut self, lane: &Lane) -> Option<Taken<T>>
    where
        T: Clone,
    {
        let queue = self.queues.get_mut(lane)?;
        let (&position, event) = queue.events.first_key_value()?;
        let taken = Taken { position, lane: lane.clone(), event: event.clone() };
        queue.in_flight = Some(position);
        self.in_flight += 1;
        if let Some(retry) = queue.behind {
            self.in_flight_behind += 1;
            self.due.remove(&(retry.next_at, lane.clone()));
        }
        Some(taken)
    }

    /// What was under way of this lane is so no more.
    fn land(&mut self, lane: &Lane, position: u64) -> Option<&mut Queue<T>> {
        let queue = self.queues.get_mut(lane).filter(|queue| queue.in_flight == Some(position))?;
        queue.in_flight = None;
        self.in_flight -= 1;
        self.in_flight_behind -= usize::from(queue.behind.is_some());
        Some(queue)
    }

    /// A lane is behind from now on, with all that it holds.
    fn fall_behind(&mut self, lane: &Lane, retry: Retry) {
        let Some(queue) = self.queues.get_mut(lane) else { return };
        if queue.behind.is_none() {
            for (position, event) in &mut queue.events {
                *event = None;
                if self.held.remove(position) {
                    self.behind += 1;
                    self.changed_positions.insert(*position, lane.clone());
                }
            }
            self.in_flight_behind += usize::from(queue.in_flight.is_some());
        }
        self.wait(lane, retry);
    }

    /// Says when a lane that is behind is tried again.
    fn wait(&mut self, lane: &Lane, retry: Retry) {
        let Some(queue) = self.queues.get_mut(lane) else { return };
        if queue.behind.replace(retry) != Some(retry) {
            self.changed_lanes.insert(lane.clone());
        }
        if queue.in_flight.is_none() {
            self.due.insert((retry.next_at, lane.clone()));
        }
    }
}

impl<T> Queue<T> {
    fn new() -> Self {
        Self { events: BTreeMap::new(), in_flight: None, behind: None }
    }
}

#[cfg(test)]
mod tests;
