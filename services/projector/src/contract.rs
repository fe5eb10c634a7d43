//! What a projection promises, so that the loop can keep its read model.

use deadpool_postgres::Transaction;
use events::{EventKind, Recorded};

use crate::order_key::OrderKey;
use crate::people::People;

/// A read model: what events mean for its tables.
pub trait Projection: Send + Sync + 'static {
    /// The schema of the live read model.
    const NAME: &'static str;
    /// The statements that make its tables, with unqualified names.
    const TABLES: &'static str;
    /// The statements that make the indexes that its own writing has no use for, unless they are
    /// there. While a slot is built nobody reads it, and it goes without.
    const INDEXES: &'static str = "";
    /// Names the rules by which events become rows: `rules.rs` makes it of their sources. Rows of
    /// two sets of rules must not stand in one table, so other rules or other tables make another
    /// read model: it is then built anew from the log.
    const RULES: &'static str;
    /// Events that change nothing here and are many: their bodies are not even read. Others may
    /// change nothing too.
    const PASSED_OVER: &'static [EventKind];
    /// What its tables have to do with people.
    const PEOPLE: People = People::NONE;
    /// One change to one row.
    type Change: Send;

    /// What an event changes. Pure.
    fn project(event: &Recorded) -> Vec<Self::Change>;

    /// What keeps the event in order. Two events that share no key may be applied in either order,
    /// and the tables are the same: an event that cannot be applied may wait, if all that follow and
    /// share a key with it, or with one that waits, wait behind it. Events that write or read the same
    /// row share a key, unless the outcome is the same in either order (as of sums, or where the
    /// greater position wins). Pure.
    fn keys(event: &Recorded) -> Vec<OrderKey>;

    /// Writes changes, of which there is at least one, in their order, in as few statements as
    /// can be.
    fn write(
        tx: &Transaction<'_>,
        changes: Vec<Self::Change>,
    ) -> impl Future<Output = Result<(), tokio_postgres::Error>> + Send;
}
