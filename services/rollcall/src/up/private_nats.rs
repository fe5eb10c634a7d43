//! The private nats-server, which lets in nobody without a password.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use embedded::{EmbeddedError, Nats, Search};
use eventlog::Issuer;

use crate::data_dir::{DataDir, NatsKeys};
use crate::output;

/// Who may come in, less what is secret.
const ACCOUNTS: &str = include_str!("accounts.conf");
/// The user of everything that is ours.
const USER: &str = "rollcall";
/// Where nats-server keeps the streams of a server without accounts, and those of ours.
const STREAMS: [&str; 2] = ["store/jetstream/$G", "store/jetstream/ROLLCALL"];

/// A private nats-server, and how one gets in.
#[derive(Debug)]
pub(crate) struct PrivateNats {
    pub(crate) server: Nats,
    keys: NatsKeys,
}

impl PrivateNats {
    /// Starts the nats-server of a data directory where it is asked to listen, or else where it did
    /// last: other programs were told of it.
    pub(crate) async fn start(data_dir: &DataDir, asked: Option<u16>) -> anyhow::Result<Self> {
        let (dir, last) = (data_dir.join("nats"), data_dir.nats_port());
        let keys = data_dir.nats_keys()?;
        let issuer = keys.issuer()?.public_key();
        let accounts = ACCOUNTS.replace("$PASSWORD", &keys.password).replace("$ISSUER", &issuer);
        move_streams(&dir).context("move the streams into the account ROLLCALL")?;
        let started = move || start(&dir, &accounts, asked, last);
        let server = tokio::task::spawn_blocking(started).await?;
        let server = server.context("start a private nats-server")?;
        data_dir.keep_nats_port(server.port())?;
        Ok(Self { server, keys })
    }

    /// Where it is, with what lets us in.
    pub(crate) fn url(&self) -> String {
        let Self { server, keys } = self;
        server.url().replace("://", &format!("://{USER}:{}@", keys.password))
    }

    /// The key that vouches for subscribers.
    pub(crate) fn issuer(&self) -> anyhow::Result<Arc<Issuer>> {
        Ok(Arc::new(self.keys.issuer()?))
    }
}

/// Up to now the streams were in the account that a server without accounts has.
fn move_streams(dir: &Path) -> std::io::Result<()> {
    let [before, now] = STREAMS.map(|streams| dir.join(streams));
    if before.is_dir() && !now.exists() { fs::rename(before, now) } else { Ok(()) }
}

fn start(
    dir: &Path,
    accounts: &str,
    asked: Option<u16>,
    last: Option<u16>,
) -> Result<Nats, EmbeddedError> {
    let (search, news) = (Search::from_env(), |news: &str| output::note(news));
    let port = asked.or(last);
    match (Nats::start_private(&search, dir, port, accounts, news), port) {
        (Err(EmbeddedError::Taken { .. }), Some(port)) if asked.is_none() => {
            let nats = Nats::start_private(&search, dir, None, accounts, news)?;
            output::note(format_args!(
                "another program listens on port {port}, where nats-server listened last; it \
                 listens on port {} from now on (--nats-listen chooses)",
                nats.port()
            ));
            Ok(nats)
        }
        (started, _) => started,
    }
}
