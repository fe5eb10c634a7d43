//! The disk under the log is full.

use std::time::Instant;

use kit::skip::skipped;

use crate::deployment::{Plan, blocking};
use crate::final_checks::final_checks;
use crate::load::Load;
use crate::narrow_disk::NarrowDisk;
use crate::rounds::rounds;

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_writes_and_costs_nothing_that_was_acknowledged() {
    let Some(mut disk) = blocking(NarrowDisk::start) else {
        return skipped("a full disk", "this machine lets nobody make namespaces for a small disk");
    };
    let deployment = Plan::new(&disk.nats.url(), 1).in_parts().await;
    let load = Load::on(&deployment).await;
    for _ in 0..rounds(1) {
        load.goes_on().await;
        disk.fill_up();
        load.is_put_off().await;
        disk.make_room();
        // nats-server 2.15 refuses a stream that it could not write until it is started again.
        let freed = Instant::now();
        blocking(|| disk.nats.kill9());
        blocking(|| disk.nats.restart()).expect("nats-server starts again");
        load.goes_on().await;
        eprintln!("there was room again: some writes later after {:.1?}", freed.elapsed());
    }
    let calls = load.history.calls();
    let left_waiting: Vec<_> = calls.iter().filter(|call| call.status.is_none()).collect();
    assert!(
        left_waiting.is_empty(),
        "a full disk leaves nobody without an answer: {left_waiting:?}"
    );
    final_checks(&deployment, load, "the disk full").await;
}
