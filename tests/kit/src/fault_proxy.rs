//! A proxy that withholds what is sent, as a network that drops packets does: neither end notices, and
//! what was sent arrives late or never.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passes {
    /// No fault.
    Everything,
    /// Requests arrive and their answers do not.
    Requests,
    /// Neither requests nor answers arrive.
    Nothing,
}

/// A listener that passes everything on to a server.
#[derive(Debug)]
pub struct FaultProxy {
    port: u16,
    passes: watch::Sender<Passes>,
}

impl FaultProxy {
    /// A proxy before `host:port`.
    pub async fn to(server: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let (passes, seen) = watch::channel(Passes::Everything);
        tokio::spawn(accept(listener, server.to_owned(), seen));
        Self { port, passes }
    }

    /// Where it listens: `host:port`.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// From now on, this passes.
    pub fn lets_pass(&self, passes: Passes) {
        self.passes.send_replace(passes);
    }
}

async fn accept(listener: TcpListener, server: String, passes: watch::Receiver<Passes>) {
    while let Ok((client, _)) = listener.accept().await {
        let (server, passes) = (server.clone(), passes.clone());
        tokio::spawn(async move {
            let Ok(server) = TcpStream::connect(server).await else { return };
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            tokio::join!(
                pass(from_client, to_server, passes.clone(), |passes| passes != Passes::Nothing),
                pass(from_server, to_client, passes, |passes| passes == Passes::Everything),
            );
        });
    }
}

/// Passes on what comes; what must not pass waits, as does the end of the connection.
async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut passes: watch::Receiver<Passes>,
    open: impl Fn(Passes) -> bool,
) {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = from.read(&mut buffer).await.unwrap_or(0);
        if passes.wait_for(|passes| open(*passes)).await.is_err() {
            return;
        }
        if read == 0 || to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
