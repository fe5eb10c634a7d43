//! Which events of the log an erasure has to name.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;

use events::{BookingId, EmployeeId, Entity, ErasedEvent, Event, Recorded, Tenant};
use futures_util::StreamExt;

use crate::error::ReadError;
use crate::log::Log;
use crate::select::Selection;

/// What the log holds of a person that can be erased.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonEvents {
    /// Bookings that are theirs, or were before they were somebody else's.
    pub bookings: BTreeSet<BookingId>,
    /// Their own events and those of the bookings, in the log's order.
    pub events: Vec<ErasedEvent>,
}

/// Whose each booking is that was a person's at any time.
#[derive(Debug)]
struct BookingOwners {
    employee: EmployeeId,
    last: BTreeMap<BookingId, EmployeeId>,
}

impl BookingOwners {
    fn see(&mut self, event: &Event) {
        let Some((booking, owner)) = booked(event) else { return };
        if owner == self.employee || self.last.contains_key(&booking) {
            self.last.insert(booking, owner);
        }
    }

    /// Whether an event goes with the person: any about a booking that is theirs, and of one that is
    /// somebody else's now, those that name them.
    fn is_theirs(&self, event: &Event) -> bool {
        booked(event).is_some_and(|(booking, owner)| {
            owner == self.employee || self.last.get(&booking) == Some(&self.employee)
        })
    }
}

/// Which booking an event is about, and whose that is.
fn booked(event: &Event) -> Option<(BookingId, EmployeeId)> {
    if let Event::BookingRecorded(body) | Event::BookingChanged(body) = event {
        return Some((body.booking_id, body.employee_id));
    }
    if let Event::BookingCancelled(body) = event {
        return Some((body.booking_id, body.employee_id));
    }
    if let Event::BookingHandedOver(body) = event {
        return Some((body.booking.booking_id, body.booking.employee_id));
    }
    if let Event::BookingReopened(body) = event {
        return Some((body.booking.booking_id, body.booking.employee_id));
    }
    if let Event::BookingCancellationPlanned(body) = event {
        return Some((body.booking_id, body.employee_id));
    }
    if let Event::BookingCancellationWithdrawn(body) = event {
        return Some((body.booking_id, body.employee_id));
    }
    if let Event::BookingKept(body) = event {
        return Some((body.booking_id, body.employee_id));
    }
    let Event::BookingClosed(body) = event else { return None };
    Some((body.booking_id, body.employee_id))
}

/// What stays of an event that is erased; nothing of an erasure, which stays whole.
fn remains(recorded: &Recorded) -> Option<ErasedEvent> {
    let kind = match &recorded.event {
        Event::UserErased(_) => return None,
        Event::Unknown { name } => name.clone(),
        event => event.kind()?.to_string(),
    };
    Some(ErasedEvent {
        seq: recorded.seq,
        digest: recorded.digest,
        chain: recorded.chain,
        kind,
        time: recorded.envelope.time,
        actor: recorded.envelope.actor.to_string(),
        request: recorded.envelope.request.clone(),
    })
}

impl PersonEvents {
    /// What these events, all of one tenant, hold of a person.
    pub fn among(events: &[Recorded], employee: EmployeeId) -> Self {
        let mut owners = BookingOwners { employee, last: BTreeMap::new() };
        for recorded in events {
            owners.see(&recorded.event);
        }
        let is_own = |recorded: &&Recorded| {
            let subject = recorded.event.subject(recorded.tenant()).unwrap_or_default();
            subject.split('.').skip(2).take(2).eq([Entity::User.as_str(), &employee.to_string()])
        };
        let theirs = events.iter().filter(|it| is_own(it) || owners.is_theirs(&it.event));
        let events = theirs.filter_map(remains).collect();
        Self { bookings: owners.last.into_keys().collect(), events }
    }
}

impl Log {
    /// What the log holds of a person of `tenant` that can be erased. It reads all events about the
    /// tenant's bookings, twice.
    pub async fn person_events(
        &self,
        tenant: &Tenant,
        employee: EmployeeId,
    ) -> Result<PersonEvents, ReadError> {
        let of = |entity| Selection {
            tenant: Some(tenant.clone()),
            entity: Some(entity),
            ..Selection::default()
        };
        let mut owners = BookingOwners { employee, last: BTreeMap::new() };
        self.each(of(Entity::Booking), |recorded| owners.see(&recorded.event)).await?;
        let mut events = Vec::new();
        let own = Selection { id: Some(employee.0), ..of(Entity::User) };
        self.each(own, |recorded| events.extend(remains(&recorded))).await?;
        if !owners.last.is_empty() {
            let theirs = |recorded: Recorded| {
                if owners.is_theirs(&recorded.event) {
                    events.extend(remains(&recorded));
                }
            };
            self.each(of(Entity::Booking), theirs).await?;
        }
        events.sort_by_key(|event| event.seq);
        Ok(PersonEvents { bookings: owners.last.into_keys().collect(), events })
    }

    async fn each(
        &self,
        selection: Selection,
        mut take: impl FnMut(Recorded),
    ) -> Result<(), ReadError> {
        let mut entries = pin!(self.select(selection));
        while let Some(entry) = entries.next().await {
            let entry = entry?;
            let undecodable = |source| ReadError::Undecodable { seq: entry.seq, source };
            take(entry.read().map_err(undecodable)?);
        }
        Ok(())
    }
}
