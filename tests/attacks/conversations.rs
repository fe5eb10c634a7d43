//! What every door says, and what none takes.

use serde_json::Value;

use crate::client::{Heard, request};
use crate::target::Target;

/// One request for each door, which its own credential opens.
fn doors(target: &Target) -> Vec<(&'static str, String)> {
    let operator = std::fs::read_to_string(target.world.data_dir().join("operator-token"));
    let operator = operator.expect("the operator's token is kept").trim().to_owned();
    vec![
        ("GET /scim/v2/attacker/Users", target.attacker.secret_token.clone()),
        ("GET /scim/v2/attacker/Schemas", target.attacker.secret_token.clone()),
        ("GET /api/v1/attacker/employees", target.attacker.api_token.clone()),
        ("POST /api/v1/attacker/teams", target.attacker.api_token.clone()),
        ("GET /operator/v1/tenants", operator),
        ("POST /oauth/token", "none".to_owned()),
    ]
}

async fn ask(target: &Target, line: &str, headers: &[(&str, &str)]) -> Heard {
    target.from(0).ask(&request(line, headers, b"")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_that_tells_about_people_or_secrets_may_be_stored_on_the_way() {
    let target = Target::start().await;
    for (line, token) in doors(&target) {
        let token = format!("Bearer {token}");
        let right = ask(&target, line, &[("Authorization", &token)]).await;
        let wrong = ask(&target, line, &[("Authorization", "Bearer wrong")]).await;
        for heard in [right, wrong] {
            let said = heard.header("cache-control");
            assert!(said.contains("no-store"), "{line} answered {heard}: cache-control {said:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_authorization_headers_open_no_door() {
    let target = Target::start().await;
    for (line, token) in doors(&target) {
        let token = format!("Bearer {token}");
        for other in ["Bearer wrong", &token] {
            for pair in [[token.as_str(), other], [other, token.as_str()]] {
                let headers = pair.map(|value| ("Authorization", value));
                let heard = ask(&target, line, &headers).await;
                let refused = [Some(400), Some(401), Some(429)].contains(&heard.status());
                assert!(refused, "{line} answered {heard}: {}", heard.text());
            }
        }
    }
}
#[tokio::test(flavor = "multi_thread")]
async fn a_request_names_its_host_once() {
    let target = Target::start().await;
    for hosts in ["", "Host: one\r\nHost: one\r\n", "Host: one\r\nHost: two\r\n"] {
        for path in ["/scim/v2/attacker/Users", "/api/v1/attacker/teams", "/health/live"] {
            let said = format!("GET {path} HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
            let heard = target.from(0).ask(said.as_bytes()).await;
            assert_eq!(heard.status(), Some(400), "{path} with {hosts:?}: {}", heard.text());
        }
    }
    let whole = target.scim("GET", "Users", &Value::Null);
    assert_eq!(target.from(0).ask(&whole).await.status(), Some(200));
}
