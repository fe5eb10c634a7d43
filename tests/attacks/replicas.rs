//! Credentials that one replica has revoked, shown to another one at once.

use std::time::Duration;

use embedded::Nats;
use kit::service::Service;
use kit::wait::blocking;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::client::{Client, Heard, request};

const OPERATOR_TOKEN: &str = "7d0f1c9b62e8a345d91fb07ce86a4325";
const ROUNDS: usize = 5;

/// How long what NATS says is under way to the second replica.
const LAG: Duration = Duration::from_millis(100);

/// A gateway with others beside it.
struct Replica(Service);

impl Replica {
    async fn on(nats_url: String) -> Self {
        let environment = vec![
            ("NATS_URL".to_owned(), nats_url),
            ("ROLLCALL_OPERATOR_TOKEN".to_owned(), OPERATOR_TOKEN.to_owned()),
        ];
        let service = Service::start("ingest --rate 0 --consistent-reads", environment);
        service.ready().await;
        Self(service)
    }

    async fn ask(&self, line: &str, token: &str, body: &Value) -> Heard {
        let to = self.0.url.trim_start_matches("http://").parse().expect("an address");
        let token = format!("Bearer {token}");
        let headers = [("Authorization", token.as_str()), ("Content-Type", "application/json")];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        Client::number(0, to).ask(&request(line, &headers, body.as_bytes())).await
    }

    async fn operate(&self, line: &str, body: &Value) -> Value {
        let heard = self.ask(line, OPERATOR_TOKEN, body).await;
        assert!(heard.status().is_some_and(|s| s < 300), "{line}: {heard} {}", heard.text());
        serde_json::from_str(&heard.text()).unwrap_or_default()
    }
}

/// A way to nats-server on which answers and events take their time, in order.
async fn long_way(nats_url: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let server = nats_url.trim_start_matches("nats://").to_owned();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(&server).await.expect("nats-server is there");
            tokio::spawn(pass_on(client, server));
        }
    });
    format!("nats://{address}")
}

async fn pass_on(client: TcpStream, server: TcpStream) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let (under_way, mut arriving) = mpsc::unbounded_channel();
    let reading = async move {
        let mut some = vec![0; 64 << 10];
        while let Ok(length @ 1..) = from_server.read(&mut some).await {
            under_way.send((Instant::now() + LAG, some[..length].to_vec())).ok();
        }
    };
    let delivering = async move {
        while let Some((due, bytes)) = arriving.recv().await {
            sleep_until(due).await;
            if to_client.write_all(&bytes).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(tokio::io::copy(&mut from_client, &mut to_server), reading, delivering).0.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_replica_revoked_opens_no_door_of_another() {
    let nats = blocking(|| Nats::start_for_tests().expect("start nats-server")).await;
    let one = Replica::on(nats.url()).await;
    let other = Replica::on(long_way(nats.url()).await).await;
    one.operate("POST /operator/v1/tenants", &json!({ "tenant": "acme" })).await;
    let activate = "PUT /operator/v1/tenants/acme/integration";
    one.operate(activate, &json!({ "profile": "workplace" })).await;
    let mut let_in = Vec::new();
    for round in 0..ROUNDS {
        let rotate = "POST /operator/v1/tenants/acme/integration/rotate";
        let secret = one.operate(rotate, &Value::Null).await;
        let scopes = json!({ "scopes": ["teams:write"] });
        let token = one.operate("POST /operator/v1/tenants/acme/tokens", &scopes).await;
        for (issued, secret, line) in [
            (&secret, "secret_token", "GET /scim/v2/acme/Users"),
            (&secret, "secret_token", "POST /scim/v2/acme/Groups"),
            (&token, "api_token", "POST /api/v1/acme/teams"),
        ] {
            let id = issued["credential_id"].as_str().expect("an id");
            let revoke = format!("DELETE /operator/v1/tenants/acme/credentials/{id}");
            let name = format!("Team {round}");
            let body = match line.split(' ').collect::<Vec<_>>()[..] {
                ["POST", path] if path.starts_with("/api/") => json!({ "name": name }),
                ["POST", _] => json!({ "displayName": name }),
                _ => Value::Null,
            };
            one.operate(&revoke, &Value::Null).await;
            let shown = issued[secret].as_str().expect("a secret");
            let heard = other.ask(line, shown, &body).await;
            if heard.status() != Some(401) && heard.status() != Some(429) {
                let_in.push(format!("{line}: {heard} {}", heard.text()));
            }
        }
    }
    assert_eq!(let_in, Vec::<String>::new(), "revoked credentials got in");
}
