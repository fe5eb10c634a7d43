//! A rolling upgrade of two processes, and back, by itself.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::deployment::{Deployment, NEW, OLD, ready};
use crate::next_release::next_release;

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_are_upgraded_one_after_the_other_and_back_while_readers_read() {
    let next = next_release().await;
    let (deployment, _operate) = Deployment::new().await;
    let servers = deployment.servers();
    let mut first = servers.start("project teams");
    let mut second = servers.start("project teams");
    ready(&first).await;
    deployment.serves().await;
    deployment.sees(&OLD).await;
    let (done, reads) = (AtomicBool::new(false), AtomicU64::new(0));
    let reading = async {
        while !done.load(Ordering::Relaxed) {
            deployment.teams().await;
            reads.fetch_add(1, Ordering::Relaxed);
        }
    };
    let upgrading = async {
        // One of the two is replaced: it builds, and cuts over, while the other one follows the log.
        first.stop().await;
        let mut first = servers.start_of(next, "project teams");
        deployment.sees(&NEW).await;
        ready(&first).await;
        deployment.hires("Bob").await;
        second.stop().await;
        let mut second = servers.start_of(next, "project teams");
        deployment.hires("Cem").await;
        assert_eq!(deployment.teams().await, NEW);

        // And back: as long as one of the new release is at work, it is not overruled.
        first.stop().await;
        let first = servers.start("project teams");
        ready(&first).await;
        deployment.hires("Dora").await;
        assert_eq!(deployment.teams().await, NEW);
        second.stop().await;
        // Half a minute later.
        servers.age_leases().await;
        deployment.sees(&OLD).await;
        deployment.hires("Edgar").await;
        assert_eq!(deployment.teams().await, OLD);
        done.store(true, Ordering::Relaxed);
    };
    tokio::join!(reading, upgrading);
    assert!(reads.load(Ordering::Relaxed) > 50, "{reads:?} reads");
}
