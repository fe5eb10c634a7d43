//! Imports, which are many commands in one.

use serde_json::json;

use crate::client::request;
use crate::scale::scaled;
use crate::tally::Tally;
use crate::target::Target;

/// What a request may weigh at most.
const BODY: usize = 1 << 20;

fn import(target: &Target, body: &[u8]) -> Vec<u8> {
    let token = format!("Bearer {}", target.attacker.api_token);
    let headers = [("Authorization", token.as_str()), ("Content-Type", "application/x-ndjson")];
    request("POST /api/v1/attacker/bookings/import", &headers, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_of_many_lines_costs_its_tenant_as_many_requests() {
    let target = Target::set(vec![("ROLLCALL_RATE", "100".to_owned())]).await;
    let line = |n: usize| {
        json!({
            "reference": format!("b{n}"), "userName": "nobody@attacker.example", "resource": "Desk 1",
            "startsAt": "2026-01-01T09:00:00Z", "endsAt": "2026-01-01T10:00:00Z",
        })
    };
    let lines: Vec<String> = (0..1000).map(|n| line(n).to_string()).collect();
    let first = target.from(0).ask(&import(&target, lines.join("\n").as_bytes())).await;
    assert!([Some(200), Some(429), Some(413)].contains(&first.status()), "{}", first.text());
    let next = target.from(0).ask(&target.scim("GET", "Users", &serde_json::Value::Null)).await;
    if first.status() == Some(200) {
        assert_eq!(next.status(), Some(429), "1,000 lines cost nothing: {}", next.text());
        assert!(next.header("retry-after").parse::<u64>().is_ok_and(|wait| wait > 2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_imports_harm_nobody() {
    let target = Target::start().await;
    let endless = vec![b'x'; BODY];
    let deep = vec![b'['; BODY];
    let empty = vec![b'\n'; BODY];
    let tiny = "{}\n".repeat(scaled(BODY / 3)).into_bytes();
    for (what, body) in [
        ("an import of one line without end", endless),
        ("an import as deep as can be", deep),
        ("an import of nothing but line ends", empty),
        ("an import of empty objects", tiny),
    ] {
        let said = import(&target, &body);
        let attack = async || Tally::of([target.from(0).ask(&said).await]);
        target.under(what, attack).await.only(&["200", "400", "413", "429"]);
    }
}
