//! Large pages, and clients who ask for them and do not read.

use std::net::SocketAddr;

use kit::entra;
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::client::{Client, Heard};
use crate::scale::scaled;
use crate::service_level::HOLD;
use crate::tally::Tally;
use crate::target::Target;

/// A page of users, 96 KB each.
fn large(number: usize) -> Value {
    let mut user = entra::workplace_user(&format!("p{number}@attacker.example"), "P", "o");
    user["nickName"] = "x".repeat(96_000).into();
    user
}

async fn with_large_pages() -> (Target, Vec<u8>) {
    let target = Target::start().await;
    target.users(scaled(1000), large).await;
    let page = target.scim("GET", "Users?count=1000", &Value::Null);
    (target, page)
}

/// A connection with a receive buffer as small as can be, so that little is on its way.
async fn deaf(client: Client) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(4096)?;
    socket.bind(SocketAddr::from((client.from, 0)))?;
    socket.connect(client.to).await
}

/// Asks for a page on so many connections, and reads nothing of it.
async fn ask_without_reading(client: Client, count: usize, page: &[u8]) -> Tally {
    let until = Instant::now() + HOLD;
    let mut held = JoinSet::new();
    for _ in 0..count {
        let page = page.to_vec();
        held.spawn(async move {
            let Ok(Ok(mut line)) = timeout_at(until, deaf(client)).await else {
                return Heard::Nothing;
            };
            line.write_all(&page).await.ok();
            tokio::time::sleep_until(until).await;
            Heard::Silence
        });
    }
    Tally::of(held.join_all().await)
}

#[tokio::test(flavor = "multi_thread")]
async fn large_pages_hold_nobody_up() {
    let (target, page) = with_large_pages().await;
    let attack = async || {
        let mut reading = JoinSet::new();
        for number in 0..6 {
            let (client, page) = (target.from(number), page.clone());
            reading.spawn(async move { client.ask(&page).await });
        }
        Tally::of(reading.join_all().await)
    };
    target.under("six large pages at once", attack).await.only(&["200", "413", "429", "503"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn large_pages_that_are_not_read_cost_little_memory() {
    let (target, page) = with_large_pages().await;
    let attack = async || ask_without_reading(target.from(0), 12, &page).await;
    target.under("12 large pages that are not read", attack).await;
    let attack = async || ask_without_reading(target.from(0), 300, &page).await;
    target.under("300 connections that do not read", attack).await;
}
