//! Credentials that are revoked while a request is under way.

use kit::entra;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::client::{Heard, head};
use crate::setup::{bulk, posted};
use crate::target::Target;

/// Sends the head and half of the body, then revokes the credential, then sends the rest.
async fn revoke_meanwhile(
    target: &Target,
    line: &str,
    token: &str,
    kind: &str,
    body: &str,
) -> Heard {
    let token = format!("Bearer {token}");
    let headers =
        [("Authorization", token.as_str()), ("Content-Type", kind), ("Connection", "close")];
    let mut connection = target.from(0).connect().await.expect("the program listens");
    let (first, rest) = body.as_bytes().split_at(body.len() / 2);
    connection.write_all(&head(line, &headers, Some(body.len()))).await.expect("the line holds");
    connection.write_all(first).await.expect("the line holds");
    // Whoever asks after this has certainly come after the head of the other one.
    let ask = target.scim("GET", "ServiceProviderConfig", &Value::Null);
    for _ in 0..3 {
        target.from(1).ask(&ask).await;
    }
    revoke_all(target).await;
    connection.write_all(rest).await.ok();
    let mut heard = Vec::new();
    connection.read_to_end(&mut heard).await.ok();
    Heard::read(&heard)
}

/// Revokes every credential of the attacker's tenant that is alive.
async fn revoke_all(target: &Target) {
    let listed = target.world.verb("integration list --tenant attacker").await.ended(0);
    for credential in listed.listed("credentials") {
        let id = credential["credential_id"].as_str().expect("an id");
        target.world.verb(&format!("integration revoke {id} --tenant attacker")).await;
        target.world.verb(&format!("token revoke {id} --tenant attacker")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_revoked_before_the_body_writes_nothing() {
    let target = Target::start().await;
    let ada = entra::workplace_user("ada@attacker.example", "Ada", "object of Ada");
    let line = "POST /scim/v2/attacker/Users";
    let secret = &target.attacker.secret_token;
    let kind = "application/scim+json";
    let heard = revoke_meanwhile(&target, line, secret, kind, &ada.to_string()).await;
    assert_eq!(heard.status(), Some(401), "{}", heard.text());
    let events = target.world.events("attacker").await;
    let created = |event: &&Value| event.to_string().contains("user.created");
    assert_eq!(events.iter().filter(created).count(), 0, "{events:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_revoked_before_the_body_writes_nothing_in_bulk() {
    let target = Target::start().await;
    let user = |n: usize| {
        posted(&entra::workplace_user(&format!("p{n}@attacker.example"), "P", &format!("{n}")), n)
    };
    let body = bulk(&(0..50).map(user).collect::<Vec<_>>()).to_string();
    let line = "POST /scim/v2/attacker/Bulk";
    let secret = &target.attacker.secret_token;
    let kind = "application/scim+json";
    let heard = revoke_meanwhile(&target, line, secret, kind, &body).await;
    // All is refused at once, or each operation is.
    let refused = heard.status() == Some(401) || !heard.text().contains("\"201\"");
    assert!(refused, "{}", heard.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_revoked_before_the_body_imports_nothing() {
    let target = Target::start().await;
    target.attacker.hire("Ada").await;
    let booking = json!({
        "reference": "b1", "userName": "ada@attacker.example", "resource": "Desk 1",
        "startsAt": "2026-01-01T09:00:00Z", "endsAt": "2026-01-01T10:00:00Z",
    });
    let line = "POST /api/v1/attacker/bookings/import";
    let token = &target.attacker.api_token;
    let kind = "application/x-ndjson";
    let heard = revoke_meanwhile(&target, line, token, kind, &booking.to_string()).await;
    let refused = heard.status() == Some(401) || !heard.text().contains("recorded");
    assert!(refused, "{}", heard.text());
    let events = target.world.events("attacker").await;
    assert!(events.iter().all(|event| !event.to_string().contains("booking.")), "{events:?}");
}
