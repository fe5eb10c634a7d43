//! What of a subscriber's lanes outlives the process.

use jiff::Timestamp;

use super::{Lane, Lanes, Limits, Queue, Retry};

/// What was kept of a subscriber's lanes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::webhooks) struct Kept {
    /// Up to here all is delivered, or among the positions.
    pub(in crate::webhooks) settled: u64,
    /// What waits in lanes that are behind.
    pub(in crate::webhooks) positions: Vec<(u64, Lane)>,
    /// How these lanes go on.
    pub(in crate::webhooks) retries: Vec<(Lane, Retry)>,
}

/// How what is kept must change. It is kept all at once, or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::webhooks) struct Changes {
    /// Up to here all is delivered, or among the positions.
    pub(in crate::webhooks) settled: u64,
    /// These wait from now on.
    pub(in crate::webhooks) waiting: Vec<(u64, Lane)>,
    /// These wait no more.
    pub(in crate::webhooks) done: Vec<u64>,
    /// So these lanes go on.
    pub(in crate::webhooks) retries: Vec<(Lane, Retry)>,
    /// These lanes are not behind any more.
    pub(in crate::webhooks) recovered: Vec<Lane>,
}

impl<T> Lanes<T> {
    /// Goes on from what was kept.
    pub(in crate::webhooks) fn restored(limits: Limits, kept: Kept) -> Self {
        let mut lanes = Self::starting_after(limits, kept.settled);
        lanes.behind = kept.positions.len();
        for (position, lane) in kept.positions {
            let queue = lanes.queues.entry(lane).or_insert_with(Queue::new);
            queue.events.insert(position, None);
            queue.behind = Some(Retry::at(Timestamp::MIN));
        }
        for (lane, retry) in kept.retries {
            if let Some(queue) = lanes.queues.get_mut(&lane) {
                queue.behind = Some(retry);
            }
        }
        for (lane, queue) in &lanes.queues {
            lanes.due.extend(queue.behind.map(|retry| (retry.next_at, lane.clone())));
        }
        lanes
    }

    /// What changed since this was asked last.
    pub(in crate::webhooks) fn changes(&mut self) -> Changes {
        let mut changes = Changes { settled: self.settled(), ..Changes::default() };
        for (position, lane) in std::mem::take(&mut self.changed_positions) {
            // After a restart, what was kept may have arrived before it is read again, in a lane that
            // goes well.
            let waits = self.queues.get(&lane).filter(|queue| queue.behind.is_some());
            if waits.is_some_and(|queue| queue.events.contains_key(&position)) {
                changes.waiting.push((position, lane));
            } else {
                changes.done.push(position);
            }
        }
        for lane in std::mem::take(&mut self.changed_lanes) {
            match self.retry(&lane) {
                Some(retry) => changes.retries.push((lane, retry)),
                None => changes.recovered.push(lane),
            }
        }
        changes
    }

    /// Since when the oldest has waited: since it happened, or since it failed first.
    pub(in crate::webhooks) fn oldest(&self, at: impl Fn(&T) -> Timestamp) -> Option<Timestamp> {
        let waits = |queue: &Queue<T>| match queue.behind {
            Some(retry) => retry.first_failed_at,
            None => queue.events.values().next()?.as_ref().map(&at),
        };
        self.queues.values().filter_map(waits).min()
    }
}
