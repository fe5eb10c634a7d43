//! Histories in which people are erased.

use std::collections::BTreeSet;

use deadpool_postgres::Client;
use eventlog::PersonEvents;
use events::{EmployeeId, Event, Recorded, Seq};
use projector::Projection;
use roster::Intent;

use super::read_model::{build, rows};

/// The intent to erase somebody; what is to go is for [`history`](super::history) to find.
pub fn erasure(employee: EmployeeId) -> Intent {
    Intent::EraseUser { employee, bookings: vec![], events: vec![] }
}

/// The same intent, with what is to go if it is an erasure.
pub(super) fn found(log: &[Recorded], intent: &Intent) -> Intent {
    let Intent::EraseUser { employee, .. } = intent else { return intent.clone() };
    let PersonEvents { bookings, events } = PersonEvents::among(log, *employee);
    Intent::EraseUser { employee: *employee, bookings: Vec::from_iter(bookings), events }
}

/// The log as it is once what its erasures name is gone.
pub fn without_erased(log: &[Recorded]) -> Vec<Recorded> {
    let mut erased: BTreeSet<Seq> = BTreeSet::new();
    for recorded in log {
        if let Event::UserErased(body) = &recorded.event {
            erased.extend(body.events.iter().map(|event| event.seq));
        }
    }
    log.iter().filter(|recorded| !erased.contains(&recorded.seq)).cloned().collect()
}

/// A read model that is built without what was erased has the tables of one that had read it.
///
/// # Panics
///
/// If they differ.
pub async fn assert_a_replay_without_the_erased_comes_to_the_same<P: Projection>(
    client: &mut Client,
    log: &[Recorded],
) {
    build::<P>(client, "live", log, 3).await;
    let live = rows(client, "live").await;
    for at_once in [1, 7, 1000] {
        build::<P>(client, "replayed", &without_erased(log), at_once).await;
        assert_eq!(rows(client, "replayed").await, live, "{at_once} at once");
    }
}
