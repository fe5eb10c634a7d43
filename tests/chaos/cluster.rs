//! A log with three copies, whose leader is killed.

use async_nats::jetstream::{self, stream::Info};
use embedded::Nats;
use kit::wait::until;

use crate::deployment::{Plan, blocking};
use crate::final_checks::final_checks;
use crate::load::Load;
use crate::rounds::rounds;

#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_leader_is_killed_under_load_keeps_every_acknowledged_write() {
    let mut cluster = blocking(|| Nats::cluster_for_tests().expect("start three nats-servers"));
    let urls: Vec<String> = cluster.iter().map(Nats::url).collect();
    let plan = Plan { copies: 3, ..Plan::new(&urls.join(","), 2) };
    let deployment = plan.in_parts().await;
    let load = Load::on(&deployment).await;
    for _ in 0..rounds(2) {
        load.goes_on().await;
        let leader = leader_of_a_whole_cluster(&urls).await;
        blocking(|| cluster[leader].kill9());
        let waited = load.goes_on().await;
        eprintln!("the leader was killed: some writes later after {waited:.1?}");
        blocking(|| cluster[leader].restart()).expect("nats-server starts again");
    }
    final_checks(&deployment, load, "the leader of three killed").await;
}

/// Waits until all three copies are complete; says which server leads.
async fn leader_of_a_whole_cluster(urls: &[String]) -> usize {
    let client = async_nats::connect(urls).await.expect("nats-server is there");
    let jetstream = jetstream::new(client);
    let leader = tokio::sync::OnceCell::new();
    until("all three copies of the log are complete", async || {
        let Ok(stream) = jetstream.get_stream("PROVISIONING").await else { return false };
        let Some(number) = leader_if_whole(stream.cached_info()) else { return false };
        leader.set(number).is_ok()
    })
    .await;
    *leader.get().expect("it was waited for")
}

fn leader_if_whole(log: &Info) -> Option<usize> {
    let cluster = log.cluster.as_ref()?;
    let whole = cluster.replicas.len() == 2 && cluster.replicas.iter().all(|peer| peer.current);
    let number = cluster.leader.as_ref()?.strip_prefix("nats-")?.parse().ok()?;
    whole.then_some(number)
}
