//! Two gateways on one log, and gateways that are killed.

use embedded::Nats;

use crate::ending::end_well;
use crate::history::left_out;
use crate::load::Load;
use crate::rounds::rounds;
use crate::town::{Plan, blocking};

fn nats() -> Nats {
    blocking(|| Nats::start_for_tests().expect("start nats-server"))
}

#[tokio::test(flavor = "multi_thread")]
async fn two_gateways_under_concurrent_writers_are_as_one() {
    let nats = nats();
    let town = Plan::new(&nats.url(), 2).in_parts().await;
    let load = Load::on(&town).await;
    for _ in 0..rounds(10) {
        load.goes_on().await;
    }
    // Neither may starve the other: each write is decided again until it comes first.
    let calls = load.history.calls();
    let unanswered = left_out(&calls);
    assert!(unanswered.is_empty(), "nothing is broken, yet there is no answer to {unanswered:?}");
    end_well(&town, load, "two gateways").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_gateway_leaves_the_other_one_working_and_comes_back() {
    let nats = nats();
    let mut town = Plan::new(&nats.url(), 2).in_parts().await;
    let load = Load::on(&town).await;
    for round in 0..rounds(4) {
        load.goes_on().await;
        let gateway = &mut town.gateways[round % 2];
        gateway.kill9().await;
        let waited = load.goes_on().await;
        eprintln!("a gateway was killed: some writes on the other one took {waited:.1?}");
        gateway.start_again();
        gateway.ready().await;
    }
    end_well(&town, load, "one of two gateways killed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_program_has_told_nobody_anything_false() {
    let nats = nats();
    let mut town = Plan::new(&nats.url(), 1).in_one().await;
    let load = Load::on(&town).await;
    for _ in 0..rounds(4) {
        load.goes_on().await;
        town.gateways[0].kill9().await;
        town.gateways[0].start_again();
        let waited = load.goes_on().await;
        eprintln!("the program was killed: some writes later after {waited:.1?}");
    }
    end_well(&town, load, "the program killed").await;
}
