//! Requests that wait for what will not come.

use kit::positions::Positions;
use tokio::task::JoinSet;

use crate::client::request;
use crate::scale::scaled;
use crate::tally::Tally;
use crate::target::Target;

/// As many as may be in flight.
const IN_FLIGHT: usize = 1024;

#[tokio::test(flavor = "multi_thread")]
async fn waiting_for_a_position_that_is_not_there_keeps_nobody_out() {
    let target = Target::start().await;
    let token = format!("Bearer {}", target.attacker.api_token);
    let far = Positions::at(&target.world.nats.url()).await.tell("attacker", 1 << 40);
    let headers = [("Authorization", token.as_str()), ("Rollcall-After", far.as_str())];
    let wait = request("GET /api/v1/attacker/employees", &headers, b"");
    let attack = async || {
        let mut waiting = JoinSet::new();
        for number in 0..scaled(IN_FLIGHT) {
            let (client, wait) = (target.from(number % 50), wait.clone());
            waiting.spawn(async move { client.ask(&wait).await });
        }
        Tally::of(waiting.join_all().await)
    };
    target.under("1,024 waits for a far position", attack).await.only(&["429", "503"]);
}
