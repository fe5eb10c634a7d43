//! Guessing at the operator token.

use kit::program::rollcall;

use crate::client::{Heard, request};
use crate::tally::Tally;
use crate::target::Target;

const TENANTS: &str = "GET /operator/v1/tenants";

async fn guess(target: &Target, from: usize, token: &str) -> Heard {
    let token = format!("Bearer {token}");
    target.from(from).ask(&request(TENANTS, &[("Authorization", &token)], b"")).await
}

fn operator_token(target: &Target) -> String {
    let token = std::fs::read_to_string(target.world.data_dir().join("operator-token"));
    token.expect("the operator's token is kept").trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_few_guesses_a_minute_are_compared_and_no_right_one_in_between() {
    let mut target = Target::start().await;
    target.world.expects("somebody guesses at tokens");
    let mut heard = Tally::default();
    for number in 0..300 {
        heard.add(&guess(&target, 0, &format!("{number:04}")).await);
    }
    // The minute may turn meanwhile.
    heard.only(&["401", "429"]);
    assert!(heard.count("401") <= 60, "so many guesses were compared: {heard}");
    // As a guesser would find it: the right one among the wrong ones, from the same address.
    let token = operator_token(&target);
    let found = guess(&target, 0, &token).await;
    assert_eq!(found.status(), Some(429), "a guess opened the door: {}", found.text());
    // Operators elsewhere are not kept out.
    let there = guess(&target, 1, &token).await;
    assert_eq!(there.status(), Some(200), "{}", there.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_can_be_guessed_does_not_open_the_operators_api() {
    for weak in ["x", "1234", "correct horse battery staple"] {
        let environment = [("ROLLCALL_OPERATOR_TOKEN", weak), ("NATS_URL", "nats://127.0.0.1:9")];
        let started = rollcall(&["ingest", "--listen", "127.0.0.1:0"], &environment).output();
        let started = tokio::time::timeout(std::time::Duration::from_secs(20), started).await;
        let ended = started.unwrap_or_else(|_| panic!("it starts with {weak:?}"));
        let ended = ended.expect("the program starts");
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(!ended.status.success() && said.contains("operator"), "{weak:?}: {said}");
    }
}
