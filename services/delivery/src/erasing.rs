//! What was told of a person goes when they are erased.

use std::collections::BTreeSet;

use eventlog::{EraseError, Feed, ReadError};
use events::{BookingId, EmployeeId, Event, Recorded, Tenant};
use feed::{Body, Entity, Fact};

use crate::derive::Derived;
use crate::messages::sequence;

/// How many messages are looked for at a time.
const PAGE: usize = 500;

/// Whoever was erased, and their bookings.
#[derive(Debug, Default)]
pub(crate) struct Erased {
    people: BTreeSet<EmployeeId>,
    bookings: BTreeSet<BookingId>,
}

/// What was told of somebody is still there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Undeleted {
    /// The feed cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The server refused.
    #[error(transparent)]
    Refused(#[from] EraseError),
}

impl Erased {
    pub(crate) fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// The subjects of all that was told of them, but for the erasure itself. People come last: when nothing
    /// is left of them, nothing is left of their bookings. What was told of a booking since the erasure is
    /// about whose it is now.
    fn subjects(&self, tenant: &Tenant) -> impl Iterator<Item = String> {
        let people = self.people.iter().flat_map(move |id| {
            Fact::ALL
                .into_iter()
                .filter(|fact| fact.entity() == Entity::Employee)
                .filter(|fact| *fact != Fact::EmployeeErased)
                .map(move |fact| format!("feed.{tenant}.employee.{id}.{}", fact.token()))
        });
        let bookings = self.bookings.iter().map(move |id| format!("feed.{tenant}.booking.{id}.>"));
        bookings.chain(people)
    }
}

/// Whom these events erase.
pub(crate) fn whom_they_erase(events: &[Recorded]) -> Erased {
    let mut erased = Erased::default();
    for event in events {
        if let Event::UserErased(body) = &event.event {
            erased.people.insert(body.employee_id);
            erased.bookings.extend(&body.bookings);
        }
    }
    erased
}

/// Names the numbers of what is to go in the events that tell of the erasure.
pub(crate) async fn name_numbers(
    feed: &Feed,
    tenant: &Tenant,
    derived: &mut [Derived],
    erased: &Erased,
) -> Result<(), Undeleted> {
    let mut numbers = Vec::new();
    for subject in erased.subjects(tenant) {
        numbers.extend(found(feed, &subject).await?.into_iter().filter_map(|(_, number)| number));
    }
    numbers.sort_unstable();
    for (event, _) in derived {
        match &mut event.body {
            Body::Erased(body) => body.sequences.clone_from(&numbers),
            Body::Employee(_)
            | Body::Receipt(_)
            | Body::Team(_)
            | Body::Booking(_)
            | Body::Alert(_)
            | Body::Test(_) => {}
        }
    }
    Ok(())
}

/// Overwrites what was told of them before their erasure was. A feed in which that is not told knows
/// nothing of them: it was told anew since, and what it has of their bookings is about others.
pub(crate) async fn delete(feed: &Feed, tenant: &Tenant, erased: &Erased) -> Result<(), Undeleted> {
    let mut told = u64::MAX;
    for id in &erased.people {
        let erasure = Fact::EmployeeErased.token();
        let erasure = found(feed, &format!("feed.{tenant}.employee.{id}.{erasure}")).await?;
        told = told.min(erasure.first().map_or(0, |(seq, _)| *seq));
    }
    for subject in erased.subjects(tenant) {
        let before = found(feed, &subject).await?.into_iter().filter(|(seq, _)| *seq < told);
        for (seq, _) in before {
            feed.delete(seq).await?;
        }
    }
    Ok(())
}

/// The messages on a subject: their places in the stream, and the tenant's numbers of them.
async fn found(feed: &Feed, subject: &str) -> Result<Vec<(u64, Option<u64>)>, ReadError> {
    let mut found = Vec::new();
    let mut after = 0;
    loop {
        let page = feed.page_of(subject, after, PAGE).await?;
        if page.entries.is_empty() {
            return Ok(found);
        }
        after = page.through;
        found.extend(page.entries.iter().map(|entry| (entry.seq.0, sequence(entry))));
    }
}
