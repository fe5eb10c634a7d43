//! Servers for one test.

use embedded::{Nats, for_tests};
use eventlog::{Log, LogOptions};
use projector::Database;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub use crate::wait::{DEADLINE, blocking, until};

/// A nats-server of the test's own.
pub async fn nats() -> Nats {
    blocking(|| Nats::start_for_tests().expect("start nats-server")).await
}

/// The log on a nats-server.
pub async fn log(url: &str) -> Log {
    Log::open(url, LogOptions::default()).await.expect("open the log")
}

/// An empty database, on the Postgres that all tests share.
pub async fn database() -> Database {
    Database::connect(&fresh_database().await, 4).await.expect("connect to the database")
}

/// The URL of an empty database, on the Postgres that all tests share.
pub async fn fresh_database() -> String {
    blocking(|| for_tests().fresh_database()).await
}

/// A connection through which answers can be made to vanish.
#[derive(Debug)]
pub struct Proxy {
    /// Where it listens.
    pub url: String,
    silent: watch::Sender<bool>,
    stalled: watch::Sender<bool>,
    connections: watch::Receiver<usize>,
}

impl Proxy {
    /// A proxy before the nats-server at this URL.
    pub async fn before(server: &str) -> Self {
        let server = server.trim_start_matches("nats://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("nats://{}", listener.local_addr().expect("an address"));
        let (silent, state) = watch::channel(false);
        let (stalled, stall) = watch::channel(false);
        let (counted, connections) = watch::channel(0);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.expect("the server is there");
                let first = *counted.borrow() == 0;
                counted.send_modify(|count| *count += 1);
                let stall = if first { watch::channel(false).1 } else { stall.clone() };
                tokio::spawn(carry(client, server, state.clone(), stall));
            }
        });
        Self { url, silent, stalled, connections }
    }

    /// From now on the server hears everything and its answers get lost; `false` mends it.
    pub fn lose_answers(&self, lost: bool) {
        self.silent.send_replace(lost);
    }

    /// From now on nobody reads what the server sends, on all connections but the first; `false`
    /// mends it.
    pub fn stall_all_but_the_first(&self, stalled: bool) {
        self.stalled.send_replace(stalled);
    }

    /// How many connections were made so far.
    pub fn connections(&self) -> usize {
        *self.connections.borrow()
    }
}

async fn carry(
    client: TcpStream,
    server: TcpStream,
    silent: watch::Receiver<bool>,
    mut stalled: watch::Receiver<bool>,
) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let there = async { tokio::io::copy(&mut from_client, &mut to_server).await };
    let back = async {
        let mut bytes = vec![0; 65536];
        loop {
            // Where nobody can stall it any more, it goes on.
            let _ = stalled.wait_for(|stalled| !stalled).await;
            let read = tokio::io::AsyncReadExt::read(&mut from_server, &mut bytes).await?;
            if read == 0 {
                return Ok::<_, std::io::Error>(());
            }
            if !*silent.borrow() {
                to_client.write_all(&bytes[..read]).await?;
            }
        }
    };
    tokio::select! {
        _ = there => {}
        _ = back => {}
    }
}
