//! A way to Postgres that breaks off.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

/// A way to Postgres that breaks off at a message of the client's: before the server hears it, or
/// after that.
pub(crate) struct Breaking {
    pub(crate) url: String,
    _folder: TempDir,
}

impl Breaking {
    /// Every connection together may send `messages`; whoever sends the last one is cut off.
    pub(crate) fn before(database_url: &str, messages: usize, heard: bool) -> Self {
        // `postgres://USER@FOLDER:PORT/NAME`, where the folder of the socket is percent-encoded.
        let (user, place) = database_url.split_once('@').expect("a user");
        let (folder, rest) = place.rsplit_once(':').expect("a port");
        let (port, name) = rest.split_once('/').expect("a name");
        let socket = format!(".s.PGSQL.{port}");
        let decoded = percent_encoding::percent_decode_str(folder).decode_utf8().expect("text");
        let server = Path::new(&*decoded).join(&socket);
        let folder = tempfile::tempdir().expect("a folder");
        let listener = UnixListener::bind(folder.path().join(socket)).expect("a socket");
        let place = folder.path().to_str().expect("a path of ours is text").replace('/', "%2F");
        let url = format!("{user}@{place}:{port}/{name}");
        let sent = Arc::new(AtomicUsize::new(0));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (server, counted) = (server.clone(), sent.clone());
                tokio::spawn(async move {
                    let server = UnixStream::connect(server).await.expect("the server is there");
                    carry(client, server, &counted, messages, heard).await;
                });
            }
        });
        Self { url, _folder: folder }
    }
}

async fn carry(
    client: UnixStream,
    server: UnixStream,
    sent: &AtomicUsize,
    messages: usize,
    heard: bool,
) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let there = async {
        let mut bytes = vec![0; 65536];
        loop {
            let Ok(read @ 1..) = from_client.read(&mut bytes).await else { return };
            let number = sent.fetch_add(1, Ordering::SeqCst) + 1;
            let last = number >= messages;
            if (!last || (heard && number == messages))
                && to_server.write_all(&bytes[..read]).await.is_err()
            {
                return;
            }
            if last {
                return;
            }
        }
    };
    let back = async {
        let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
    };
    tokio::select! {
        () = there => {}
        () = back => {}
    }
}
