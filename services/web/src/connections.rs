//! The connections that are open, and which of them makes room for a new one.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use prometheus_client::metrics::gauge::Gauge;
use tokio::sync::Notify;

/// So many connections in all and from one address.
///
/// When there are as many as there may be, a new connection replaces another: one on which nobody showed
/// who they are before one on which somebody did, and of those the one that has waited longest.
/// While a request of somebody who showed who they are is answered, their connection is safe.
#[derive(Debug)]
pub(crate) struct Connections {
    most: usize,
    most_per_address: usize,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    /// How many are open, for metrics.
    count: Gauge,
    /// The next number. Numbers order connections by when something last happened on them.
    next: u64,
    // No map has more entries than there may be connections, so that a fast hash does no harm.
    open: HashMap<u64, Open, foldhash::fast::RandomState>,
    replaceable: BTreeMap<Rank, u64>,
    /// Of addresses that have a connection.
    addresses: HashMap<IpAddr, Address, foldhash::fast::RandomState>,
}

/// Who comes first goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    is_known: bool,
    since: u64,
}

#[derive(Debug)]
struct Open {
    address: Option<IpAddr>,
    is_known: bool,
    /// None while a request of somebody known is answered.
    rank: Option<Rank>,
    replaced: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Address {
    open: usize,
    replaceable: BTreeMap<Rank, u64>,
}

/// One open connection, until it is dropped.
#[derive(Debug)]
pub(crate) struct Connected {
    connections: Arc<Connections>,
    id: u64,
    replaced: Arc<Notify>,
}

impl Connections {
    /// At most so many, which are counted in `count`.
    pub(crate) fn new(most: usize, most_per_address: usize, count: Gauge) -> Arc<Self> {
        let table = Mutex::new(Table { count, ..Table::default() });
        Arc::new(Self { most, most_per_address, table })
    }

    /// Counts in a connection, with those from its address, if it is told. None if there are as many
    /// as there may be, and none of them may be replaced.
    pub(crate) fn enter(self: &Arc<Self>, address: Option<IpAddr>) -> Option<Arc<Connected>> {
        let mut table = self.table();
        let from_there = address.and_then(|address| table.addresses.get(&address));
        if let Some(there) = from_there
            && there.open >= self.most_per_address
        {
            let oldest = *there.replaceable.first_key_value()?.1;
            table.replace(oldest);
        }
        if table.open.len() >= self.most {
            let oldest = *table.replaceable.first_key_value()?.1;
            table.replace(oldest);
        }
        let id = table.tick();
        let replaced = Arc::new(Notify::new());
        let open = Open { address, is_known: false, rank: None, replaced: Arc::clone(&replaced) };
        table.open.insert(id, open);
        table.count.inc();
        if let Some(address) = address {
            table.addresses.entry(address).or_default().open += 1;
        }
        table.rest(id);
        Some(Arc::new(Connected { connections: Arc::clone(self), id, replaced }))
    }

    /// Ends the connection that would make room for the next one.
    pub(crate) fn make_room(&self) {
        let mut table = self.table();
        if let Some((_, oldest)) = table.replaceable.first_key_value() {
            let oldest = *oldest;
            table.replace(oldest);
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connected {
    /// Keeps the connection, on which somebody showed who they are, until [`rest`](Self::rest).
    pub(crate) fn protect(&self) {
        self.connections.table().protect(self.id);
    }

    /// Notes that something happened on the connection, which waits for the next request now.
    pub(crate) fn rest(&self) {
        self.connections.table().rest(self.id);
    }

    /// Waits until a new connection has replaced this one.
    pub(crate) async fn replaced(&self) {
        self.replaced.notified().await;
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        self.connections.table().remove(self.id);
    }
}

impl Table {
    fn tick(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn protect(&mut self, id: u64) {
        self.unrank(id);
        if let Some(open) = self.open.get_mut(&id) {
            open.is_known = true;
        }
    }

    fn rest(&mut self, id: u64) {
        self.unrank(id);
        let since = self.tick();
        let Some(open) = self.open.get_mut(&id) else { return };
        let rank = Rank { is_known: open.is_known, since };
        open.rank = Some(rank);
        self.replaceable.insert(rank, id);
        if let Some(there) = open.address.and_then(|address| self.addresses.get_mut(&address)) {
            there.replaceable.insert(rank, id);
        }
    }

    fn unrank(&mut self, id: u64) {
        let Some(open) = self.open.get_mut(&id) else { return };
        let Some(rank) = open.rank.take() else { return };
        self.replaceable.remove(&rank);
        if let Some(there) = open.address.and_then(|address| self.addresses.get_mut(&address)) {
            there.replaceable.remove(&rank);
        }
    }

    fn replace(&mut self, id: u64) {
        if let Some(open) = self.remove(id) {
            open.replaced.notify_one();
        }
    }

    fn remove(&mut self, id: u64) -> Option<Open> {
        self.unrank(id);
        let open = self.open.remove(&id)?;
        self.count.dec();
        if let Some(address) = open.address
            && let Some(there) = self.addresses.get_mut(&address)
        {
            there.open -= 1;
            if there.open == 0 {
                self.addresses.remove(&address);
            }
        }
        Some(open)
    }
}

#[cfg(test)]
mod tests;
