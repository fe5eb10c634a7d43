//! Histories in which people are erased.

use std::collections::BTreeSet;

use eventlog::PersonEvents;
use events::{EmployeeId, Event, Recorded, Seq};
use roster::Intent;

/// The intent to erase somebody; what is to go is for [`history`](super::history) to find.
pub fn erasure(employee: EmployeeId) -> Intent {
    Intent::EraseUser { employee, bookings: vec![], events: vec![], even_if_held: false }
}

/// The same intent, with what is to go if it is an erasure.
pub(super) fn found(log: &[Recorded], intent: &Intent) -> Intent {
    let Intent::EraseUser { employee, even_if_held, .. } = intent else { return intent.clone() };
    let (employee, even_if_held) = (*employee, *even_if_held);
    let PersonEvents { bookings, events } = PersonEvents::among(log, employee);
    Intent::EraseUser { employee, bookings: Vec::from_iter(bookings), events, even_if_held }
}

/// The log as it is once what its erasures name is gone.
pub(super) fn without_erased(log: &[Recorded]) -> Vec<Recorded> {
    let mut erased: BTreeSet<Seq> = BTreeSet::new();
    for recorded in log {
        if let Event::UserErased(body) = &recorded.event {
            erased.extend(body.events.iter().map(|event| event.seq));
        }
    }
    log.iter().filter(|recorded| !erased.contains(&recorded.seq)).cloned().collect()
}
