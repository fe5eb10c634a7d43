//! Many changes made few: one row for each type of event and day, and one for each credential. A
//! tenant's counts are a few rows that every event changes, so they are added up before they are
//! written.

use std::collections::BTreeMap;

use events::{CredentialId, EmployeeId, Tenant};
use jiff::civil::Date;
use uuid::Uuid;

use crate::project::{Change, Seen};

/// What a batch of changes leaves to be written.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) counts: BTreeMap<(Tenant, Date, String), i64>,
    pub(crate) seen: BTreeMap<(Tenant, CredentialId), Seen>,
    pub(crate) mentions: Vec<(Tenant, Uuid, i64)>,
    pub(crate) erased: Vec<ErasedRow>,
    pub(crate) unmentioned: Vec<(Tenant, Uuid, i64)>,
}

/// What is kept of an erased event.
#[derive(Debug)]
pub(crate) struct ErasedRow {
    pub(crate) tenant: Tenant,
    pub(crate) employee: EmployeeId,
    pub(crate) seq: i64,
    pub(crate) day: Date,
    pub(crate) event: String,
}

impl Batch {
    pub(crate) fn of(changes: Vec<Change>) -> Self {
        let mut batch = Self::default();
        for change in changes {
            match change {
                Change::Counted { tenant, day, event } => {
                    *batch.counts.entry((tenant, day, event)).or_default() += 1;
                }
                Change::Seen(seen) => batch.seen(seen),
                Change::Mentioned { tenant, id, seq } => batch.mentions.push((tenant, id, seq)),
                Change::Erased { tenant, employee, seq, day, event } => {
                    batch.erased.push(ErasedRow { tenant, employee, seq, day, event });
                }
                Change::Unmentioned { tenant, id, seq } => {
                    batch.unmentioned.push((tenant, id, seq));
                }
            }
        }
        batch
    }

    /// The greater position wins, as it does in the table: of the event, and of the request.
    fn seen(&mut self, seen: Seen) {
        let key = (seen.tenant.clone(), seen.credential);
        let Some(known) = self.seen.remove(&key) else {
            self.seen.insert(key, seen);
            return;
        };
        let (mut last, other) = if seen.seq > known.seq { (seen, known) } else { (known, seen) };
        last.request = last.request.into_iter().chain(other.request).max_by_key(|one| one.seq);
        self.seen.insert(key, last);
    }
}
