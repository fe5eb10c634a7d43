//! Two gateways on one log, and gateways that are killed.

use embedded::Nats;

use crate::deployment::{Plan, blocking};
use crate::final_checks::final_checks;
use crate::history::left_out;
use crate::load::Load;
use crate::rounds::rounds;

fn nats() -> Nats {
    blocking(|| Nats::start_for_tests().expect("start nats-server"))
}

#[tokio::test(flavor = "multi_thread")]
async fn two_gateways_under_concurrent_writers_are_as_one() {
    let nats = nats();
    let deployment = Plan::new(&nats.url(), 2).in_parts().await;
    let load = Load::on(&deployment).await;
    for _ in 0..rounds(10) {
        load.goes_on().await;
    }
    // Neither may starve the other: each write is decided again until it comes first.
    let calls = load.history.calls();
    let unanswered = left_out(&calls);
    assert!(unanswered.is_empty(), "nothing is broken, yet there is no answer to {unanswered:?}");
    final_checks(&deployment, load, "two gateways").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_gateway_leaves_the_other_one_working_and_comes_back() {
    let nats = nats();
    let mut deployment = Plan::new(&nats.url(), 2).in_parts().await;
    let load = Load::on(&deployment).await;
    for round in 0..rounds(4) {
        load.goes_on().await;
        let gateway = &mut deployment.gateways[round % 2];
        gateway.kill9().await;
        let waited = load.goes_on().await;
        eprintln!("a gateway was killed: some writes on the other one took {waited:.1?}");
        gateway.start_again();
        gateway.ready().await;
    }
    final_checks(&deployment, load, "one of two gateways killed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_program_has_told_nobody_anything_false() {
    let nats = nats();
    let mut deployment = Plan::new(&nats.url(), 1).in_one().await;
    let load = Load::on(&deployment).await;
    for _ in 0..rounds(4) {
        load.goes_on().await;
        deployment.gateways[0].kill9().await;
        deployment.gateways[0].start_again();
        let waited = load.goes_on().await;
        eprintln!("the program was killed: some writes later after {waited:.1?}");
    }
    final_checks(&deployment, load, "the program killed").await;
}
