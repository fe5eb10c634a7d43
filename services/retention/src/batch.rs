//! Many changes made few: of several to one row within a batch, what is left of them at its end.

use std::collections::{BTreeMap, BTreeSet};

use events::{AlertId, BookingId, EmployeeId, EventId, Tenant};

use crate::project::{AlertOutcome, Change, Gone, Left};
use crate::{BookingRow, Cancellation, Closing, Decided, PolicyRow};

/// What a batch of changes leaves to be written, each row once. `back` comes before `leavers`, who
/// are those that left after it.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) back: BTreeSet<(Tenant, EmployeeId)>,
    pub(crate) leavers: BTreeMap<(Tenant, EmployeeId), Left>,
    /// Every deletion of somebody's resource, in order.
    pub(crate) deletions: Vec<(Tenant, EmployeeId, Gone)>,
    pub(crate) holds: BTreeMap<(Tenant, AlertId), Option<AlertOutcome>>,
    /// On holds that are not among `holds`.
    pub(crate) decisions: BTreeMap<(Tenant, AlertId), AlertOutcome>,
    pub(crate) alert_people: BTreeMap<(Tenant, AlertId, EmployeeId), i64>,
    pub(crate) bookings: BTreeMap<(Tenant, BookingId), BookingRow>,
    /// Of bookings that are not among `bookings`.
    pub(crate) cancellations: BTreeMap<(Tenant, BookingId), Cancellation>,
    /// Of bookings that are not among `bookings`. They come after `cancellations`.
    pub(crate) closings: BTreeMap<(Tenant, BookingId), Closing>,
    /// Of bookings that are not among `bookings`, with the event and its position.
    pub(crate) booking_decisions: BTreeMap<(Tenant, BookingId), (Option<Decided>, EventId, i64)>,
    pub(crate) policies: BTreeMap<(Tenant, String), PolicyRow>,
    /// Who was erased, and bookings that were theirs; they come last.
    pub(crate) erased: BTreeMap<(Tenant, EmployeeId), BTreeSet<BookingId>>,
}

impl Batch {
    pub(crate) fn of(changes: Vec<Change>) -> Self {
        let mut batch = Self::default();
        for change in changes {
            batch.take(change);
        }
        batch
    }

    fn take(&mut self, change: Change) {
        match change {
            Change::Left { tenant, employee, left } => {
                self.deletions.extend(left.gone.map(|gone| (tenant.clone(), employee, gone)));
                let known = self.leavers.entry((tenant, employee)).or_insert(left);
                known.gone = left.gone.or(known.gone);
            }
            Change::Back { tenant, employee } => {
                let key = (tenant, employee);
                self.leavers.remove(&key);
                self.back.insert(key);
            }
            Change::Hold { tenant, alert } => {
                self.holds.insert((tenant, alert), None);
            }
            Change::Decided { tenant, alert, decision } => {
                let key = (tenant, alert);
                match self.holds.get_mut(&key) {
                    Some(known) => *known = Some(decision),
                    None => {
                        self.decisions.insert(key, decision);
                    }
                }
            }
            Change::AlertPerson { tenant, alert, employee, seq } => {
                self.alert_people.insert((tenant, alert, employee), seq);
            }
            Change::Erased { tenant, employee, bookings } => {
                self.erased.entry((tenant, employee)).or_default().extend(bookings);
            }
            Change::Booked(row) => {
                let key = (row.tenant.clone(), row.booking);
                self.cancellations.remove(&key);
                self.closings.remove(&key);
                self.booking_decisions.remove(&key);
                self.bookings.insert(key, *row);
            }
            Change::Cancelled { tenant, booking, cancellation } => {
                let key = (tenant, booking);
                match self.bookings.get_mut(&key) {
                    Some(row) => {
                        (row.version, row.seq) = (cancellation.version, cancellation.seq);
                        row.cancelled = Some(cancellation);
                    }
                    None => {
                        self.cancellations.insert(key, cancellation);
                    }
                }
            }
            Change::BookingDecided { tenant, booking, decided, version, seq } => {
                let key = (tenant, booking);
                match self.bookings.get_mut(&key) {
                    Some(row) => {
                        (row.version, row.seq) = (version, seq);
                        row.decided = decided;
                    }
                    None => {
                        self.booking_decisions.insert(key, (decided, version, seq));
                    }
                }
            }
            Change::Policy { tenant, resource_type, row } => {
                self.policies.insert((tenant, resource_type), row);
            }
            Change::Closed { tenant, booking, closing } => {
                let key = (tenant, booking);
                match self.bookings.get_mut(&key) {
                    Some(row) => {
                        (row.version, row.seq) = (closing.version, closing.seq);
                        row.closed = Some(closing);
                    }
                    None => {
                        self.closings.insert(key, closing);
                    }
                }
            }
        }
    }
}
