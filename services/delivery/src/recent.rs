//! The end of the feed, in memory: many subscribers read it, and it is read from the stream once.
//!
//! Whoever is further behind than what is held here reads for itself.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use events::Tenant;

/// The last events of the feed, of all tenants, as many as fit.
#[derive(Debug)]
pub(crate) struct Recent<E> {
    /// How many bytes may be held.
    capacity: usize,
    size: usize,
    /// Whose event came when, the oldest first.
    order: VecDeque<Tenant>,
    of_tenants: HashMap<Tenant, VecDeque<Held<E>>>,
    /// All behind this position, up to the end, is here.
    whole_after: u64,
    end: u64,
}

#[derive(Debug)]
struct Held<E> {
    position: u64,
    event: Arc<E>,
    size: usize,
}

/// What a tenant's feed has behind a position.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stretch<E> {
    /// The events, each with its position.
    pub(crate) events: Vec<(u64, Arc<E>)>,
    /// Up to here there are no others.
    pub(crate) through: u64,
}

impl<E> Recent<E> {
    /// Nothing yet, of a feed that is read from behind `position` on.
    pub(crate) fn after_position(position: u64, capacity: usize) -> Self {
        Self {
            capacity,
            size: 0,
            order: VecDeque::new(),
            of_tenants: HashMap::new(),
            whole_after: position,
            end: position,
        }
    }

    /// The position up to which the feed was read.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// The next event. Those that do not fit any more go.
    pub(crate) fn push(&mut self, tenant: &Tenant, position: u64, event: Arc<E>, size: usize) {
        if position <= self.end {
            return;
        }
        self.end = position;
        self.size += size;
        self.order.push_back(tenant.clone());
        let of_tenant = self.of_tenants.entry(tenant.clone()).or_default();
        of_tenant.push_back(Held { position, event, size });
        while self.size > self.capacity && self.drop_first().is_some() {}
    }

    /// What a tenant's feed has behind a position, at most `max` events; nothing if the position is
    /// further back than what is held.
    pub(crate) fn after(&self, tenant: &Tenant, position: u64, max: usize) -> Option<Stretch<E>> {
        if position < self.whole_after {
            return None;
        }
        let Some(held) = self.of_tenants.get(tenant) else {
            return Some(Stretch { events: vec![], through: self.end.max(position) });
        };
        let first = held.partition_point(|held| held.position <= position);
        let events: Vec<_> = held
            .range(first..)
            .take(max)
            .map(|held| (held.position, Arc::clone(&held.event)))
            .collect();
        let is_all = first + events.len() == held.len();
        let last = events.last().map_or(position, |(position, _)| *position);
        let through = if is_all { self.end.max(position) } else { last };
        Some(Stretch { events, through })
    }

    fn drop_first(&mut self) -> Option<()> {
        let tenant = self.order.pop_front()?;
        let of_tenant = self.of_tenants.get_mut(&tenant)?;
        let first = of_tenant.pop_front()?;
        self.size -= first.size;
        self.whole_after = first.position;
        if of_tenant.is_empty() {
            self.of_tenants.remove(&tenant);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tenant(number: u8) -> Tenant {
        format!("t{number}").parse().unwrap()
    }

    fn positions(stretch: &Stretch<u64>) -> Vec<u64> {
        stretch.events.iter().map(|(position, _)| *position).collect()
    }

    #[test]
    fn a_tenant_sees_its_own_events_behind_its_position() {
        let mut recent = Recent::after_position(10, 100);
        for (number, position) in [(1, 11), (2, 12), (1, 13)] {
            recent.push(&tenant(number), position, Arc::new(position), 1);
        }
        let all = recent.after(&tenant(1), 10, 9).unwrap();
        assert_eq!((positions(&all), all.through), (vec![11, 13], 13));
        let one = recent.after(&tenant(1), 10, 1).unwrap();
        assert_eq!((positions(&one), one.through), (vec![11], 11));
        let none = recent.after(&tenant(3), 10, 9).unwrap();
        assert_eq!((positions(&none), none.through), (vec![], 13));
    }

    #[test]
    fn who_is_further_behind_must_read_for_itself() {
        let mut recent = Recent::after_position(10, 2);
        assert_eq!(recent.after(&tenant(1), 9, 9), None);
        for position in 11..=13 {
            recent.push(&tenant(1), position, Arc::new(position), 1);
        }
        assert_eq!(recent.after(&tenant(1), 10, 9), None);
        assert_eq!(positions(&recent.after(&tenant(1), 11, 9).unwrap()), [12, 13]);
    }

    proptest! {
        /// Reading on from `through` again and again shows each event once, or says that it is gone.
        #[test]
        fn nothing_is_passed_over(
            tenants in prop::collection::vec((0..3_u8, 1..4_usize), 0..60),
            capacity in 1..40_usize,
            max in 1..5_usize,
        ) {
            let mut recent = Recent::after_position(0, capacity);
            let mut feed = vec![];
            let (mut position, mut seen, mut gone) = (0, vec![], false);
            for ((number, size), at) in tenants.into_iter().zip(1..) {
                recent.push(&tenant(number), at, Arc::new(at), size);
                feed.push((at, number));
                prop_assert!(recent.size <= capacity);
                if at % 4 == 0 {
                    match recent.after(&tenant(0), position, max) {
                        Some(stretch) => {
                            seen.extend(positions(&stretch));
                            position = stretch.through;
                        }
                        None => gone = true,
                    }
                }
            }
            while !gone && position < recent.end() {
                match recent.after(&tenant(0), position, max) {
                    Some(stretch) => {
                        seen.extend(positions(&stretch));
                        position = stretch.through;
                    }
                    None => gone = true,
                }
            }
            let own = feed.iter().filter(|(_, number)| *number == 0).map(|(at, _)| *at);
            let expected: Vec<u64> = own.filter(|at| !gone || *at <= position).collect();
            prop_assert_eq!(seen, expected);
        }
    }
}
