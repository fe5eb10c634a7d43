//! Many changes made few: of several to one row within a batch, what is left of them at its end.

use std::collections::{BTreeMap, BTreeSet};

use events::{BookingId, EmployeeId, Tenant};
use jiff::Timestamp;

use crate::project::{BookingRow, Cancellation, Change};

/// What a batch of changes leaves to be written, each row once. `back` comes before `leavers`, who
/// are those that left after it.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) back: BTreeSet<(Tenant, EmployeeId)>,
    pub(crate) leavers: BTreeMap<(Tenant, EmployeeId), Timestamp>,
    pub(crate) bookings: BTreeMap<(Tenant, BookingId), BookingRow>,
    /// Of bookings that are not among `bookings`.
    pub(crate) cancellations: BTreeMap<(Tenant, BookingId), Cancellation>,
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
            Change::Left { tenant, employee, at } => {
                self.leavers.entry((tenant, employee)).or_insert(at);
            }
            Change::Back { tenant, employee } => {
                let key = (tenant, employee);
                self.leavers.remove(&key);
                self.back.insert(key);
            }
            Change::Booked(row) => {
                let key = (row.tenant.clone(), row.booking);
                self.cancellations.remove(&key);
                self.bookings.insert(key, row);
            }
            Change::Cancelled { tenant, booking, cancellation } => {
                let key = (tenant, booking);
                match self.bookings.get_mut(&key) {
                    Some(row) => {
                        row.seq = cancellation.seq;
                        row.cancelled = Some(cancellation);
                    }
                    None => {
                        self.cancellations.insert(key, cancellation);
                    }
                }
            }
        }
    }
}
