//! Where the events are that the index does not have yet.

use std::collections::{BTreeMap, BTreeSet};

use activity::mentions;
use eventlog::{AtPosition, Entry, Log, ReadError, Selection, Since};
use events::{Recorded, Seq, Tenant};
use futures_util::{StreamExt as _, pin_mut};
use uuid::Uuid;

/// Up to so many events are read one by one, whosever they are; more are read as a tenant's.
const FEW: u64 = if cfg!(test) { 16 } else { 512 };

/// The end of the log, as the index would have it: positions by tenant and id.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    places: BTreeMap<(Uuid, Tenant), Vec<Seq>>,
    /// The last event that was looked at: where a decision ends.
    pub(crate) read_to: Seq,
}

impl Tail {
    /// Reads what is behind `indexed_to`: of all tenants, or at least of this one.
    pub(crate) async fn read(
        log: &Log,
        indexed_to: Seq,
        tenant: Option<&Tenant>,
    ) -> Result<Self, ReadError> {
        let end = log.end().await?;
        let mut tail = Self { places: BTreeMap::new(), read_to: indexed_to.min(end) };
        if end.0.saturating_sub(indexed_to.0) <= FEW {
            let positions: Vec<Seq> = (indexed_to.0 + 1..=end.0).map(Seq).collect();
            tail.take_decisions(log.read_at(&positions).await?)?;
            return Ok(tail);
        }
        let (tenant, since) = (tenant.cloned(), Since::Seq(indexed_to.next()));
        let entries = log.select(Selection { tenant, since, ..Selection::default() });
        pin_mut!(entries);
        while let Some(entry) = entries.next().await {
            let entry = entry?;
            // The selection may go on with what came since.
            if entry.seq > end {
                break;
            }
            tail.take(&read(&entry)?);
        }
        tail.read_to = end;
        Ok(tail)
    }

    /// Whole decisions only: the log's end may be inside of one that is just being written.
    fn take_decisions(&mut self, found: Vec<AtPosition>) -> Result<(), ReadError> {
        let mut open = Vec::new();
        for found in found {
            match found {
                AtPosition::Erased(seq) if open.is_empty() => self.read_to = seq,
                AtPosition::Erased(_) => {}
                AtPosition::Event(entry) => {
                    open.push(read(&entry)?);
                    if entry.commit {
                        self.read_to = entry.seq;
                        for event in open.drain(..) {
                            self.take(&event);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes in events that the index has passed and could not apply.
    pub(crate) fn take_parked(&mut self, found: Vec<AtPosition>) -> Result<(), ReadError> {
        for found in found {
            match found {
                AtPosition::Event(entry) => self.take(&read(&entry)?),
                AtPosition::Erased(_) => {}
            }
        }
        Ok(())
    }

    fn take(&mut self, event: &Recorded) {
        for id in mentions(&event.event) {
            let place = (id, event.tenant().clone());
            self.places.entry(place).or_default().push(event.seq);
        }
    }

    /// Where any of these ids is mentioned in a tenant's events.
    pub(crate) fn mentions(&self, tenant: &Tenant, ids: &[Uuid]) -> BTreeSet<Seq> {
        let found = ids.iter().filter_map(|id| self.places.get(&(*id, tenant.clone())));
        found.flatten().copied().collect()
    }

    /// The tenants in whose events an id occurs.
    pub(crate) fn mentioned_in(&self, id: Uuid) -> impl Iterator<Item = &Tenant> {
        self.places.keys().filter(move |(of, _)| *of == id).map(|(_, tenant)| tenant)
    }
}

/// The event in an entry.
pub(crate) fn read(entry: &Entry) -> Result<Recorded, ReadError> {
    entry.read().map_err(|source| ReadError::Undecodable { seq: entry.seq, source })
}
