//! Guessing at the operator token.

use crate::program::rollcall;

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
