//! Many changes made few: one row for each type of event and day, and one for each credential. A
//! tenant's counts are a few rows that every event changes, so they are added up before they are
//! written.

use std::collections::BTreeMap;

use events::{CredentialId, Tenant};
use jiff::civil::Date;
use uuid::Uuid;

use crate::project::{Change, Seen};

/// What a batch of changes leaves to be written.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) counts: BTreeMap<(Tenant, Date, String), i64>,
    pub(crate) seen: BTreeMap<(Tenant, CredentialId), Seen>,
    pub(crate) mentions: Vec<(Tenant, Uuid, i64)>,
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
            }
        }
        batch
    }

    /// The greater position wins, as it does in the table.
    fn seen(&mut self, seen: Seen) {
        let key = (seen.tenant.clone(), seen.credential);
        let Some(known) = self.seen.remove(&key) else {
            self.seen.insert(key, seen);
            return;
        };
        let (mut last, other) = if seen.seq > known.seq { (seen, known) } else { (known, seen) };
        last.request = last.request.or(other.request);
        self.seen.insert(key, last);
    }
}
