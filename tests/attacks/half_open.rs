//! Connections that say little or nothing, from somebody without a token.

use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::client::{Client, Heard, head};
use crate::service_level::HOLD;
use crate::tally::Tally;
use crate::target::Target;

/// As many as may be in flight.
const IN_FLIGHT: usize = 1024;

/// More than there may be connections.
const CONNECTIONS: usize = 4096 + 500;

/// How many connect at the same moment: more would overflow the queue that the kernel keeps, which
/// no program can mend.
const OPENING: usize = 32;

/// Opens so many connections, says something on each, and holds them all for a while. What is heard
/// on each is an answer, nothing where the other side hung up, or silence.
async fn hold(client: Client, count: usize, said: &[u8]) -> Tally {
    let until = Instant::now() + HOLD;
    let mut held = JoinSet::new();
    let opening = Arc::new(Semaphore::new(OPENING));
    for _ in 0..count {
        let (said, opening) = (said.to_vec(), Arc::clone(&opening));
        held.spawn(async move {
            let turn = opening.acquire().await;
            let Ok(Ok(line)) = timeout_at(until, client.connect()).await else {
                return Heard::Nothing;
            };
            drop(turn);
            listen(line, &said, until).await
        });
    }
    Tally::of(held.join_all().await)
}

async fn listen(mut line: TcpStream, said: &[u8], until: Instant) -> Heard {
    if line.write_all(said).await.is_err() {
        return Heard::Nothing;
    }
    let mut heard = Vec::new();
    let ended = timeout_at(until, line.read_to_end(&mut heard)).await.is_ok();
    match Heard::read(&heard) {
        Heard::Nothing if !ended => Heard::Silence,
        heard => heard,
    }
}

/// A request that promises a body, of which one byte comes.
fn one_byte(path: &str, kind: &str) -> Vec<u8> {
    let headers = [("Content-Type", kind)];
    [head(&format!("POST {path}"), &headers, Some(1000)), b"{".to_vec()].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_do_not_come_from_strangers_keep_nobody_out() {
    let target = Target::start().await;
    let stranger = target.from(0);
    let said = one_byte("/scim/v2/neighbour/Users", "application/scim+json");
    let attack = async || hold(stranger, IN_FLIGHT, &said).await;
    let heard = target.under("1,024 bodies without a token", attack).await;
    assert!(heard.count("201") == 0, "{heard}");
    let said = one_byte("/oauth/token", "application/x-www-form-urlencoded");
    let attack = async || hold(stranger, IN_FLIGHT, &said).await;
    target.under("1,024 bodies for the token endpoint", attack).await;
    let said = one_byte("/operator/v1/tenants", "application/json");
    let attack = async || hold(stranger, IN_FLIGHT, &said).await;
    target.under("1,024 bodies for the operators' API", attack).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_do_not_come_from_the_same_address_keep_nobody_out() {
    let target = Target::start().await;
    let stranger = Client { from: Ipv4Addr::LOCALHOST, ..target.from(0) };
    let said = one_byte("/scim/v2/neighbour/Users", "application/scim+json");
    let attack = async || hold(stranger, IN_FLIGHT, &said).await;
    target.under("1,024 bodies from the other tenant's address", attack).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_connections_keep_nobody_out() {
    let target = Target::start().await;
    let attack = async || hold(target.from(0), CONNECTIONS, b"").await;
    target.under("4,096 silent connections", attack).await;
    let attack = async || hold(target.from(0), CONNECTIONS, b"GET / HTTP/1.1\r\nX-Slow: ").await;
    target.under("4,096 heads that do not end", attack).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn handshakes_that_stop_keep_nobody_out() {
    let dir = tempfile::tempdir().expect("make a directory");
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]);
    let made = made.expect("a certificate");
    let texts = [made.cert.pem(), made.signing_key.serialize_pem()];
    let [cert, key] = ["cert.pem", "key.pem"].map(|name| dir.path().join(name));
    for (path, text) in [&cert, &key].into_iter().zip(texts) {
        std::fs::write(path, text).expect("write to a directory of ours");
    }
    let text = |path: std::path::PathBuf| path.to_str().expect("a path of ours").to_owned();
    let settings = vec![("ROLLCALL_TLS_CERT", text(cert)), ("ROLLCALL_TLS_KEY", text(key))];
    let target = Target::set(settings).await;
    // The first bytes of a ClientHello, which says that 512 will come.
    let attack = async || hold(target.from(0), CONNECTIONS, &[22, 3, 1, 2, 0, 1]).await;
    target.under("4,596 handshakes that stop", attack).await;
}
