//! The network drops what one of two gateways and the log say to each other.

use std::time::Duration;

use embedded::Nats;
use kit::fault_proxy::{FaultProxy, Passes};

use crate::deployment::{Plan, blocking, variable};
use crate::final_checks::final_checks;
use crate::load::Load;
use crate::rounds::rounds;

/// Too short to be noticed: what was held back arrives late.
const SHORT: Duration = Duration::from_millis(1500);
/// Longer than a gateway takes to notice that nobody answers.
const LONG: Duration = Duration::from_secs(8);

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_the_network_drops_says_nothing_false_and_comes_back() {
    let nats = blocking(|| Nats::start_for_tests().expect("start nats-server"));
    let proxy = FaultProxy::to(nats.url().trim_start_matches("nats://")).await;
    let mut plan = Plan::new(&nats.url(), 1);
    plan.gateways.push(vec![variable("NATS_URL", &format!("nats://{}", proxy.address()))]);
    let deployment = plan.in_parts().await;
    let load = Load::on(&deployment).await;
    for _ in 0..rounds(1) {
        for (passes, outage) in [
            (Passes::Nothing, SHORT),
            (Passes::Requests, SHORT),
            (Passes::Nothing, LONG),
            (Passes::Requests, LONG),
        ] {
            load.goes_on().await;
            proxy.lets_pass(passes);
            tokio::time::sleep(outage).await;
            proxy.lets_pass(Passes::Everything);
            let waited = load.goes_on().await;
            eprintln!("{passes:?} passed for {outage:.1?}: some writes later after {waited:.1?}");
            deployment.gateways[1].ready().await;
        }
    }
    final_checks(&deployment, load, "one gateway cut off").await;
}
