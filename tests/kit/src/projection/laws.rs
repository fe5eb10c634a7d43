//! The laws that hold for every projection, whatever the log says. Each takes a strategy for logs and
//! holds them in a database of its own.

use std::cell::Cell;

use events::Recorded;
use projector::Projection;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::erasures::without_erased;
use super::history::check;
use super::parking::ParkingWorld;
use super::read_model::{World, build, rows};
use super::scopes::{Damage, digests_here_and_elsewhere, replaces_a_person, replaces_a_tenant};
use super::single_events::parked;

/// Logs as a projection may read them.
pub trait Logs: Strategy<Value = Vec<Recorded>> {}

impl<S: Strategy<Value = Vec<Recorded>>> Logs for S {}

/// Whether events are applied one by one, in batches or in one go, the tables are the same.
///
/// # Panics
///
/// If they are not.
pub fn assert_batches_do_not_matter<P: Projection>(logs: &impl Logs) {
    let world = World::new();
    check(32, &(logs, select(vec![1, 2]), select(vec![7, 1000])), |(log, few, many)| {
        world.run(async |client| {
            build::<P>(client, "few", &log, few).await;
            build::<P>(client, "many", &log, many).await;
            assert_eq!(rows(client, "few").await, rows(client, "many").await, "{few} or {many}");
        });
    });
}

/// An event that waits, with all that share a key with it, leaves the tables the same once it was
/// applied.
///
/// # Panics
///
/// If it does not.
pub fn assert_waiting_leaves_no_trace<P: Projection>(logs: &impl Logs) {
    let world = World::new();
    check(48, &(logs, any::<Index>()), |(log, index)| {
        if log.is_empty() {
            return;
        }
        let waited = parked::<P>(&log, index.index(log.len()));
        world.run(async |client| {
            build::<P>(client, "in_order", &log, 7).await;
            build::<P>(client, "waited", &waited, 2).await;
            assert_eq!(rows(client, "waited").await, rows(client, "in_order").await);
        });
    });
}

/// The same, of the real loop, a real log and a database that refuses rows for a while.
///
/// # Panics
///
/// If anything tells afterwards that it did, and if it never did.
pub fn assert_parking_leaves_no_trace<P: Projection>(logs: &impl Logs) {
    let world = ParkingWorld::new();
    check(8, &(logs, any::<Index>()), |(log, index)| world.refusing_one::<P>(&log, index));
    assert!(world.parked() > 0, "nothing was ever parked");
}

/// Whatever was done to a person's rows by hand, it is seen, and told; when the rows are replaced by
/// those of a slot of their tenant, the read model is as if built anew, and the other slot has what was
/// there; and the same again undoes it. Nobody else is touched.
///
/// # Panics
///
/// If one of these does not hold, and if nothing was ever done.
pub fn assert_a_person_is_replaced<P: Projection>(logs: &impl Logs) {
    let (world, changed) = (World::new(), Cell::new(0));
    check(20, &(logs, any::<Index>(), damage()), |(log, who, damage)| {
        world.run(async |client| {
            let rows = replaces_a_person::<P>(client, &log, who, damage).await;
            changed.set(changed.get() + rows);
        });
    });
    assert!(changed.get() > 0, "nobody ever had rows");
}

/// The same of a whole tenant, beside another that has the same events.
///
/// # Panics
///
/// If one of these does not hold, and if nothing was ever done.
pub fn assert_a_tenant_is_replaced<P: Projection>(logs: &impl Logs) {
    let (world, changed) = (World::new(), Cell::new(0));
    check(12, &(logs, damage()), |(log, damage)| {
        world.run(async |client| {
            let rows = replaces_a_tenant::<P>(client, &log, damage).await;
            changed.set(changed.get() + rows);
        });
    });
    assert!(changed.get() > 0, "the tenant never had rows");
}

fn damage() -> impl Strategy<Value = Damage> {
    select(vec![Damage::Gone, Damage::Moved])
}

/// Built twice, the second time by a session of another time zone and other forms of values, the
/// digests are the same.
///
/// # Panics
///
/// If they are not.
pub fn assert_digests_are_the_same_anywhere<P: Projection>(logs: &impl Logs) {
    let world = World::new();
    check(8, logs, |log| {
        world.run(async |client| digests_here_and_elsewhere::<P>(client, &log).await);
    });
}

/// A read model that is built without what was erased has the tables of one that had read it.
///
/// # Panics
///
/// If they differ.
pub fn assert_a_replay_without_the_erased_comes_to_the_same<P: Projection>(logs: &impl Logs) {
    let world = World::new();
    let erases = |log: &Vec<_>| without_erased(log).len() < log.len();
    let erasing = logs.prop_filter("somebody is erased", erases);
    check(32, &(erasing, select(vec![1, 7, 1000])), |(log, at_once)| {
        let left = without_erased(&log);
        world.run(async |client| {
            build::<P>(client, "live", &log, 3).await;
            build::<P>(client, "replayed", &left, at_once).await;
            let (live, replayed) = (rows(client, "live").await, rows(client, "replayed").await);
            assert_eq!(replayed, live, "{at_once} at once");
        });
    });
}
