//! The private nats-server and Postgres of an `up`, unless the operator has their own.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use embedded::{Durability, EmbeddedError, Nats, Postgres, Search};

use super::options::UpOptions;
use crate::data_dir::DataDir;
use crate::output;

/// The servers that are ours to start and to stop.
#[derive(Debug)]
pub(super) struct PrivateServers {
    nats: Option<Nats>,
    postgres: Option<Postgres>,
}

/// Starts the private nats-server of a data directory, for somebody who needs no more than the log.
pub(crate) async fn start_log_server(data_dir: &DataDir) -> anyhow::Result<Nats> {
    let (dir, last) = (data_dir.join("nats"), data_dir.nats_port());
    let nats = tokio::task::spawn_blocking(move || start_nats(&dir, None, last)).await?;
    let nats = nats.context("start a private nats-server")?;
    data_dir.keep_nats_port(nats.port())?;
    Ok(nats)
}

/// Starts nats-server where it is asked to listen, or else where it did last: other programs were
/// told of it.
fn start_nats(dir: &Path, asked: Option<u16>, last: Option<u16>) -> Result<Nats, EmbeddedError> {
    let (search, news) = (Search::from_env(), |news: &str| output::note(news));
    let Some(port) = asked.or(last) else { return Nats::start_with(&search, dir, news) };
    match Nats::start_at(&search, dir, port, news) {
        Err(EmbeddedError::Taken { .. }) if asked.is_none() => {
            let nats = Nats::start_with(&search, dir, news)?;
            output::note(format_args!(
                "another program listens on port {port}, where nats-server listened last; it \
                 listens on port {} from now on (--nats-listen chooses)",
                nats.port()
            ));
            Ok(nats)
        }
        started => started,
    }
}

impl PrivateServers {
    /// Starts what is not given; returns where to find both.
    pub(super) async fn start(
        data_dir: &DataDir,
        options: &UpOptions,
    ) -> anyhow::Result<(Self, String, String)> {
        let nats_dir = options.nats.nats_url.is_none().then(|| data_dir.join("nats"));
        let (asked, last) = (options.nats.nats_listen, data_dir.nats_port());
        let postgres_dir = options.database_url.is_none().then(|| data_dir.join("postgres"));
        // Each start blocks for a while; they do not depend on each other.
        let nats = tokio::task::spawn_blocking(move || {
            nats_dir.map(|dir| start_nats(&dir, asked, last)).transpose()
        });
        let postgres = tokio::task::spawn_blocking(move || {
            let Some(dir) = postgres_dir else { return Ok(None) };
            let search = Search::from_env();
            let news = |news: &str| output::note(news);
            let postgres = Postgres::start_with(&search, &dir, Durability::Kept, news)?;
            let url = postgres.create_database("rollcall")?;
            Ok::<_, embedded::EmbeddedError>(Some((postgres, url)))
        });
        let nats = nats.await?.context("start a private nats-server")?;
        let postgres = postgres.await?.context("start a private Postgres")?;
        if let Some(nats) = &nats {
            data_dir.keep_nats_port(nats.port())?;
        }
        let nats_url = options.nats.nats_url.clone().or(nats.as_ref().map(Nats::url));
        let (postgres, private_url) = postgres.unzip();
        let database_url = options.database_url.clone().or(private_url);
        Ok((
            Self { nats, postgres },
            nats_url.context("no NATS")?,
            database_url.context("no Postgres")?,
        ))
    }

    /// Waits until one of them ends that should not; tells which.
    pub(super) async fn one_ended(&mut self) -> &'static str {
        let mut look = tokio::time::interval(Duration::from_millis(500));
        loop {
            look.tick().await;
            if self.nats.as_mut().is_some_and(Nats::has_ended) {
                return "nats-server (see nats/nats.log in the data directory)";
            }
            if self.postgres.as_mut().is_some_and(Postgres::has_ended) {
                return "Postgres (see postgres/postgres.log in the data directory)";
            }
        }
    }

    pub(super) async fn stop(self) {
        let stopped = tokio::task::spawn_blocking(|| {
            if let Some(nats) = self.nats {
                nats.stop();
            }
            if let Some(postgres) = self.postgres {
                postgres.stop();
            }
        });
        drop(stopped.await);
    }
}
