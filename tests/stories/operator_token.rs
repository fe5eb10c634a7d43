//! The token that opens the operators' API.

use kit::program::rollcall;

/// Nobody listens there: a program that gets as far as the log ends with another code.
const NOWHERE: (&str, &str) = ("NATS_URL", "nats://127.0.0.1:9");

#[tokio::test]
async fn a_gateway_does_not_start_with_an_operator_token_that_can_be_guessed() {
    for weak in ["x", "4711", "our-very-secret-operator-token"] {
        let environment = [NOWHERE, ("ROLLCALL_OPERATOR_TOKEN", weak)];
        let ended = rollcall(&["ingest"], &environment).output().await.expect("the program starts");
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(2), "{weak}: {said}");
        assert!(said.contains("openssl rand -hex 32"), "{said}");
        assert!(weak.len() < 5 || !said.contains(weak), "the refusal shows the token: {said}");
    }
}

#[tokio::test]
async fn an_empty_operator_token_counts_as_unset() {
    let environment = [NOWHERE, ("ROLLCALL_OPERATOR_TOKEN", "")];
    let ended = rollcall(&["ingest"], &environment).output().await.expect("the program starts");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "it got as far as the log: {said}");
}
