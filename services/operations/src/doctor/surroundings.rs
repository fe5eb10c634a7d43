//! What only the program knows of how it runs.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

/// How long the monitoring port of nats-server may take.
const MONITOR_TIMEOUT: Duration = Duration::from_secs(3);

/// What only the program knows of how it runs.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Whether nats-server is this program's own.
    pub private_nats: bool,
    /// Whether Postgres is this program's own.
    pub private_postgres: bool,
    /// Where they keep their data, if that is on this machine.
    pub store: Option<PathBuf>,
    /// Where clients reach the program.
    pub public_url: Option<String>,
    /// Whether there is a token of the settings, which opens everything.
    pub token: bool,
    /// The monitoring port of nats-server, if somebody named it.
    pub monitor: Option<Monitor>,
}

/// The monitoring port of nats-server, and how it is asked.
#[derive(Clone, Debug)]
pub struct Monitor {
    /// The client.
    pub client: reqwest::Client,
    /// Where it is, without a path.
    pub url: String,
}

impl Surroundings {
    /// When nats-server syncs. Our own is told to at its start.
    pub(super) async fn sync(&self) -> Sync {
        match &self.monitor {
            _ if self.private_nats => Sync::Always,
            Some(monitor) => monitor.sync().await,
            None => Sync::Untold,
        }
    }
}

/// When nats-server syncs what it acknowledges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sync {
    /// Before it acknowledges.
    Always,
    /// This often; what it acknowledges since then is lost with the power.
    Every(Duration),
    /// Nobody has told: a client cannot see it.
    Untold,
    /// The monitoring port gave no answer.
    NoAnswer,
}

#[derive(Deserialize)]
struct Varz {
    jetstream: JetStream,
}

#[derive(Deserialize)]
struct JetStream {
    config: Option<Config>,
}

#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    sync_always: bool,
    #[serde(default)]
    sync_interval: u64,
}

impl Monitor {
    async fn sync(&self) -> Sync {
        let asked = async {
            let url = format!("{}/varz", self.url.trim_end_matches('/'));
            let asked = self.client.get(url).timeout(MONITOR_TIMEOUT).send().await?;
            asked.error_for_status()?.json::<Varz>().await
        };
        let answered: Result<Varz, reqwest::Error> = asked.await;
        match answered.ok().and_then(|varz| varz.jetstream.config) {
            Some(Config { sync_always: true, .. }) => Sync::Always,
            Some(Config { sync_interval, .. }) => Sync::Every(Duration::from_nanos(sync_interval)),
            None => Sync::NoAnswer,
        }
    }
}
